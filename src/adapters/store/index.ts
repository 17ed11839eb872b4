export { openAnchorFile } from './anchor-file.ts';
export { createScratchFiles } from './scratch-files.ts';
export { makeStoreDatabase, openStoreDatabase } from './store-database.ts';
export { isOnReadOnlyDisk, openStoreFiles } from './store-files.ts';
export { haveStoreAlone, openStoreLock, useStore } from './store-lock.ts';
export { storeTablesIn } from './store-tables.ts';
