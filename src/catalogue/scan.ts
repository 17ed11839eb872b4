/**
 * Brings the catalogue up to date with folders of music. First every root is compared with the catalogue by its
 * directory entries alone; then what is new or changed is read, root by root. Each file's result is committed before
 * the next file is taken up, so a kill at any moment costs the files in hand and no more. Before each further root
 * the list of what is to come is made anew.
 */
import { createFilter } from '#audio';
import { type BytePath, type Clock, isUnder, type Progress } from '#kernel';
import type { FileTree, ScanStore, SoundWorkers } from './ports.ts';
import { readAll } from './scan-record.ts';
import { createTally, type ScannedFile, type ScanReport, type Tally } from './scan-report.ts';
import type { Run } from './scan-run.ts';
import type { ScanSettings } from './scan-settings.ts';
import { type Prospect, settle } from './scan-settle.ts';
import { type Survey, survey } from './scan-survey.ts';

export interface ScanParts {
  /** Folders or files, by any path that leads to them. */
  readonly roots: readonly BytePath[];
  readonly store: ScanStore;
  readonly tree: FileTree;
  readonly workers: SoundWorkers;
  readonly clock: Clock;
  readonly settings: ScanSettings;
}

export interface ScanOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/**
 * Scans. Yields what happened to each file that was not unchanged, as it happens; returns the report.
 * @throws AppError `files/…` where a root is not there, `scan/root-empty`, `run/cancelled`, `catalogue/disk-full` …
 */
export async function* scan(parts: ScanParts, options: ScanOptions): AsyncGenerator<ScannedFile, ScanReport> {
  const startedAt = parts.clock.now();
  const run = startRun(parts, options);
  const roots = await resolveRoots(parts);
  const surveys: Survey[] = [];
  for (const root of roots) surveys.push(await survey(root, run));
  yield* readRoots(run, yield* settle(surveys, run));
  return { ...run.tally, elapsedSeconds: (parts.clock.now() - startedAt) / 1000 };
}

function startRun({ settings, ...parts }: ScanParts, { signal, progress }: ScanOptions): Run {
  const stop = new AbortController();
  return {
    ...parts,
    settings,
    filter: createFilter(settings),
    tally: createTally(),
    stop: () => stop.abort(),
    signal: AbortSignal.any([signal, stop.signal]),
    progress,
    done: { items: 0, bytes: 0 },
  };
}

/** Real paths, each once, without those that lie within another one. */
async function resolveRoots({ roots, tree }: ScanParts): Promise<BytePath[]> {
  const real = [...new Set(await Promise.all(roots.map((root) => tree.resolve(root))))];
  return real.filter((root) => !real.some((other) => other !== root && isUnder(root, other)));
}

/** Reads what is new under each root in turn. What is to come is made anew where reading took time before. */
async function* readRoots(run: Run, prospects: readonly Prospect[]): AsyncGenerator<ScannedFile> {
  const latest = [...prospects];
  let hasRead = false;
  for (const [at, first] of prospects.entries()) {
    if (first.items.length === 0) continue;
    const prospect = hasRead ? (yield* settle([await survey(first.survey.root, run)], run))[0] : first;
    if (prospect === undefined) continue;
    latest[at] = prospect;
    yield* readAll(prospect, latest.slice(at + 1), run);
    hasRead = true;
  }
  if (hasRead) await run.store.forgetUnheld();
  countSeen(run.tally, latest);
}

function countSeen(tally: Tally, prospects: readonly Prospect[]): void {
  const surveys = prospects.map(({ survey: { seen, troubles, skipped } }) => ({ seen, troubles, skipped }));
  const handled = tally.new + tally.changed + tally.moved + tally.failed + tally.skipped.length;
  tally.seen = surveys.reduce((sum, { seen }) => sum + seen, 0);
  tally.unchanged = tally.seen - handled;
  for (const { troubles, skipped } of surveys) {
    for (const trouble of troubles) tally.failures.push(trouble);
    for (const skip of skipped) tally.skipped.push(skip);
  }
  tally.failed = tally.failures.length;
}
