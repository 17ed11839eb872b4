/** Folders and files of the machine, by their byte names. */
export { createFileTree } from './tree.ts';
