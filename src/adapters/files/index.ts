/** Folders and files of the machine, by their byte names: read, and acted upon. */

export { canDoAll, createFileActs } from './acts.ts';
export { createExportTarget } from './export-target.ts';
export { createPathGuard } from './guard.ts';
export { createRootFinder } from './inbox-root.ts';
export { createFolderLister, type FolderContents } from './list.ts';
export { openFile } from './open-file.ts';
export { placeOf } from './place.ts';
export { createRandomReader } from './random-reader.ts';
export { createSources } from './sources.ts';
export { createFileTree } from './tree.ts';
export { createWriterProbe } from './writers.ts';
