import type { WalkOptions } from '#catalogue';
import type { BytePath } from '#kernel';
import { rawOf } from './names.ts';
import { folderAt, look, startWalk } from './walk.ts';

/** Of a file. */
const FIGURES = 5;

/** What lies directly in a folder. */
export interface FolderContents {
  /** `device:inode` of the folder; `undefined` where it must not or cannot be entered. */
  readonly key: string | undefined;
  /** In the order of the names' bytes. */
  readonly names: readonly BytePath[];
  /** Of each file: device, inode, size, mtime and ctime in nanoseconds. */
  readonly stamps: BigInt64Array;
  readonly folders: readonly BytePath[];
}

/**
 * Looks at one folder after the other by the rules of {@link walk}, for a walk that several threads share.
 * `above` are the keys of the folders on the way down.
 */
export function createFolderLister(
  options: WalkOptions,
): (folder: BytePath, above: readonly string[]) => FolderContents {
  const walking = startWalk(options);
  let block: BigInt64Array = new BigInt64Array(FIGURES * 256);
  return (folder, above) => {
    const names: BytePath[] = [];
    let at = 0;
    const { key, folders } = look(walking, folderAt(rawOf(folder), above), (name, stats) => {
      names.push(name);
      if (at + FIGURES > block.length) block = grown(block);
      block[at] = stats.dev;
      block[at + 1] = stats.ino;
      block[at + 2] = stats.size;
      block[at + 3] = stats.mtimeNs;
      block[at + 4] = stats.ctimeNs;
      at += FIGURES;
    });
    return { key, names, stamps: block.slice(0, at), folders: folders.map(({ path }) => path) };
  };
}

function grown(block: BigInt64Array): BigInt64Array {
  const larger = new BigInt64Array(2 * block.length);
  larger.set(block);
  return larger;
}
