/** The thread that lists folders and hashes files for a sweep: joins the file system, the filter and the look at first bytes. */
import { createFilter } from '#audio';
import type { FolderToList, ListedFolder, ListedFolders, ListFilter, SkippedPath } from '#sweep';
import { createFolderLister } from '../adapters/files/index.ts';
import { serveTwinJobs } from '../adapters/twins/index.ts';

function list(folders: readonly FolderToList[], settings: ListFilter): ListedFolders {
  const listed: ListedFolder[] = [];
  const stamps: BigInt64Array[] = [];
  const below: FolderToList[] = [];
  const skipped: SkippedPath[] = [];
  const troubles: ListedFolders['troubles'][number][] = [];
  const { wants, skipsFolder } = createFilter(settings);
  const look = createFolderLister({
    ...{ wants, skipsFolder, ignoreFiles: settings.ignoreFiles },
    onSkip: (path, reason) => skipped.push({ path, reason }),
    onLink: (path) => skipped.push({ path, reason: 'a symbolic link: it takes no room, and nothing happens to links' }),
    onTrouble: (path, failure) => troubles.push({ path, ...failure }),
    onDevice: () => {},
  });
  for (const { path, above } of folders) {
    const { key, names, stamps: own, folders: deeper } = look(path, above);
    if (key === undefined) continue;
    listed.push({ path, key, count: names.length, names: names.join('\0') });
    stamps.push(own);
    const way = [...above, key];
    for (const folder of deeper) below.push({ path: folder, above: way });
  }
  return { folders: listed, stamps: joined(stamps), below, skipped, troubles };
}

function joined(parts: readonly BigInt64Array[]): BigInt64Array {
  const all = new BigInt64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

serveTwinJobs({
  list,
  loadLook: async () => (await import('../adapters/decoder/index.ts')).lookOf,
});
