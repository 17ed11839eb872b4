/** Files of the machine that are read at any place. Symlinks are followed; pipes and devices are refused. */
import { readSync } from 'node:fs';
import type { BytePath } from '#kernel';
import type { RandomReader } from '#store';
import { fileError } from './errors.ts';
import { openFile } from './open-file.ts';

export function createRandomReader(): RandomReader {
  return {
    open(path) {
      const file = openFile(path);
      return {
        sizeBytes: file.sizeBytes,
        read: (at, into) => fill(file.fd, path, at, into),
        [Symbol.dispose]: () => file[Symbol.dispose](),
      };
    },
  };
}

function fill(descriptor: number, path: BytePath, at: number, into: Uint8Array): number {
  try {
    let filled = 0;
    for (let got = 1; got > 0 && filled < into.length; filled += got)
      got = readSync(descriptor, into, filled, into.length - filled, at + filled);
    return filled;
  } catch (error) {
    throw fileError(error, path);
  }
}
