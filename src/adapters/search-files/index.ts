export { type CheckedFile, openCheckedFile, writeCheckedFile } from './checked-file.ts';
export { openIndex } from './open-index.ts';
export { openSearchFolder } from './search-folder.ts';
