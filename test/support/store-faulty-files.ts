/**
 * The files of a store on a disk that fails at a word, in front of real ones: an act is refused, or the power goes. After a
 * cut, what was not synced is gone; names stay, but for those of packs, whose folder is synced by itself. Tables are not
 * touched by it: SQLite keeps what it has committed, which is more than it promises.
 */
import type { StoreFiles } from '#store';
import { translate } from '../../src/adapters/store/errors.ts';
import { openStoreFiles } from '../../src/adapters/store/index.ts';

export type FileAct = 'read' | 'write' | 'truncate' | 'sync' | 'syncFolder' | 'remove';

export interface FileFault {
  readonly act: FileAct;
  /** Which of these acts from now on, from 1. */
  readonly at: number;
  readonly code: 'EIO' | 'ENOSPC';
  /** A write that is refused has done half of its work. */
  readonly isPartial?: boolean;
}

export interface FaultyDisk extends Disposable {
  /** For a store; who closes them leaves the disk as it is. */
  readonly files: StoreFiles;
  /** Takes the place of the fault before; acts are counted anew. */
  fail(fault: FileFault): void;
  /** So far. */
  count(act: FileAct): number;
  /** The power goes as which act that changes something begins; all that follow are in vain. */
  cutAt(act: number): void;
  readonly isCut: boolean;
  /** The power goes now, and the disk is as it is found after. */
  cut(): void;
}

/** Nobody translates it: there is nobody left. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

interface Held {
  /** What a cut leaves; undefined where even the name goes. */
  safe: Buffer | undefined;
  /** Since the last sync. */
  changes: ((bytes: Buffer) => Buffer)[];
  /** Does the folder's sync wait for this name to come, or to go? */
  isNamed: boolean;
}

const VOLATILE_NAMES = /^packs\//;

/** @param folder of the store; what lies there is safe */
export function createFaultyDisk(folder: string): FaultyDisk {
  const files = openStoreFiles(folder);
  const held = new Map<string, Held>();
  let fault: FileFault | undefined;
  const counts = new Map<FileAct, number>();
  let cutting = Number.POSITIVE_INFINITY;
  let isCut = false;

  function on(act: FileAct, name: string, refused: () => void = () => undefined): void {
    if (isCut) throw new PowerCut(name);
    if (act !== 'read') {
      cutting -= 1;
      if (cutting <= 0) {
        isCut = true;
        throw new PowerCut(name);
      }
    }
    const count = (counts.get(act) ?? 0) + 1;
    counts.set(act, count);
    if (fault?.act !== act || count !== fault.at) return;
    refused();
    const { code } = fault;
    throw translate(Object.assign(new Error(`${code}: ${act}`), { code, syscall: act }), name);
  }

  function heldOf(name: string): Held {
    let one = held.get(name);
    if (one === undefined) {
      const isThere = files.size(name) !== undefined;
      one = { safe: isThere ? contents(name) : undefined, changes: [], isNamed: isThere };
      held.set(name, one);
    }
    return one;
  }

  function contents(name: string): Buffer {
    const bytes = Buffer.alloc(files.size(name) ?? 0);
    files.read(name, 0, bytes);
    return bytes;
  }

  function change(name: string, changed: (bytes: Buffer) => Buffer): void {
    const one = heldOf(name);
    one.changes.push(changed);
    if (VOLATILE_NAMES.test(name)) return;
    one.safe ??= Buffer.alloc(0);
    one.isNamed = true;
  }

  function write(name: string, at: number, bytes: Uint8Array): void {
    const copy = Buffer.from(bytes);
    change(name, (old) => {
      const grown = resized(old, Math.max(old.length, at + copy.length));
      grown.set(copy, at);
      return grown;
    });
    files.write(name, at, bytes);
  }

  function cut(): void {
    isCut = true;
    for (const [name, { safe, isNamed }] of held) {
      if (safe === undefined || !isNamed) {
        if (VOLATILE_NAMES.test(name)) files.remove(name);
        continue;
      }
      files.truncate(name, 0);
      files.write(name, 0, safe);
      files.truncate(name, safe.length);
    }
    held.clear();
  }

  const faulty: StoreFiles = {
    ...files,
    read(name, at, into) {
      on('read', name);
      return files.read(name, at, into);
    },
    write(name, at, bytes) {
      on('write', name, () => {
        if (fault?.isPartial) write(name, at, bytes.subarray(0, bytes.length / 2));
      });
      write(name, at, bytes);
    },
    truncate(name, length) {
      on('truncate', name);
      change(name, (old) => resized(old, length));
      files.truncate(name, length);
    },
    sync(name) {
      const one = heldOf(name);
      // As on Linux: what one sync could not bring to the disk, no later one does.
      on('sync', name, () => void one.changes.splice(0));
      // Says where it is not there; the disk itself need not wait.
      if (files.size(name) === undefined) files.sync(name);
      one.safe = one.changes.splice(0).reduce((bytes, changed) => changed(bytes), one.safe ?? Buffer.alloc(0));
    },
    syncFolder(folder) {
      on('syncFolder', folder);
      for (const [name, one] of held) {
        if (!name.startsWith(`${folder}/`)) continue;
        one.isNamed = files.size(name) !== undefined;
        if (one.isNamed) one.safe ??= Buffer.alloc(0);
        else held.delete(name);
      }
    },
    remove(name) {
      on('remove', name);
      const one = heldOf(name);
      files.remove(name);
      if (!VOLATILE_NAMES.test(name)) held.delete(name);
      // The old name may be found again, with what the disk had under it; a new file of the name begins anew.
      else one.changes = [(): Buffer => Buffer.alloc(0)];
    },
    [Symbol.dispose]: () => undefined,
  };

  return {
    files: faulty,
    fail(next) {
      fault = next;
      counts.clear();
    },
    count: (act) => counts.get(act) ?? 0,
    cutAt(act) {
      cutting = act;
    },
    get isCut() {
      return isCut;
    },
    cut,
    [Symbol.dispose]: () => files[Symbol.dispose](),
  };
}

function resized(bytes: Buffer, length: number): Buffer {
  const out = Buffer.alloc(length);
  bytes.copy(out, 0, 0, length);
  return out;
}
