/** Changes below folders, as `@parcel/watcher` tells of them. */
export { createFolderWatcher } from './folder-watcher.ts';
