/** A folder of files with all that can be lost about a file, a plan upon them, and filing that fails or dies when told to. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type ApplyOptions,
  type FileActs,
  type FilingParts,
  type Journal,
  type Plan,
  type PlanItem,
  type PlannedFile,
  planDocument,
  type TagParts,
  type Verb,
} from '#filing';
import { type BytePath, bytesOfPath, folderOf, joinPath, noProgress, pathFromBytes, systemClock } from '#kernel';
import { createFileActs } from '../../src/adapters/files/index.ts';
import { libc } from '../../src/adapters/files/libc.ts';
import { openJournal } from '../../src/adapters/sqlite/index.ts';
import { jsonOf } from '../../src/cli/documents.ts';
import { createTagParts } from '../../src/main/tag-parts.ts';

/** What stands for the death of the process: no AppError, so nobody may handle it. */
export class Death extends Error {}

/** Is asked before each call, numbered from 1; throws to make it fail. */
export type Fault = (call: number, name: string) => void;

/** Where things go wrong. */
export interface Faults {
  readonly acts?: Fault;
  /** Acts and the journal, counted together. */
  readonly all?: Fault;
  /** As on a file system that cannot exchange two names at once. */
  readonly withoutExchange?: boolean;
}

export interface FilingPlace extends Disposable {
  readonly folder: BytePath;
  /** An empty folder on another file system, where the machine has one. */
  readonly elsewhere: BytePath;
  readonly acts: FileActs;
  at(name: string): BytePath;
  /** Filing upon the place. Disposing closes the journal, which the next one opens again. */
  open(faults?: Faults): FilingParts & Disposable;
  /** A file's facts for a plan. */
  planned(file: BytePath): PlannedFile;
}

/** Folders on the file systems that are meant. */
interface Below {
  /** By default a disk in memory, where syncing costs nothing. */
  readonly here?: string | undefined;
  readonly elsewhere?: string | undefined;
}

const inMemory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export function createFilingPlace({ here = inMemory, elsewhere: other = tmpdir() }: Below = {}): FilingPlace {
  const folder = realpathSync(mkdtempSync(path.join(here, 'reprise-filing-'))) as BytePath;
  const elsewhere = realpathSync(mkdtempSync(path.join(other, 'reprise-elsewhere-'))) as BytePath;
  const acts = createFileActs();
  const at = (name: string): BytePath => joinPath(folder, name as BytePath);
  mkdirSync(at('music'));
  return {
    ...{ folder, elsewhere, acts, at },
    planned: (file) => plannedFile(acts, file),
    open(faults = {}) {
      const journal = openJournal(at('journal.sqlite'));
      const [all, ofActs] = [counter(faults.all), counter(faults.acts)];
      return {
        acts: watched(watched(faults.withoutExchange ? inSteps(acts) : acts, ofActs), all),
        journal: watched(journal, all),
        tags: watched(createTagParts(), all),
        clock: systemClock,
        wait: async () => {},
        [Symbol.dispose]: () => journal[Symbol.dispose](),
      };
    },
    [Symbol.dispose]: () => {
      for (const each of [folder, elsewhere]) rmSync(each, { recursive: true, force: true });
    },
  };
}

function inSteps(acts: FileActs): FileActs {
  return { ...acts, exchange: () => false };
}

function counter(fault: Fault | undefined): (name: string) => void {
  let calls = 0;
  return (name) => {
    calls += 1;
    fault?.(calls, name);
  };
}

/** The same object, whose every call is announced before. */
function watched<T extends FileActs | Journal | TagParts>(target: T, announce: (name: string) => void): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        announce(String(name));
        return value.apply(target, args);
      };
    },
  });
}

function plannedFile(acts: FileActs, file: BytePath): PlannedFile {
  const state = acts.state(file);
  if (state === undefined) throw new Error(`${file} is not there`);
  const { sizeBytes, mtimeNs, inode } = state;
  return { path: file, sizeBytes, mtimeNs, inode, contentHash: hashOf(file) };
}

function hashOf(file: BytePath): string {
  return `sha256:${createHash('sha256')
    .update(readFileSync(Buffer.from(bytesOfPath(file))))
    .digest('hex')}`;
}

