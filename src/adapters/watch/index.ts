/** Changes in folders, as the system tells of them. */
export { createFolderWatcher } from './folder-watcher.ts';
