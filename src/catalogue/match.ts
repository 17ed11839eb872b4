/**
 * Compares what is new in the catalogue with everything in it. Pairs that may be related are found by their
 * fingerprints and judged by their sound in worker processes; each sound's verdicts are committed together with its
 * mark, so a kill costs the sounds in hand and no more. A run with nothing new reads no fingerprint.
 */
import { AppError, type Clock, type Failure, type Progress } from '#kernel';
import {
  type AgreementKernel,
  CHANCE_VOTES,
  type ComparedPrints,
  createComparisonKernel,
  type Likeness,
  LONGEST_HEARD_SECONDS,
  MATCH_METHOD,
  mirrorOffset,
  mirrorVerdict,
  type OffsetHypothesis,
  TOO_LONG,
  type Verdict,
} from '#matching';
import { bareVerdict } from './bare-verdict.ts';
import { type JudgedSounds, readComparisons, recordVerdicts } from './comparisons.ts';
import { hearPair } from './hear-pair.ts';
import { inParallel } from './in-parallel.ts';
import { orderWork, type PlannedSound } from './match-order.ts';
import type { JudgedFile, MatchStore, MatchTrack, SoundWorkers, StoredPrints } from './ports.ts';
import { phaseItems } from './prints.ts';
import { type SearchParts, searchPairs } from './search.ts';
import type { SoundPair } from './search-answers.ts';
import { speedBreadth } from './search-breadth.ts';

export interface MatchParts {
  readonly store: MatchStore;
  readonly search: Omit<SearchParts, 'store'>;
  readonly workers: Pick<SoundWorkers, 'judge' | 'judgeSketches' | 'liken' | 'width'>;
  readonly clock: Clock;
}

export interface MatchOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Look for other speeds and narrow bands among all sounds, also in a library for which that takes long. */
  readonly speeds?: boolean;
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

/** Matches. @throws AppError `run/cancelled`, `catalogue/…`, `index/…` */
export async function match(parts: MatchParts, options: MatchOptions): Promise<MatchReport> {
  const report = await matchNew(parts, options);
  if (!options.speeds || report.speedsSearched === true) return report;
  return joined(report, await matchSpeeds(parts, options));
}

/**
 * Asks about every sound at other speeds, and judges the pairs that were not met before. Nothing is marked: who asks again
 * searches again.
 */
async function matchSpeeds(
  { store, workers, search, clock }: MatchParts,
  { signal, progress }: MatchOptions,
): Promise<MatchReport> {
  const startedAt = clock.now();
  const present = await store.presentSounds();
  const fresh = present.numbers;
  const breadth = speedBreadth(fresh.length);
  const request = { method: MATCH_METHOD, present, fresh, breadth };
  const found = await searchPairs({ ...search, store }, request, { signal, progress });
  const pairs = await unrecorded(store, found.pairs);
  const run = startRun(store, workers, pairs.length, progress);
  await judgeAll(run, orderWork(pairs, new Set(fresh)), signal);
  if (run.failures.length === 0) search.files.endPlan();
  const { judged: judgedPairs, sketched: sketchedPairs, failures } = run;
  const counts = { candidatePairs: pairs.length, judgedPairs, sketchedPairs };
  const elapsedSeconds = (clock.now() - startedAt) / 1000;
  return { tracks: fresh.length, newTracks: 0, ...counts, speedsSearched: true, failures, elapsedSeconds };
}

/** Those of the pairs that were never judged. */
async function unrecorded(store: MatchStore, pairs: readonly SoundPair[]): Promise<SoundPair[]> {
  const known = await readComparisons(store, MATCH_METHOD);
  const places = new Map([...(await store.soundNumbers())].map(([hash, number]) => [number, known.placeOf(hash)]));
  return pairs.filter(({ a, b }) => {
    const [one, other] = [places.get(a), places.get(b)];
    return (
      one === undefined || other === undefined || known.find(Math.min(one, other), Math.max(one, other)) === undefined
    );
  });
}

/** What two runs did together. */
function joined(one: MatchReport, other: MatchReport): MatchReport {
  return {
    tracks: Math.max(one.tracks, other.tracks),
    newTracks: one.newTracks,
    candidatePairs: one.candidatePairs + other.candidatePairs,
    judgedPairs: one.judgedPairs + other.judgedPairs,
    sketchedPairs: one.sketchedPairs + other.sketchedPairs,
    speedsSearched: true,
    failures: [...one.failures, ...other.failures],
    elapsedSeconds: one.elapsedSeconds + other.elapsedSeconds,
  };
}

