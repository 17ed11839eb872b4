import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { CatalogueStore, ScanStore } from '#catalogue';
import type { GateStore } from '#gate';
import { AppError, type Clock } from '#kernel';
import { writeChange } from './changes.ts';
import { type Connection, openConnection } from './connection.ts';
import { createDecisionStore } from './decision-store.ts';
import { placeSome } from './gate-places.ts';
import { createGateStore, type ReadPlace } from './gate-store.ts';
import { createImportStore } from './import-store.ts';
import { filesIn, filesWithInodes, knownContents, listingsUnder, missingWith } from './known-files.ts';
import { createMatchStore } from './match-store.ts';
import { MIGRATIONS } from './migrations.ts';
import { loadQueries, type Queries } from './queries.ts';
import { hashBytes } from './rows.ts';
import { migrate } from './schema.ts';

export interface CatalogueOptions {
  readonly clock: Clock;
  /** What this process does, in words; told to a second one that finds the catalogue locked: `reprise scan`. */
  readonly owner: string;
  /** How long to wait for another process to let go, in milliseconds. */
  readonly waitMs?: number;
  /** Places of what comes in are worked out along the way; where it is absent, when the gate first asks for them. */
  readonly readPlace?: ReadPlace;
}

/** The catalogue, and what the gate keeps in the same file. */
export interface OpenCatalogue extends CatalogueStore {
  /** @param readPlace what tags say about a place on a release: SQLite cannot normalise text */
  gate(readPlace: ReadPlace): GateStore;
}

/**
 * Opens the catalogue, makes it where there is none, brings an older one forward, and locks it for this process
 * until it is disposed of or dies.
 * @throws AppError `catalogue/locked`, `catalogue/too-new`, `catalogue/corrupt`, `catalogue/denied`, `catalogue/disk-full`
 */
export async function openCatalogue(file: string, options: CatalogueOptions): Promise<OpenCatalogue> {
  const connection = connect(file, options);
  try {
    migrate(connection, MIGRATIONS);
  } catch (error) {
    connection[Symbol.dispose]();
    throw error;
  }
  signIn(file, options);
  let loading: Promise<Queries> | undefined;
  const queries = (): Promise<Queries> => {
    loading ??= loadQueries();
    return loading;
  };
  return {
    ...createScanStore(connection, queries, options.readPlace),
    ...createMatchStore(connection),
    ...createDecisionStore(connection, queries),
    ...createImportStore(connection),
    gate: (readPlace) => createGateStore(connection, queries, readPlace),
    [Symbol.asyncDispose]: async () => {
      rmSync(ownerFile(file), { force: true });
      connection[Symbol.dispose]();
    },
  };
}

function createScanStore(
  connection: Connection,
  queries: () => Promise<Queries>,
  readPlace: ReadPlace | undefined,
): ScanStore {
  return {
    listingsUnder: async (root, producer) => listingsUnder(connection, root, producer),
    filesIn: async (folder, producer) => filesIn(connection, folder, producer),
    filesWithInodes: async (stamps, producer) => filesWithInodes(connection, stamps, producer),
    missingWith: async (contentHash) => missingWith(connection, hashBytes(contentHash)),
    knownContents: async (sizeBytes, producer) => knownContents(connection, sizeBytes, producer),
    forgetUnheld: async () => connection.transact(() => connection.script(FORGET_UNHELD)),
    apply: async (changes) => {
      const to = { connection, queries: await queries() };
      connection.transact(() => {
        for (const change of changes) writeChange(to, change);
        // Twice as many as came in, so that what was there before is done at some time, too.
        if (readPlace) placeSome(connection, readPlace, 2 * changes.length);
      });
    },
  };
}

const FORGET_UNHELD = `
  delete from contents where not exists (select 1 from files where content_id = contents.id)
    and not exists (select 1 from intakes where content_id = contents.id);
  delete from sketches where audio_hash not in (select audio_hash from contents where audio_hash is not null)`;

function connect(file: string, { waitMs = 1_000 }: CatalogueOptions): Connection {
  try {
    return openConnection(file, waitMs);
  } catch (error) {
    throw error instanceof AppError && error.code === 'catalogue/locked' ? withOwner(error, file) : error;
  }
}

/** Beside the catalogue: who has it. Only ever read to name the owner; the lock itself is SQLite's. */
const ownerFile = (file: string): string => `${file}.owner`;

function signIn(file: string, { clock, owner }: CatalogueOptions): void {
  const since = new Date(clock.now()).toISOString();
  try {
    writeFileSync(ownerFile(file), `${owner}, process ${process.pid}, since ${since}\n`);
  } catch {
    // A courtesy. Without it the message of a second process is less exact.
  }
}

function withOwner(error: AppError, file: string): AppError {
  let owner: string;
  try {
    owner = readFileSync(ownerFile(file), 'utf8').trim();
  } catch {
    // Not written yet, or by a program that does not.
    return error;
  }
  const { code, kind, hint = '', cause } = error;
  return new AppError(code, `The catalogue ${file} is in use by another process (${owner}).`, { kind, hint, cause });
}
