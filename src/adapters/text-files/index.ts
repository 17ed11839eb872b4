/** Files that a person names to be written: logs and exports that grow at their end, and results that come whole. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import type { TextFile } from '#cli';
import { type BytePath, bytesOfPath } from '#kernel';
import { attempt } from './errors.ts';

export { prepareFile } from './new-file.ts';

/** @throws AppError `output/…` */
export async function openTextFile(path: BytePath, mode: 'append' | 'exclusive'): Promise<TextFile> {
  const fd = attempt(path, () => openSync(Buffer.from(bytesOfPath(path)), mode === 'append' ? 'a' : 'ax'));
  return {
    // One call is one write at the end of the file (unless the disk is full), not mixed with those of others.
    write: (text) => {
      attempt(path, () => writeFileSync(fd, text));
    },
    close: () => closeSync(fd),
  };
}
