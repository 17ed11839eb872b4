/** Cometa's `main.ini`: each section is a collection with its music folders, which a profile is here. */
import type { IniSection, IniValue } from './python-ini.ts';

/** A collection of music as another program knows it. */
export interface ForeignProfile {
  /** The collection's name there: any text. */
  readonly name: string;
  /** Where its section begins, from 1. */
  readonly line: number;
  /** Absolute paths of this system, in order. */
  readonly roots: readonly string[];
  /** What is not taken over, and why, in sentences. */
  readonly notes: readonly string[];
}

/** Why a key of a section has nothing to become. */
const NO_COUNTERPART: Readonly<Record<string, string>> = {
  sample_time: 'whole sounds are fingerprinted',
  span: 'every offset is searched',
  step: 'every offset is searched',
  min_overlap: 'how long an overlap must be follows from what chance does',
  threshold: 'verdicts come from the waveforms, and match.expectedFalse says how many may be wrong',
};

const ROOT = /^music_dir_(\d+)$/;
const DATA = 'music_data_dir';

/** The collections of the file; sections without a music folder or a data folder are none. */
export function cometaProfiles(sections: readonly IniSection[]): ForeignProfile[] {
  return sections.filter(isCollection).map(profileOf);
}

/** Does a text hold a key by which Cometa's settings are known? */
export function isCometaSettings(text: string): boolean {
  return /^[ \t]*music_(?:data_dir|dir_\d+)[ \t]*[=:]/im.test(text);
}

function isCollection({ values }: IniSection): boolean {
  return [...values.keys()].some((key) => key === DATA || ROOT.test(key));
}

function profileOf({ name, line, values }: IniSection): ForeignProfile {
  const folders = [...values].filter(([key]) => ROOT.test(key)).toSorted(byNumber);
  const roots = folders.filter(([, { text }]) => isAbsolute(text)).map(([, { text }]) => text);
  return {
    name,
    line,
    roots: [...new Set(roots)],
    notes: [
      ...folders.flatMap(([, { text }]) => (isAbsolute(text) ? [] : [noRoot(text)])),
      ...[...values].flatMap(([key, value]) => (ROOT.test(key) ? [] : [noteOn(key, value)])),
    ],
  };
}

type Entry = readonly [key: string, value: IniValue];

function byNumber([a]: Entry, [b]: Entry): number {
  return Number(ROOT.exec(a)?.[1]) - Number(ROOT.exec(b)?.[1]);
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') && !path.includes('\n');
}

function noRoot(text: string): string {
  const kind = /^[A-Za-z]:|^\\\\/.test(text) ? 'a folder of Windows' : 'no absolute path';
  return `The music folder ${text} is left out: it is ${kind}. Add where it lies on this machine to the profile's roots.`;
}

function noteOn(key: string, { text }: IniValue): string {
  if (key === DATA) {
    return `${DATA} has no counterpart, because the catalogue has a folder of its own. What Cometa left there comes in with: reprise --profile NAME import ${text}`;
  }
  const why = Object.hasOwn(NO_COUNTERPART, key) ? NO_COUNTERPART[key] : undefined;
  return why === undefined ? `${key} is not known.` : `${key} has no counterpart, because ${why}.`;
}
