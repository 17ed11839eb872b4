/**
 * Reads the collections of one settings file. They are taken whole or not at all where a line cannot be read: it may
 * have begun a section, and what follows would go to the one before.
 */
import { cometaProfiles, type ForeignProfile } from './cometa-profiles.ts';
import { linesOf } from './lines.ts';
import { type IniTrouble, readPythonIni } from './python-ini.ts';

export interface ReadProfiles {
  /** Lines that held something. */
  readonly lines: number;
  /** Could every line be read? If not there are no profiles. */
  readonly isWhole: boolean;
  readonly profiles: readonly ForeignProfile[];
  readonly troubles: readonly IniTrouble[];
}

/** No path is longer. */
const MOST_SETTING_BYTES = 2 ** 16;

/** Cometa writes settings in the code page of the system, which on Windows is not UTF-8. */
const NONE_TAKEN = ', so no collection was taken; save the file as UTF-8 and import it again';

export function readProfiles(blocks: Iterable<Uint8Array>): ReadProfiles {
  const lines = [...linesOf(blocks, MOST_SETTING_BYTES)].flat();
  const isWhole = lines.every(({ damage }) => damage === undefined);
  const { sections, troubles } = readPythonIni(lines);
  return {
    lines: lines.length,
    isWhole,
    profiles: isWhole ? cometaProfiles(sections) : [],
    troubles: isWhole ? troubles : troubles.map(({ line, why }) => ({ line, why: why + NONE_TAKEN })),
  };
}
