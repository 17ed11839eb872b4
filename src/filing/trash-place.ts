import { type BytePath, folderOf, isUnder, joinPath } from '#kernel';
import { TRASH } from './names.ts';
import type { FileActs } from './ports.ts';

/**
 * Where a file goes that is not deleted: into the trash at the top of its root or, where a root spans several file
 * systems, of the part of it that lies on the file's own; under the plan's id and with the folders that it had.
 * A file without a root has the trash beside it.
 */
export function trashPlace(acts: FileActs, roots: readonly BytePath[], plan: string, path: BytePath): BytePath {
  const folder = folderOf(path);
  const [root = folder] = roots.filter((each) => isUnder(folder, each)).sort((a, b) => a.length - b.length);
  const device = acts.state(folder)?.device;
  let top = folder;
  // By the folders' devices: some layered file systems show files on another one than their folder.
  while (top !== root && acts.state(folderOf(top))?.device === device) top = folderOf(top);
  const within = path.slice(top === '/' ? 1 : top.length + 1) as BytePath;
  return joinPath(joinPath(joinPath(top, TRASH), plan as BytePath), within);
}

/** The folders above what lies in a trash, up to the trash itself. */
export function trashFolders(path: BytePath): readonly BytePath[] {
  const folders: BytePath[] = [];
  for (let folder = folderOf(path); `${folder}/`.includes(`/${TRASH}/`); folder = folderOf(folder))
    folders.push(folder);
  return folders;
}
