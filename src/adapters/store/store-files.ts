import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { AppError } from '#kernel';
import type { StoreFiles } from '#store';
import { guarded } from './errors.ts';

const PACKS = 'packs/';
/** Of stat(2), whatever the disk has. */
const BLOCK_BYTES = 512;
/** Files that are kept open at once. Chosen, well below what a process may have open. */
const MOST_OPEN = 64;

/** The files of the store in `folder`. Those in use stay open. */
export function openStoreFiles(folder: string): StoreFiles {
  /** The least recently used first. */
  const open = new Map<string, number>();
  /** Packs that were written to here: one that was never committed may be made anew by another process. */
  const written = new Set<string>();
  const at = (name: string): string => path.join(folder, name);

  function close(name: string): void {
    const descriptor = open.get(name);
    if (descriptor === undefined) return;
    open.delete(name);
    closeSync(descriptor);
  }

  function descriptorOf(name: string, isMade: boolean, isSame = false): number {
    const known = open.get(name);
    // Another process may have removed the file, and one of the same name may have come since.
    if (known !== undefined && !isSame && fstatSync(known).nlink === 0) close(name);
    else if (known !== undefined) {
      open.delete(name);
      open.set(name, known);
      return known;
    }
    const descriptor = openOrMake(at(name), isMade);
    open.set(name, descriptor);
    const [oldest] = open.keys();
    if (open.size > MOST_OPEN && oldest !== undefined) close(oldest);
    return descriptor;
  }

  const guard = <T>(name: string, work: () => T): T => guarded(at(name), () => orMissing(at(name), work));

  function factsOf(name: string): Stats | undefined {
    const known = open.get(name);
    const facts = known === undefined ? undefined : fstatSync(known);
    return facts !== undefined && facts.nlink > 0 ? facts : statSync(at(name), { throwIfNoEntry: false });
  }

  return {
    names: (name) => guarded(at(name), () => listed(at(name))),
    size: (name) => guarded(at(name), () => factsOf(name)?.size),
    sizeOnDisk: (name) =>
      guarded(at(name), () => {
        const facts = factsOf(name);
        return facts && facts.blocks * BLOCK_BYTES;
      }),
    read: (name, position, into) =>
      guard(name, () => {
        // What was committed of a pack is in no other of its name: it may be read on when the pack has gone.
        const descriptor = descriptorOf(name, false, name.startsWith(PACKS) && !written.has(name));
        let done = 0;
        while (done < into.length) {
          const bytes = readSync(descriptor, into, done, into.length - done, position + done);
          if (bytes === 0) break;
          done += bytes;
        }
        return done;
      }),
    write: (name, position, bytes) =>
      guard(name, () => {
        written.add(name);
        const descriptor = descriptorOf(name, true);
        for (let done = 0; done < bytes.length; ) {
          done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
        }
      }),
    truncate: (name, length) =>
      guard(name, () => {
        written.add(name);
        ftruncateSync(descriptorOf(name, true), length);
      }),
    sync: (name) => guard(name, () => fsyncSync(descriptorOf(name, false))),
    syncFolder: (name) => guard(name, () => syncFolder(at(name))),
    remove: (name) =>
      guard(name, () => {
        close(name);
        unlinkIfThere(at(name));
      }),
    closeRemoved() {
      for (const [name, descriptor] of [...open])
        try {
          if (fstatSync(descriptor).nlink === 0) close(name);
        } catch {
          // Its disk has gone; whoever needs the file is told.
        }
    },
    space: () =>
      guard('', () => {
        const { bsize, blocks, bfree, bavail } = statfsSync(folder);
        return { totalBytes: blocks * bsize, freeBytes: bfree * bsize, availableBytes: bavail * bsize };
      }),
    [Symbol.dispose]: () => {
      for (const name of [...open.keys()]) close(name);
    },
  };
}

export function isOnReadOnlyDisk(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS';
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function openOrMake(file: string, isMade: boolean): number {
  const { O_RDONLY, O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  // Who owns the store could else have root, who mounts it, open any file.
  const flags = O_RDWR | O_NOFOLLOW;
  try {
    return openSync(file, isMade ? flags | O_CREAT : flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && isMade) {
      mkdirSync(path.dirname(file), { recursive: true });
      return openSync(file, flags | O_CREAT);
    }
    // A store may be read where it cannot be written.
    if ((code === 'EACCES' || code === 'EROFS') && !isMade) return openSync(file, O_RDONLY | O_NOFOLLOW);
    throw error;
  }
}

/** Not `rmSync`, whose errors have no code where the disk has gone. */
function unlinkIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function orMissing<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new AppError('store/missing-piece', `${file}, a piece of the store, is not there.`, {
      kind: 'corrupt',
      hint: 'Run "reprise store verify" to see what is hit, and "reprise store repair" to keep all that is whole.',
      cause: error,
    });
  }
}
