/**
 * Looks at folders of an inbox, by their bytes, and tells {@link Readiness} what lies there. Each folder is listened to before
 * it is listed, so what comes is either in the listing or told of afterwards. What cannot be looked at changes nothing of
 * what is known.
 */
import type { FileTree, FoundFolder } from '#catalogue';
import { AppError, type BytePath, baseName, type Failure, folderOf, isUnder, joinPath } from '#kernel';
import type { Arrivals } from './arrivals.ts';
import type { Readiness } from './readiness.ts';

export interface Looking {
  readonly tree: Pick<FileTree, 'walk'>;
  readonly arrivals: Arrivals;
  readonly readiness: Readiness;
  /** From now on changes in the folder are told of. Never throws. */
  readonly listen: (folder: BytePath) => void;
  /** A folder has gone, with all below it. */
  readonly leave: (folder: BytePath) => void;
  readonly signal: AbortSignal;
  readonly onTrouble: (error: AppError) => void;
}

interface Found {
  /** Folders that are known or were met, and have not been shown. */
  readonly awaited: Set<BytePath>;
  /** Folders in the one that is looked at alone, that nothing is known of. */
  readonly newFolders: BytePath[];
  readonly troubles: BytePath[];
  /** Of the folder that is shown next; `undefined` where it could not be entered. */
  device: bigint | undefined;
}

/** Looks at a folder and everything below it. @throws AppError `run/cancelled` */
export async function lookThrough(looking: Looking, top: BytePath): Promise<void> {
  await lookAt(looking, top, 'all');
}

/** Looks at a folder, and at everything below the folders in it that are new. @throws AppError `run/cancelled` */
export async function lookInto(looking: Looking, folder: BytePath): Promise<void> {
  for (const newFolder of await lookAt(looking, folder, 'folder')) await lookAt(looking, newFolder, 'all');
}

async function lookAt(looking: Looking, top: BytePath, depth: 'folder' | 'all'): Promise<readonly BytePath[]> {
  const awaited = new Set([top, ...(depth === 'all' ? looking.readiness.foldersUnder(top) : [])]);
  const found: Found = { awaited, newFolders: [], troubles: [], device: undefined };
  looking.listen(top);
  for await (const folder of walk(looking, top, depth, found)) {
    if (found.device !== undefined && !found.troubles.includes(folder.path)) {
      awaited.delete(folder.path);
      tell(looking, folder, String(found.device), found.troubles);
    }
    found.device = undefined;
  }
  for (const folder of topmost(awaited)) {
    if (found.troubles.some((trouble) => isUnder(folder, trouble))) continue;
    looking.readiness.lose(folder);
    looking.leave(folder);
  }
  return found.newFolders;
}

function walk(
  { tree, arrivals, readiness, listen, signal, onTrouble }: Looking,
  top: BytePath,
  depth: 'folder' | 'all',
  found: Found,
): AsyncIterable<FoundFolder> {
  return tree.walk(top, {
    signal,
    wants: arrivals.wants,
    skipsFolder: (name, above) => {
      if (arrivals.skipsFolder(name, above)) return true;
      const folder = joinPath(above, name);
      if (depth === 'folder') {
        if (!readiness.hasFolder(folder)) found.newFolders.push(folder);
        return true;
      }
      found.awaited.add(folder);
      listen(folder);
      return false;
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

function topmost(folders: ReadonlySet<BytePath>): BytePath[] {
  return [...folders].filter((folder) => !folders.has(folderOf(folder)));
}

function troubleWith({ code, message }: Failure): AppError {
  return new AppError(code, message, {
    kind: 'unavailable',
    hint: 'It is looked at again; until then what was known of it holds.',
  });
}
