/**
 * Looks at folders of an inbox, by their bytes, and tells {@link Readiness} what lies there. What cannot be looked at
 * changes nothing of what is known.
 */
import type { FileTree, FoundFolder } from '#catalogue';
import { AppError, type BytePath, baseName, type Failure, folderOf, isUnder, joinPath } from '#kernel';
import type { Arrivals } from './arrivals.ts';
import type { Readiness } from './readiness.ts';

export interface Looking {
  readonly tree: Pick<FileTree, 'walk'>;
  readonly arrivals: Arrivals;
  readonly readiness: Readiness;
  readonly signal: AbortSignal;
  readonly onTrouble: (error: AppError) => void;
}

/** What a look found that was not there before. */
export interface Look {
  /** Folders, none of them below another. With `depth` of one folder they have not been looked at. */
  readonly newFolders: readonly BytePath[];
  /** Folders that hold folders. */
  readonly parents: ReadonlySet<BytePath>;
}

interface Found {
  readonly folders: BytePath[];
  readonly parents: Set<BytePath>;
  readonly troubles: BytePath[];
  /** Of the folder that is shown next; `undefined` where it could not be entered. */
  device: bigint | undefined;
}

/** Looks at a folder, and with `depth` `all` at everything below it. @throws AppError `run/cancelled` */
export async function lookAt(looking: Looking, top: BytePath, depth: 'folder' | 'all'): Promise<Look> {
  const { readiness } = looking;
  const found: Found = { folders: [], parents: new Set(), troubles: [], device: undefined };
  const before = new Set(depth === 'all' ? readiness.foldersUnder(top) : readiness.hasFolder(top) ? [top] : []);
  const newFolders: BytePath[] = [];
  for await (const folder of walk(looking, top, depth, found)) {
    if (found.device !== undefined && !found.troubles.includes(folder.path)) {
      if (!readiness.hasFolder(folder.path)) newFolders.push(folder.path);
      before.delete(folder.path);
      tell(looking, folder, String(found.device), found.troubles);
    }
    found.device = undefined;
  }
  for (const folder of before) if (!found.troubles.some((trouble) => isUnder(folder, trouble))) readiness.lose(folder);
  if (depth === 'folder') newFolders.push(...found.folders.filter((folder) => !readiness.hasFolder(folder)));
  return { newFolders: topmost(newFolders), parents: found.parents };
}

function walk(
  { tree, arrivals, signal, onTrouble }: Looking,
  top: BytePath,
  depth: 'folder' | 'all',
  found: Found,
): AsyncIterable<FoundFolder> {
  return tree.walk(top, {
    signal,
    wants: arrivals.wants,
    skipsFolder: (name, folder) => {
      if (arrivals.skipsFolder(name, folder)) return true;
      found.parents.add(folder);
      found.folders.push(joinPath(folder, name));
      return depth === 'folder';
    },
    ignoreFiles: [],
    onSkip: () => {},
    onTrouble: (path, failure) => {
      found.troubles.push(path);
      onTrouble(troubleWith(failure));
    },
    onDevice: (device) => {
      found.device = device;
    },
  });
}

function tell({ arrivals, readiness }: Looking, found: FoundFolder, device: string, troubles: BytePath[]): void {
  const files = found.files.map(({ name, stamp }) => ({
    name,
    stamp,
    isUnfinished: arrivals.isUnfinished(name, found.path),
  }));
  const unseen = new Set(troubles.filter((path) => folderOf(path) === found.path).map(baseName));
  readiness.look({ folder: found.path, device, files, unseen });
}

function topmost(folders: readonly BytePath[]): BytePath[] {
  const all = new Set(folders);
  return folders.filter((folder) => !all.has(folderOf(folder)));
}

function troubleWith({ code, message }: Failure): AppError {
  return new AppError(code, message, {
    kind: 'unavailable',
    hint: 'It is looked at again; until then what was known of it holds.',
  });
}
