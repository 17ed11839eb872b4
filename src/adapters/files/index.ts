/** Folders and files of the machine, by their byte names. */

export { openFile } from './open-file.ts';
export { createFileTree } from './tree.ts';