/** Everything below a folder that a person could miss, by its path within: what {@link takeBack} must give back. */
export function snapshot(
  folder: BytePath,
  { withTimes = true }: { readonly withTimes?: boolean } = {},
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const firstName = new Map<bigint, string>();
  const visit = (place: BytePath, within: string): void => {
    const bytes = Buffer.from(bytesOfPath(place));
    const stats = lstatSync(bytes, { bigint: true });
    const isFolder = stats.isDirectory();
    const linkTo = stats.nlink > 1n && !isFolder ? (firstName.get(stats.ino) ?? within) : '';
    firstName.set(stats.ino, linkTo);
    const content = isFolder ? '' : stats.isSymbolicLink() ? readlinkSync(bytes) : hashOf(place);
    const time = withTimes || !isFolder ? stats.mtimeNs : '';
    found.set(within, [stats.mode, stats.uid, stats.gid, time, content, linkTo, attributesOf(place)].join(' '));
    if (!isFolder) return;
    // In one order, so that of several names of one file always the same comes first.
    for (const name of readdirSync(bytes, { encoding: 'buffer' }).sort(Buffer.compare)) {
      const byteName = pathFromBytes(name);
      visit(joinPath(place, byteName), `${within}/${byteName}`);
    }
  };
  visit(folder, '');
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const terminated = (text: BytePath | string): Buffer =>
  Buffer.concat([bytesOfPath(text as BytePath), Uint8Array.of(0)]);

/** Sets the attribute `user.comment`. */
export function setComment(file: BytePath, text: string): void {
  const set = libc()?.lsetxattr(terminated(file), terminated('user.comment'), Buffer.from(text), text.length, 0);
  if (set !== 0) throw new Error(`${file} takes no extended attributes`);
}

/** Names of all extended attributes and the value of `user.comment`. */
function attributesOf(file: BytePath): string {
  const library = libc();
  const [names, value] = [Buffer.alloc(4096), Buffer.alloc(4096)];
  const listed = library?.llistxattr(terminated(file), names, names.length) ?? 0;
  const got = library?.lgetxattr(terminated(file), terminated('user.comment'), value, value.length) ?? 0;
  return names.toString('latin1', 0, Math.max(0, listed)) + value.toString('latin1', 0, Math.max(0, got));
}

/** All contents below a folder, sorted: nothing of them may be lost on the way. */
export function contentsOf(...folders: readonly BytePath[]): readonly string[] {
  const contents = folders.flatMap((folder) => [...filesBelow(folder)].map(hashOf));
  return [...new Set(contents)].sort();
}

function* filesBelow(folder: BytePath): Iterable<BytePath> {
  for (const name of readdirSync(Buffer.from(bytesOfPath(folder)), { encoding: 'buffer' })) {
    const place = joinPath(folder, pathFromBytes(name));
    const stats = lstatSync(Buffer.from(bytesOfPath(place)));
    if (stats.isDirectory()) yield* filesBelow(place);
    else if (stats.isFile()) yield place;
  }
}

/** The plan as the file that `apply` takes. */
export function writePlan(plan: Plan, file: string): string {
  writeFileSync(file, jsonOf(planDocument(plan)));
  return file;
}

/** A plan of these items. */
export function planOf(place: FilingPlace, items: readonly PlanItem[], id = 'test-plan'): Plan {
  const roots = [place.at('music')];
  return { id, made: '2026-01-02T00:00:00.000Z', command: 'test', roots, protected: [], reclaimableBytes: 0, items };
}

/** An item about two files. */
export function itemOf(
  place: FilingPlace,
  n: number,
  verb: Verb,
  source: BytePath,
  { keeper, destination, ...more }: Partial<Omit<PlanItem, 'keeper' | 'source'>> & { readonly keeper?: BytePath } = {},
): PlanItem {
  return {
    ...{ n, verb, destination: destination ?? null, keeper: keeper === undefined ? null : place.planned(keeper) },
    ...{ source: place.planned(source), sameBytes: keeper !== undefined, follows: [], edits: [], reasons: ['a test'] },
    ...more,
  };
}

export const QUIET: Omit<ApplyOptions, 'signal'> = {
  progress: noProgress,
  onItem: () => {},
  pace: { width: 8, retries: 0, retryDelayMs: 0 },
  protectedPaths: [],
  dryRun: false,
};

/** Options for a run that nobody interrupts. */
export function quietly(more: Partial<ApplyOptions> = {}): ApplyOptions {
  return { ...QUIET, signal: new AbortController().signal, ...more };
}

/** The folder that holds a path, made where it is not there. */
export function withFolder(file: BytePath): BytePath {
  mkdirSync(Buffer.from(bytesOfPath(folderOf(file))), { recursive: true });
  return file;
}
