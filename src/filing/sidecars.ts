/**
 * Which files go along when a sound leaves its folder: those that belong to it alone. A sidecar is told by its name, the
 * stem or the whole name of the sound with an extension of its own: `01 Song.lrc` and `01 Song.flac.lrc`. What belongs to
 * the folder (`cover.jpg`, the log of the rip, an `album.cue` beside its tracks) stays, even where every sound of the
 * folder leaves: nobody said that the folder moves, and they may go to different places. Pure: names in, names out.
 */
import { type BytePath, baseName, extensionOf, folderOf, joinPath } from '#kernel';

const PICTURES = ['jpg', 'jpeg', 'png', 'webp'];
const SIDECARS: ReadonlySet<string> = new Set([
  ...['lrc', 'cue', 'nfo', 'txt', 'log', 'accurip', 'srt', 'vtt'],
  ...PICTURES,
]);
/** Pictures of a folder by the names that players look for, even where a sound has that name too. */
const FOLDER_PICTURES: ReadonlySet<string> = new Set(
  ['cover', 'folder', 'front', 'back', 'albumart', 'albumartsmall', 'thumb'].flatMap((stem) =>
    PICTURES.map((extension) => `${stem}.${extension}`),
  ),
);

/** One folder, by the names in it. */
export interface FolderNames {
  /** Every file. */
  readonly names: readonly BytePath[];
  /** Those of them that are sounds, whether they leave or stay. */
  readonly sounds: ReadonlySet<BytePath>;
  /** Those of the sounds that leave. */
  readonly leaving: ReadonlySet<BytePath>;
}

/**
 * The sidecars of each sound that leaves, sorted; sounds without any are left out. A sidecar that several sounds share
 * (`01 Song.flac`, `01 Song.mp3`) stays as long as one of them does, and goes along with the first by name when all
 * leave. No sidecar is given to two sounds, no sound is ever a sidecar, and neither is a playlist.
 */
export function sidecarsOf({ names, sounds, leaving }: FolderNames): ReadonlyMap<BytePath, readonly BytePath[]> {
  const owners = ownersByStem(sounds);
  const going = new Map<BytePath, BytePath[]>();
  for (const name of names.toSorted()) {
    if (sounds.has(name) || !isSidecarName(name)) continue;
    const [first, ...others] = owners.get(stemOf(name)) ?? [];
    if (first === undefined || ![first, ...others].every((sound) => leaving.has(sound))) continue;
    going.set(first, [...(going.get(first) ?? []), name]);
  }
  return going;
}

/**
 * Where a sidecar goes when its sound goes from `from` to `to`: beside it, and renamed as it was. `sidecar` is a path that
 * {@link sidecarsOf} gave to `from`.
 */
export function sidecarDestination(sidecar: BytePath, from: BytePath, to: BytePath): BytePath {
  const name = baseName(sidecar);
  const extension = name.slice(stemOf(name).length);
  const stem = stemOf(name) === baseName(from) ? baseName(to) : stemOf(baseName(to));
  return joinPath(folderOf(to), `${stem}${extension}` as BytePath);
}

/** The sounds that a sidecar with this stem can belong to: those of that name first, then by name. */
function ownersByStem(sounds: ReadonlySet<BytePath>): ReadonlyMap<string, readonly BytePath[]> {
  const owners = new Map<string, BytePath[]>();
  const sorted = [...sounds].toSorted();
  const claims = [
    ...sorted.map((sound) => [sound, sound] as const),
    ...sorted.map((sound) => [stemOf(sound), sound] as const),
  ];
  for (const [stem, sound] of claims) {
    const sharing = owners.get(stem);
    if (sharing === undefined) owners.set(stem, [sound]);
    else sharing.push(sound);
  }
  return owners;
}

/** Is it a name that a sidecar can have? */
export function isSidecarName(name: BytePath): boolean {
  return SIDECARS.has(extensionOf(name)) && !FOLDER_PICTURES.has(name.toLowerCase());
}

/** The name without its extension; the whole name where there is none. */
function stemOf(name: BytePath): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}
