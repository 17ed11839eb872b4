import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StoreFiles } from '#store';
import { openStoreFiles } from './store-files.ts';

/** The files of the store in `folder`, of which none is changed: what is written goes to a place of its own that ends with it. */
export function createScratchFiles(folder: string): StoreFiles {
  const aside = mkdtempSync(path.join(tmpdir(), 'reprise-store-'));
  const own = openStoreFiles(folder);
  const scratch = openStoreFiles(aside);
  const written = new Set<string>();
  return {
    names: (name) => [...own.names(name), ...scratch.names(name)],
    size: (name) => (written.has(name) ? scratch.size(name) : own.size(name)),
    sizeOnDisk: (name) => (written.has(name) ? scratch : own).sizeOnDisk(name),
    read: (name, at, into) => (written.has(name) ? scratch : own).read(name, at, into),
    write: (name, at, bytes) => {
      written.add(name);
      scratch.write(name, at, bytes);
    },
    truncate: (name, length) => {
      if (written.has(name)) scratch.truncate(name, length);
    },
    sync: () => undefined,
    syncFolder: () => undefined,
    remove: (name) => {
      if (written.delete(name)) scratch.remove(name);
    },
    closeRemoved: own.closeRemoved,
    space: () => scratch.space(),
    [Symbol.dispose]: () => {
      own[Symbol.dispose]();
      scratch[Symbol.dispose]();
      rmSync(aside, { recursive: true, force: true });
    },
  };
}
