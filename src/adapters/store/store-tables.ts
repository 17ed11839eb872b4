/** The folder of a store: made, recognised, measured, repaired. */
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '#kernel';
import type { StoreTables } from '#store';
import { damaged, guarded } from './errors.ts';
import { tooNew } from './format.ts';
import { copiedNames, formatIn, repairStoreTables } from './repair-database.ts';
import { STORE_VERSION } from './schema.ts';
import { makeStoreDatabase, openStoreDatabase } from './store-database.ts';
import { LOCK_FILES } from './store-lock.ts';

/** Tells a store from other folders, and which format it has. */
const HEADER_FILE = 'reprise-store';
const HEADER = `Reprise recording store, format ${STORE_VERSION}.\n`;
/** What lies in a store, so that a damaged header is known for what it is. */
const TELLTALES = ['meta.db', 'packs', 'copy.db', 'index.db', 'raw'];

/** @param shown the folder as a person knows it */
export function storeTablesIn(folder: string, shown: string): StoreTables {
  const header = path.join(folder, HEADER_FILE);
  const guard = <T>(work: () => T): T => guarded(folder, work);

  function check(): void {
    const text = readHeader(header);
    if (text === HEADER) return;
    const names = listed(folder);
    if (!wasStore(names)) throw missing();
    refuseNewer(text);
    throw damaged(`${header}, which says what ${shown} is, is damaged.`);
  }

  function missing(): AppError {
    return new AppError('store/missing', `${shown} is no recording store.`, {
      kind: 'missing',
      hint: `Make one with: reprise store init ${shown}`,
    });
  }

  /** The header has no checksum: it is believed where the tables say nothing else. */
  function refuseNewer(text: string | undefined): void {
    const [, version] = /^Reprise recording store, format (\d+)\.\n$/.exec(text ?? '') ?? [];
    const format = formatIn(folder) ?? Number(version);
    if (format > STORE_VERSION) throw tooNew(shown, format);
  }

  return {
    make: (settings, begin) =>
      guard(() => {
        const names = listed(folder);
        if (names.includes(HEADER_FILE)) {
          throw new AppError('store/exists', `${shown} is a recording store already.`, {
            kind: 'conflict',
            hint: `Put recordings into it: reprise store import ${shown} PATH`,
          });
        }
        if (names.length > 0) {
          throw new AppError('store/not-empty', `${shown} is not empty, so no store is made there.`, {
            kind: 'conflict',
            hint: 'Name a folder that is empty or not there yet.',
          });
        }
        const made = makeFolders(folder);
        try {
          for (const name of ['packs', 'raw']) mkdirSync(path.join(folder, name));
          makeStoreDatabase(folder, settings);
          {
            using database = openStoreDatabase(folder, 0);
            begin(database);
          }
          writeFileSync(header, HEADER, { flush: true });
        } catch (error) {
          for (const name of listed(folder)) rmSync(path.join(folder, name), { recursive: true });
          for (const empty of made.toReversed()) rmdirSync(empty);
          throw error;
        }
      }),
    check: () => guard(check),
    prepareRepair: () =>
      guard(() => {
        if (!wasStore(listed(folder))) throw missing();
        mendLocks(folder);
      }),
    repair: (spare) =>
      guard(() => {
        const text = readHeader(header);
        refuseNewer(text);
        if (text !== HEADER) writeFileSync(header, HEADER, { flush: true });
        return repairStoreTables(folder, spare);
      }),
    copiedNames: () => guard(() => copiedNames(folder)),
    sizes: () => guard(() => sizesBelow(folder)),
  };
}

/** A lock that is no lock any more holds nobody back. Nothing is in it. */
function mendLocks(folder: string): void {
  for (const file of LOCK_FILES.map((name) => path.join(folder, name))) {
    const stats = lstatSync(file, { throwIfNoEntry: false });
    if (stats?.isFile() && stats.size > 0) rmSync(file);
  }
}

/** Has the folder the names of a store, though its header may be lost? */
function wasStore(names: readonly string[]): boolean {
  return names.includes(HEADER_FILE) || TELLTALES.filter((name) => names.includes(name)).length > 1;
}

/**
 * With all above it. Node's own way never ends where the system refuses every name, as it does in `/proc`.
 * @returns those that were not there, the outermost first
 */
function makeFolders(folder: string): readonly string[] {
  const made: string[] = [];
  for (let at = path.resolve(folder); !existsSync(at); at = path.dirname(at)) made.unshift(at);
  try {
    // What others record is nobody else's business.
    for (const at of made) mkdirSync(at, at === path.resolve(folder) ? 0o700 : undefined);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new AppError('store/denied', `The system makes no folder ${folder}.`, {
      kind: 'denied',
      hint: 'Name a folder on a disk.',
    });
  }
  return made;
}

function readHeader(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** As `du` counts, folders included; without what SQLite keeps only while it has a file open. */
function sizesBelow(folder: string): { storedBytes: number; diskBytes: number } {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => !/-(wal|shm)$/.test(name));
  let storedBytes = 0;
  let diskBytes = 0;
  for (const name of ['', ...names]) {
    const { size, blocks } = lstatSync(path.join(folder, name));
    storedBytes += size;
    diskBytes += blocks * 512;
  }
  return { storedBytes, diskBytes };
}
