/**
 * The exact sweep: which files of a source are copies of others, in it or in a reference to which nothing may happen,
 * and what is to become of them. Makes a plan and changes nothing.
 * @see docs/design/sweep.md
 */
import { hash } from 'node:crypto';
import type { Plan } from '#filing';
import { AppError, type Clock, type Progress } from '#kernel';
import { type Arrangement, arrange } from './arrange.ts';
import { setsByBytes } from './by-bytes.ts';
import { setsBySound } from './by-sound.ts';
import { guardRoots, type Roots } from './guard.ts';
import type { FailedPath, HashMemory, PlaceOf, SkippedPath, SoundSets, TwinReader } from './ports.ts';
import type { SweepRequest } from './request.ts';
import { createTally, type Run } from './run.ts';
import { survey } from './survey.ts';

export interface SweepParts {
  readonly placeOf: PlaceOf;
  /** Started when there is something to look at, and ended here. */
  openReader(): TwinReader;
  readonly memory: HashMemory;
  readonly sounds: SoundSets;
  /** How many files of this device are read at once. */
  readonly readersOf: (device: bigint) => number;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly newId: () => string;
}

export interface SweepOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** A plan, and what was seen on the way to it. */
export interface SweepReport {
  readonly plan: Plan;
  readonly summary: SweepSummary;
  readonly skipped: readonly SkippedPath[];
  readonly failures: readonly FailedPath[];
}

export interface SweepSummary {
  readonly referenceFiles: number;
  readonly sourceFiles: number;
  /** Of all of them; `null` where the catalogue was asked, as are the figures of reading. */
  readonly bytes: number | null;
  /** Sets of equal files that have a duplicate. */
  readonly sets: number;
  readonly duplicates: number;
  readonly reclaimableBytes: number;
  /** Parts of files that were read for this, and their bytes; parts that were known from before. */
  readonly readFiles: number | null;
  readonly readBytes: number | null;
  readonly rememberedFiles: number | null;
  /** Possible copies that are no sounds, and so are left alone. */
  readonly notSound: number;
}

/**
 * Plans a sweep. Nothing is made or changed but what the memory of hashes keeps.
 * @throws AppError `usage/too-few`, `files/…` where a folder is not there, `sweep/overlap`, `sweep/reference-empty`, `run/cancelled`
 */
export async function planSweep(
  parts: SweepParts,
  request: SweepRequest,
  { signal, progress }: SweepOptions,
): Promise<SweepReport> {
  const digestBytes = digestBytesOf(request.hashing);
  const roots = guardRoots(request, parts.placeOf);
  await using reader = parts.openReader();
  const tally = createTally();
  const run: Run = { ...parts, request, digestBytes, reader, signal, progress, tally, startedAt: parts.clock.now() };
  const table = await survey(roots, run);
  const sets =
    request.by === 'bytes' ? await setsByBytes(table, run) : await setsBySound(parts.sounds, roots, request.by, run);
  const arrangement = arrange(sets, roots, run);
  const { skipped, failures, ...seen } = tally;
  return {
    plan: planOf(arrangement, roots, run, parts.newId()),
    summary: { ...summaryOf(arrangement, seen), ...(request.by === 'bytes' ? {} : NOTHING_READ) },
    skipped,
    failures,
  };
}

/** @throws AppError `usage/bad-value` where there is no such algorithm */
function digestBytesOf({ algorithm }: SweepRequest['hashing']): number {
  try {
    return hash(algorithm, '', 'buffer').length;
  } catch (cause) {
    throw new AppError('usage/bad-value', `There is no hash algorithm "${algorithm}".`, {
      kind: 'usage',
      hint: 'Good ones are sha256, sha512 and blake2b512; md5 and sha1 are here for comparisons with other tools.',
      cause,
    });
  }
}

const NOTHING_READ = { bytes: null, readFiles: null, readBytes: null, rememberedFiles: null };

function summaryOf(
  { items, reclaimableBytes }: Arrangement,
  seen: Omit<Run['tally'], 'skipped' | 'failures'>,
): SweepSummary {
  const sets = new Set(items.map(({ keeper }) => keeper?.path)).size;
  return { ...seen, sets, duplicates: items.length, reclaimableBytes };
}

function planOf({ items, reclaimableBytes }: Arrangement, roots: Roots, run: Run, id: string): Plan {
  return {
    ...{ id, made: new Date(run.startedAt).toISOString(), command: run.request.command },
    roots: roots.sources.map(({ path }) => path),
    protected: roots.references.map(({ path }) => path),
    ...{ reclaimableBytes, items },
  };
}
