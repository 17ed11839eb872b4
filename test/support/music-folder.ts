/** A temporary folder whose files are given by byte names and texts, and a scan of it. */
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFileTree } from '#adapters/files';
import { openCatalogue } from '#adapters/sqlite';
import {
  type CatalogueStore,
  DEFAULT_SCAN_SETTINGS,
  type PresentFile,
  type ScannedFile,
  type ScanReport,
  type ScanSettings,
  scan,
} from '#catalogue';
import { type BytePath, noProgress, pathFromBytes, systemClock } from '#kernel';
import { createFakeWorkers, type FakeWorkers } from './fake-workers.ts';

export interface MusicFolder extends Disposable {
  /** Real path of a folder for music. */
  readonly root: string;
  /** The catalogue's file, outside the root. */
  readonly catalogue: string;
  /** Writes a file below the root; a name may be bytes. */
  put(name: string | Uint8Array, text: string): void;
  move(from: string, to: string): void;
  remove(name: string): void;
}

export function createMusicFolder(): MusicFolder {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-scan-')));
  const root = path.join(home, 'music');
  mkdirSync(root);
  const at = (name: string | Uint8Array): Buffer => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)]);
  return {
    root,
    catalogue: path.join(home, 'data', 'catalogue.db'),
    put: (name, text) => {
      const file = at(name);
      mkdirSync(file.subarray(0, file.lastIndexOf('/')), { recursive: true });
      writeFileSync(file, text);
    },
    move: (from, to) => {
      mkdirSync(path.dirname(path.join(root, to)), { recursive: true });
      renameSync(path.join(root, from), path.join(root, to));
    },
    remove: (name) => rmSync(path.join(root, name), { recursive: true }),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

export interface ScanRun {
  readonly report: ScanReport;
  readonly files: readonly ScannedFile[];
  readonly workers: FakeWorkers;
}

export interface ScanChoice {
  readonly roots?: readonly string[];
  readonly workers?: FakeWorkers;
  readonly settings?: Partial<ScanSettings>;
  readonly signal?: AbortSignal;
}

export const bytePath = (text: string | Uint8Array): BytePath => pathFromBytes(Buffer.from(text));

/** Opens the folder's catalogue, scans, closes it. */
export async function scanFolder(music: MusicFolder, choice: ScanChoice = {}): Promise<ScanRun> {
  await using store = await openStore(music);
  return await scanInto(store, { roots: [music.root], ...choice });
}

/** Scans into an open catalogue. */
export async function scanInto(
  store: CatalogueStore,
  choice: ScanChoice & { roots: readonly string[] },
): Promise<ScanRun> {
  const { workers = createFakeWorkers(), settings, signal = new AbortController().signal } = choice;
  const parts = { store, tree: createFileTree(), workers, clock: systemClock };
  const options = { signal, progress: noProgress };
  const run = scan(
    { ...parts, roots: choice.roots.map(bytePath), settings: { ...DEFAULT_SCAN_SETTINGS, ...settings } },
    options,
  );
  const files: ScannedFile[] = [];
  for (;;) {
    const step = await run.next();
    if (step.done) return { report: step.value, files, workers };
    files.push(step.value);
  }
}

export function openStore({ catalogue }: { readonly catalogue: string }): Promise<CatalogueStore> {
  return openCatalogue(catalogue, { clock: systemClock, owner: 'test', waitMs: 0 });
}

/** Every present file of the catalogue. */
export async function presentFiles(music: { readonly catalogue: string }): Promise<PresentFile[]> {
  await using store = await openStore(music);
  const files: PresentFile[] = [];
  for await (const page of store.present()) files.push(...page);
  return files;
}

/** Ids by path relative to the root. */
export async function idsByName(music: MusicFolder): Promise<Record<string, number>> {
  const files = await presentFiles(music);
  return Object.fromEntries(files.map(({ file }) => [file.path.slice(music.root.length + 1), file.id]));
}
