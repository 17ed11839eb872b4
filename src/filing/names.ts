/** Names that are still free, and names of our own. */
import {
  AppError,
  type BytePath,
  baseName,
  bytesOfPath,
  displayPath,
  folderOf,
  joinPath,
  pathFromBytes,
} from '#kernel';
import type { Entry } from './entry.ts';

/** What file systems take, in bytes. */
const NAME_BYTES = 255;

/** How many names are tried before giving up. Chosen: nobody has as many equal names in a folder. */
const TRIES = 100_000;

/**
 * The name itself or, where it is taken or longer than file systems take, the first free of `name_1`, `name_2` …, the
 * number before the extension. A stem that would get too long is cut at a whole character.
 * @throws AppError `filing/no-name`
 */
export function freeName(wanted: BytePath, isTaken: (path: BytePath) => boolean): BytePath {
  const isTooLong = bytesOfPath(baseName(wanted)).length > NAME_BYTES;
  for (let number = isTooLong ? 1 : 0; number < TRIES; number++) {
    const path = number === 0 ? wanted : numberedName(wanted, number);
    if (!isTaken(path)) return path;
  }
  throw new AppError('filing/no-name', `Every name like ${displayPath(wanted)} is taken.`, {
    kind: 'conflict',
    hint: 'Name another output folder.',
  });
}

/** `name_1` for a number of 1, the number before the extension; not longer than file systems take. */
export function numberedName(path: BytePath, number: number): BytePath {
  const [stem, extension] = partedName(baseName(path));
  return joinPath(folderOf(path), fittedName(stem, `_${number}${extension}` as BytePath));
}

/** The stem and the ending as one name, the stem cut at a whole character where it would be longer than file systems take. */
export function fittedName(stem: BytePath, ending: BytePath): BytePath {
  return (cut(stem, NAME_BYTES - bytesOfPath(ending).length) + ending) as BytePath;
}

/** A longer one is no extension but a name with a dot in it. Chosen. */
const EXTENSION_BYTES = 64;

/** A name without its extension, and that with its dot; empty where there is none. */
export function partedName(name: BytePath): readonly [stem: BytePath, extension: BytePath] {
  const dot = name.lastIndexOf('.');
  const extension = name.slice(dot) as BytePath;
  const isOne = dot > 0 && bytesOfPath(extension).length <= EXTENSION_BYTES;
  return isOne ? [name.slice(0, dot) as BytePath, extension] : [name, '' as BytePath];
}

/** The start of a name that has at most so many bytes, without a torn character. */
function cut(name: BytePath, most: number): string {
  const bytes = bytesOfPath(name);
  if (bytes.length <= most) return name;
  let end = most;
  // Bytes 10xxxxxx continue a character of UTF-8, three at most; more of them are no UTF-8.
  while (end > most - 3 && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return pathFromBytes(bytes.subarray(0, end));
}

/** What Reprise keeps aside lies in folders of this name; no walk enters them. */
export const TRASH = '.reprise-trash' as BytePath;

/** Does it lie in a trash, or is it one? */
export function isInTrashFolder(path: BytePath): boolean {
  return path.split('/').includes(TRASH);
}

/** Where the copy of an act grows, in the folder of its destination; no walk shows it. */
export function growingName(entry: OwnNamed): BytePath {
  return ownName(entry, 'tmp');
}

/** Where a former file waits while names are exchanged one after the other. */
export function waitingName(entry: OwnNamed): BytePath {
  return ownName(entry, 'swap');
}

/** What makes a name of our own unique: the entry that it belongs to. */
type OwnNamed = Pick<Entry, 'plan' | 'n' | 'to'>;

function ownName({ plan, n, to }: OwnNamed, ending: string): BytePath {
  return joinPath(folderOf(to), `.reprise-${plan}-${n}.${ending}` as BytePath);
}
