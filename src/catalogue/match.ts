/**
 * Compares what is new in the catalogue with everything in it. Pairs that may be related are found by their
 * fingerprints and judged by their sound in worker processes; each track's verdicts are committed together with its
 * mark, so a kill costs the tracks in hand and no more. A run with nothing new reads no fingerprint.
 */
import { AppError, type Clock, type Failure, invariant, type Progress } from '#kernel';
import {
  type AgreementKernel,
  type ComparedPrints,
  createComparisonKernel,
  type Likeness,
  LONGEST_HEARD_SECONDS,
  MATCH_METHOD,
  mirrorOffset,
  mirrorVerdict,
  type OffsetHypothesis,
  type PairVerdict,
  TOO_LONG,
  type Verdict,
} from '#matching';
import { bareVerdict } from './bare-verdict.ts';
import { recordVerdicts } from './comparisons.ts';
import { hearPair } from './hear-pair.ts';
import { inParallel } from './in-parallel.ts';
import { type MatchPlan, type PlannedPair, type PlannedTrack, phaseItems, planMatching } from './match-plan.ts';
import type { JudgedFile, MatchStore, SoundWorkers, StoredPrints } from './ports.ts';

export interface MatchParts {
  readonly store: MatchStore;
  readonly workers: Pick<SoundWorkers, 'judge' | 'judgeSketches' | 'liken' | 'width'>;
  readonly clock: Clock;
}

export interface MatchOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What a run did. */
export interface MatchReport {
  /** Sounds with a present file; 0 where nothing was new, for then nobody looked. */
  readonly tracks: number;
  readonly newTracks: number;
  /** Pairs whose fingerprints said that they may be related. */
  readonly candidatePairs: number;
  /** Thereof decoded and judged by their sound in this run; the rest are exact twins of judged ones, or needed no decoding. */
  readonly judgedPairs: number;
  /** Pairs that their stored sketches decided. */
  readonly sketchedPairs: number;
  /** Were other speeds and narrow bands looked for? Not in libraries above 20,000 sounds; `null` where nothing was new. */
  readonly speedsSearched: boolean | null;
  readonly failures: readonly MatchFailure[];
  readonly elapsedSeconds: number;
}

/** A pair whose files could not be read or decoded this time. The next run tries it again. */
export interface MatchFailure extends Failure {
  readonly a: JudgedFile['path'];
  readonly b: JudgedFile['path'];
}

/** Matches. @throws AppError `run/cancelled`, `catalogue/…` */
export async function match(
  { store, workers, clock }: MatchParts,
  { signal, progress }: MatchOptions,
): Promise<MatchReport> {
  const startedAt = clock.now();
  const elapsed = (): number => (clock.now() - startedAt) / 1000;
  const unmatched = await store.unmatched(MATCH_METHOD);
  if (unmatched.size === 0) {
    return { ...NOTHING_NEW, elapsedSeconds: elapsed() };
  }
  await store.unmarkAbsent(MATCH_METHOD);
  const plan = await planMatching(store, (hash) => unmatched.has(hash), {
    signal,
    onTrack: (items, totalItems) => progress({ stage: 'Searching', items, totalItems }),
  });
  const run = await startRun(store, workers, plan, progress);
  await judgeAll(run, plan, signal);
  await markTheRest(store, unmatched, plan);
  return {
    tracks: plan.trackCount,
    newTracks: unmatched.size,
    candidatePairs: run.pairs,
    judgedPairs: run.judged,
    sketchedPairs: run.sketched,
    speedsSearched: plan.asksAltered,
    failures: run.failures,
    elapsedSeconds: elapsed(),
  };
}

const NOTHING_NEW = {
  tracks: 0,
  newTracks: 0,
  candidatePairs: 0,
  judgedPairs: 0,
  sketchedPairs: 0,
  failures: [],
  speedsSearched: null,
};

/** What a run carries along. */
interface Run {
  readonly store: MatchStore;
  readonly workers: MatchParts['workers'];
  readonly progress: Progress;
  readonly pairs: number;
  /** Of the tracks that occur in pairs, by audio hash. */
  readonly prints: ReadonlyMap<string, StoredPrints>;
  readonly kernel: AgreementKernel;
  /** Verdicts by pair of sample hashes: exact twins need no second judgement. */
  readonly twins: Map<string, Verdict>;
  readonly failures: MatchFailure[];
  done: number;
  judged: number;
  sketched: number;
}

async function startRun(
  store: MatchStore,
  workers: MatchParts['workers'],
  { work }: MatchPlan,
  progress: Progress,
): Promise<Run> {
  const wanted = new Set(work.flatMap(({ pairs }) => pairs.flatMap(({ a, b }) => [a.audioHash, b.audioHash])));
  const prints = new Map<string, StoredPrints>();
  if (wanted.size > 0) {
    for await (const page of store.matchTracks()) {
      for (const { audioHash, fingerprint, altered } of page) {
        if (wanted.has(audioHash)) prints.set(audioHash, { fingerprint, altered });
      }
    }
  }
  const pairs = work.reduce((sum, track) => sum + track.pairs.length, 0);
  const kernel = createComparisonKernel();
  const counts = { done: 0, judged: 0, sketched: 0 };
  return { store, workers, progress, pairs, prints, kernel, twins: new Map(), failures: [], ...counts };
}

