export { openAnchorFile } from './anchor-file.ts';
export { createScratchFiles } from './scratch-files.ts';
export { makeWholeFoldersMemory, openWholeFolders } from './shared-whole-folders.ts';
export { makeNodeVersions, makeStoreDatabase, openStoreDatabase, type WholeFolders } from './store-database.ts';
export { isOnReadOnlyDisk, openStoreFiles } from './store-files.ts';
export { haveStoreAlone, openStoreLock, serveStore, useStore } from './store-lock.ts';
export { storeTablesIn } from './store-tables.ts';
