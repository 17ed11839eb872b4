/** Which groups a decision makes and unmakes. */
import type { PresentFile } from '#catalogue';
import type { SoundGroup } from '#matching';
import { pathsBySound } from './decisions-document.ts';
import { pathFields } from './path-fields.ts';

/** Only what differs; the same files stand on both sides, each once. */
export interface GroupChanges {
  readonly before: readonly GroupNames[];
  readonly after: readonly GroupNames[];
}

/** Files that belong together, or one that stands alone. */
export interface GroupNames {
  readonly files: readonly { readonly path: string; readonly pathBase64?: string }[];
}

type Sounds = Pick<SoundGroup, 'sounds'>;

/** Both lists hold every present sound. */
export function groupChanges(
  before: readonly Sounds[],
  after: readonly Sounds[],
  present: readonly PresentFile[],
): GroupChanges {
  const paths = pathsBySound(present);
  const names = ({ sounds }: Sounds): GroupNames => ({
    files: sounds
      .flatMap((sound) => paths.get(sound) ?? [])
      .sort()
      .map(pathFields),
  });
  const [was, is] = [keysOf(before), keysOf(after)];
  return {
    before: before.filter((group) => !is.has(keyOf(group))).map(names),
    after: after.filter((group) => !was.has(keyOf(group))).map(names),
  };
}

function keysOf(groups: readonly Sounds[]): ReadonlySet<string> {
  return new Set(groups.map(keyOf));
}

function keyOf({ sounds }: Sounds): string {
  return sounds.join(' ');
}