/** Several tracks at once, the pairs of each one after the other; records each as it is finished. */
async function judgeAll(run: Run, { work }: MatchPlan, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  let at = 0;
  const next = (): PlannedTrack | undefined => work[at++];
  const judge = async (planned: PlannedTrack): Promise<void> => {
    const verdicts: PairVerdict[] = [];
    let complete = true;
    for (const pair of planned.pairs) {
      const outcome = await judgePair(run, pair, planned, both);
      if (outcome === 'failed') complete = false;
      else if (outcome !== 'equal') verdicts.push(outcome);
      run.progress({ stage: 'Comparing', items: ++run.done, totalItems: run.pairs });
    }
    const marks = complete ? [planned.track.audioHash] : [];
    await recordVerdicts(run.store, MATCH_METHOD, verdicts, marks);
  };
  for await (const _ of inParallel(run.workers.width, next, judge, () => stop.abort())) {
    // Everything happens as tracks are finished; there is nothing to collect.
  }
}

/** What the bytes alone are to blame for: such a pair stays undecided for good. */
const NO_SOUND_EVER: ReadonlySet<string> = new Set([
  ...['decode/broken', 'decode/drm', 'decode/empty', 'decode/no-sound', 'decode/not-audio'],
]);

/** `equal`: the samples are equal, which needs no verdict. */
async function judgePair(
  run: Run,
  pair: PlannedPair,
  { track }: PlannedTrack,
  signal: AbortSignal,
): Promise<PairVerdict | 'equal' | 'failed'> {
  const { a, b } = pair;
  if (a.sampleHash !== null && a.sampleHash === b.sampleHash) return 'equal';
  const key = `${a.sampleHash ?? a.audioHash} ${b.sampleHash ?? b.audioHash}`;
  try {
    const verdict = run.twins.get(key) ?? (await ask(run, pair, track === a, signal));
    if (a.sampleHash !== null || b.sampleHash !== null) run.twins.set(key, verdict);
    return { a: a.audioHash, b: b.audioHash, verdict };
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === 'cancelled') throw error;
    // A file that has gone or changed is the next scan's business, and another run may have more memory or time.
    if (NO_SOUND_EVER.has(error.code))
      return { a: a.audioHash, b: b.audioHash, verdict: bareVerdict('unsure', null, error.message) };
    run.failures.push({ a: a.path, b: b.path, code: error.code, message: error.message });
    return 'failed';
  }
}

/** By the sketches where they tell, else by the sounds. */
async function ask(run: Run, pair: PlannedPair, aFirst: boolean, signal: AbortSignal): Promise<Verdict> {
  const { a, b, offsets } = pair;
  const prints = { a: printsOf(run, a.audioHash), b: printsOf(run, b.audioHash) };
  const isLong = Math.max(a.durationSeconds, b.durationSeconds) > LONGEST_HEARD_SECONDS;
  const judge = async (where: readonly OffsetHypothesis[]): Promise<Verdict> => {
    const laid = { ...pair, offsets: where };
    const bySketches = await askSketches(run, laid, signal);
    if (bySketches) return bySketches;
    return isLong ? bareVerdict('unsure', null, TOO_LONG) : askSounds(run, laid, aFirst, signal);
  };
  // Strangers that met by chance share few votes, and there are many of them in a large library.
  const isChance = offsets.every(({ votes }) => votes <= CHANCE_VOTES);
  const liken = async (): Promise<Likeness | undefined> =>
    isChance ? undefined : await run.workers.liken(prints, { signal });
  const [one, other] = [comparedItems(prints.a), comparedItems(prints.b)];
  return (await hearPair({ a: one, b: other, offsets, judge, liken }, run.kernel)).verdict;
}

function comparedItems({ fingerprint }: StoredPrints): Pick<ComparedPrints, 'items'> {
  return { items: phaseItems(fingerprint) };
}

/** Unrelated sounds share up to six votes by chance, real relations have eight. Measured. */
const CHANCE_VOTES = 6;

function printsOf({ prints }: Run, audioHash: string): StoredPrints {
  const known = prints.get(audioHash);
  invariant(known, 'a planned track has fingerprints');
  return known;
}

async function askSketches(
  run: Run,
  { a, b, offsets }: PlannedPair,
  signal: AbortSignal,
): Promise<Verdict | undefined> {
  const [aSketch, bSketch] = [await run.store.sketchOf(a.audioHash), await run.store.sketchOf(b.audioHash)];
  if (!aSketch || !bSketch) return undefined;
  const [one, other] = [
    { sketch: aSketch, decodeErrors: a.decodeErrors },
    { sketch: bSketch, decodeErrors: b.decodeErrors },
  ];
  const verdict = await run.workers.judgeSketches({ a: one, b: other, offsets }, { signal });
  if (verdict) run.sketched++;
  return verdict;
}

/** The track whose pairs come in a row goes first, so that a worker can keep its sound. */
async function askSounds(
  run: Run,
  { a, b, offsets }: PlannedPair,
  aFirst: boolean,
  signal: AbortSignal,
): Promise<Verdict> {
  run.judged++;
  const [one, other] = [judgedFile(a), judgedFile(b)];
  return aFirst
    ? await run.workers.judge({ a: one, b: other, offsets }, { signal })
    : mirrorVerdict(await run.workers.judge({ a: other, b: one, offsets: offsets.map(mirrorOffset) }, { signal }));
}

function judgedFile({ path, stamp, decodeErrors }: PlannedPair['a']): JudgedFile {
  return { path, stamp, decodeErrors };
}

/** Sounds without a fingerprint never come up as tracks; they are done with, too. */
async function markTheRest(store: MatchStore, unmatched: ReadonlySet<string>, { work }: MatchPlan): Promise<void> {
  const planned = new Set(work.map(({ track }) => track.audioHash));
  const rest = [...unmatched].filter((hash) => !planned.has(hash));
  if (rest.length > 0) await recordVerdicts(store, MATCH_METHOD, [], rest);
}
