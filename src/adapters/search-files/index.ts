export { type CheckedFile, openCheckedFile, writeCheckedFile } from './checked-file.ts';
export { openSearchFolder } from './search-folder.ts';