async function matchNew(
  { store, workers, search, clock }: MatchParts,
  { signal, progress }: MatchOptions,
): Promise<MatchReport> {
  const startedAt = clock.now();
  const elapsed = (): number => (clock.now() - startedAt) / 1000;
  const fresh = await store.unmatched(MATCH_METHOD);
  if (fresh.length === 0) {
    return { ...NOTHING_NEW, elapsedSeconds: elapsed() };
  }
  await store.unmarkAbsent(MATCH_METHOD);
  const present = await store.presentSounds();
  const found = await searchPairs({ ...search, store }, { method: MATCH_METHOD, present, fresh }, { signal, progress });
  const work = orderWork(found.pairs, new Set(fresh));
  await markTheLone(store, fresh, work);
  const run = startRun(store, workers, found.pairs.length, progress);
  await judgeAll(run, work, signal);
  if (run.failures.length === 0) search.files.endPlan();
  return {
    tracks: present.numbers.length,
    newTracks: fresh.length,
    candidatePairs: run.pairs,
    judgedPairs: run.judged,
    sketchedPairs: run.sketched,
    speedsSearched: found.breadth.altered,
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
  readonly kernel: AgreementKernel;
  /** Verdicts by pair of sample hashes: exact twins need no second judgement. */
  readonly twins: Map<string, Verdict>;
  readonly failures: MatchFailure[];
  done: number;
  judged: number;
  sketched: number;
}

function startRun(store: MatchStore, workers: MatchParts['workers'], pairs: number, progress: Progress): Run {
  const kernel = createComparisonKernel();
  const counts = { done: 0, judged: 0, sketched: 0 };
  return { store, workers, progress, pairs, kernel, twins: new Map(), failures: [], ...counts };
}

/** Several sounds at once, the pairs of each one after the other; records each as it is finished. */
async function judgeAll(run: Run, work: readonly PlannedSound[], signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  let at = 0;
  const next = (): PlannedSound | undefined => work[at++];
  const judge = async ({ sound, pairs }: PlannedSound): Promise<void> => {
    const verdicts: JudgedSounds[] = [];
    let complete = true;
    for (const pair of pairs) {
      const outcome = await judgeNumbered(run, pair, sound, both);
      if (outcome === 'failed') complete = false;
      else if (outcome !== 'nothing') verdicts.push(outcome);
      run.progress({ stage: 'Comparing', items: ++run.done, totalItems: run.pairs });
    }
    await recordVerdicts(run.store, MATCH_METHOD, verdicts, complete ? [sound] : []);
  };
  for await (const _ of inParallel(run.workers.width, next, judge, () => stop.abort())) {
    // Everything happens as sounds are finished; there is nothing to collect.
  }
}

/** A pair with the files in which its sounds are heard. */
interface HeardPair {
  readonly a: MatchTrack;
  readonly b: MatchTrack;
  readonly offsets: readonly OffsetHypothesis[];
}

/** `nothing`: the samples are equal, which needs no verdict, or a file has gone, which is the next scan's business. */
async function judgeNumbered(
  run: Run,
  { a, b, offsets }: SoundPair,
  sound: number,
  signal: AbortSignal,
): Promise<JudgedSounds | 'nothing' | 'failed'> {
  const [one, other] = [await run.store.matchTrack(a), await run.store.matchTrack(b)];
  if (!one || !other || (one.sampleHash !== null && one.sampleHash === other.sampleHash)) return 'nothing';
  // Sounds are judged in the order of their hashes, whichever was scanned first.
  const isTurned = one.audioHash > other.audioHash;
  const pair = isTurned ? { a: other, b: one, offsets: offsets.map(mirrorOffset) } : { a: one, b: other, offsets };
  const verdict = await judgePair(run, pair, pair.a.soundNumber === sound, signal);
  return verdict === 'failed' ? verdict : { a: pair.a.soundNumber, b: pair.b.soundNumber, verdict };
}

/** What the bytes alone are to blame for: such a pair stays undecided for good. */
const NO_SOUND_EVER: ReadonlySet<string> = new Set([
  ...['decode/broken', 'decode/drm', 'decode/empty', 'decode/no-sound', 'decode/not-audio'],
]);

async function judgePair(run: Run, pair: HeardPair, aFirst: boolean, signal: AbortSignal): Promise<Verdict | 'failed'> {
  const { a, b } = pair;
  const key = `${a.sampleHash ?? a.audioHash} ${b.sampleHash ?? b.audioHash}`;
  try {
    const verdict = run.twins.get(key) ?? (await ask(run, pair, aFirst, signal));
    if (a.sampleHash !== null || b.sampleHash !== null) run.twins.set(key, verdict);
    return verdict;
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === 'cancelled') throw error;
    // A file that has gone or changed is the next scan's business, and another run may have more memory or time.
    if (NO_SOUND_EVER.has(error.code)) return bareVerdict('unsure', null, error.message);
    run.failures.push({ a: a.path, b: b.path, code: error.code, message: error.message });
    return 'failed';
  }
}

/** By the sketches where they tell, else by the sounds. */
async function ask(run: Run, pair: HeardPair, aFirst: boolean, signal: AbortSignal): Promise<Verdict> {
  const { a, b, offsets } = pair;
  const prints = { a: await printsOf(run, a), b: await printsOf(run, b) };
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

async function printsOf({ store }: Run, { soundNumber }: MatchTrack): Promise<StoredPrints> {
  return (await store.printsOf(soundNumber)) ?? NO_PRINTS;
}

const NONE = new Uint8Array();
const NO_PRINTS: StoredPrints = { fingerprint: [NONE, NONE, NONE, NONE], altered: NONE };

async function askSketches(run: Run, { a, b, offsets }: HeardPair, signal: AbortSignal): Promise<Verdict | undefined> {
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
  { a, b, offsets }: HeardPair,
  aFirst: boolean,
  signal: AbortSignal,
): Promise<Verdict> {
  run.judged++;
  const [one, other] = [judgedFile(a), judgedFile(b)];
  return aFirst
    ? await run.workers.judge({ a: one, b: other, offsets }, { signal })
    : mirrorVerdict(await run.workers.judge({ a: other, b: one, offsets: offsets.map(mirrorOffset) }, { signal }));
}

function judgedFile({ path, stamp, decodeErrors }: MatchTrack): JudgedFile {
  return { path, stamp, decodeErrors };
}

/** Sounds that nobody may be related to are done with. */
async function markTheLone(store: MatchStore, fresh: Uint32Array, work: readonly PlannedSound[]): Promise<void> {
  const planned = new Set(work.map(({ sound }) => sound));
  const lone = [...fresh].filter((sound) => !planned.has(sound));
  if (lone.length > 0) await recordVerdicts(store, MATCH_METHOD, [], lone);
}
