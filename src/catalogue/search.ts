/**
 * Finds the pairs of sounds that may be related, of which at least one is new. The index goes through memory part by
 * part; every sound that has something to ask is asked about in each. What a few thousand of them found is a piece, which
 * is on the disk before it counts, so that a kill costs the pieces in hand. The result is the same however the index is
 * cut, with any number of threads, and however often it was interrupted.
 */
import { createDecompressor } from '#fingerprint';
import { AppError, cancelled, type Progress } from '#kernel';
import { learnStops, leastAlteredVotes, STOP_SAMPLE } from '#matching';
import { inParallel } from './in-parallel.ts';
import type { PresentSounds, SearchStore } from './ports.ts';
import { joinedAnswers, joinRows, relevant, type SoundPair } from './search-answers.ts';
import { breadthOf, type SearchBreadth } from './search-breadth.ts';
import { updateIndex } from './search-index.ts';
import { type Piece, partsOf, piecesOf, planSearch, postingsOfPart, type SearchTask } from './search-plan.ts';
import type { AskingSound, SearchFiles, SearchThreads } from './search-ports.ts';
import { withoutChance } from './search-screen.ts';

export interface SearchParts {
  readonly store: SearchStore;
  readonly files: SearchFiles;
  startThreads(): SearchThreads;
  /** What the search may take. */
  readonly memoryBytes: number;
  /** As in {@link breadthOf}; absent: the usual. */
  readonly alteredUpTo?: number;
}

export interface SearchOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface Found {
  /** Ordered by a, then b. */
  readonly pairs: readonly SoundPair[];
  readonly breadth: SearchBreadth;
}

export interface SearchRequest extends Pick<SearchTask, 'method' | 'fresh'> {
  readonly present: PresentSounds;
  /** Instead of what a library of that size is asked. */
  readonly breadth?: SearchBreadth;
}

/** A segment that is damaged is made again, and the search begins again; a disk that damages what was just written ends it. */
const TRIES = 3;

/**
 * Searches.
 * @param present all sounds with a present file
 * @param fresh those of them that were not compared with the others
 * @throws AppError `run/cancelled`, `index/…`
 */
export async function searchPairs(
  parts: SearchParts,
  { method, present, fresh, breadth }: SearchRequest,
  options: SearchOptions,
): Promise<Found> {
  for (let tries = 1; ; tries++) {
    try {
      const segments = await updateIndex(parts, method, present, options);
      return await searchSegments(
        parts,
        { method, sounds: present.numbers, checks: present.checks, fresh, segments },
        breadth,
        options,
      );
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'index/corrupt' || tries === TRIES) throw error;
      parts.files.removeDamaged();
    }
  }
}

async function searchSegments(
  parts: SearchParts,
  task: SearchTask,
  wanted: SearchBreadth | undefined,
  options: SearchOptions,
): Promise<Found> {
  const { files } = parts;
  const breadth = wanted ?? breadthOf(task.sounds.length, itemsOfAll(task), parts.alteredUpTo);
  const plan = planSearch(files, task, breadth);
  const pieces = piecesOf(
    plan,
    partsOf(task.segments, mostPostings(parts.memoryBytes) / chosenShare(breadth.sampleBits)),
    task.segments,
  );
  const done = new Map(pieces.map((piece) => [piece, files.piece(piece.name)]));
  const open = pieces.filter((piece) => !done.get(piece));
  const progression = { open, done, planned: new Set(plan.fresh) };
  if (open.length > 0) await doPieces(parts, task, breadth, progression, options);
  const met = joinRows(done.values(), task);
  const onPairs = (items: number, totalItems: number): void => {
    if (options.signal.aborted) throw cancelled();
    options.progress({ stage: 'Screening', items, totalItems });
  };
  await using threads = parts.startThreads();
  const checks = new Map(Array.from(task.sounds, (sound, i) => [sound, task.checks[i]!]));
  const checkOf = (sound: number): number => checks.get(sound) ?? 0;
  const pairs = await withoutChance({ store: parts.store, threads, checkOf, onPairs }, met);
  return { pairs, breadth };
}

function itemsOfAll({ sounds, segments }: SearchTask): number {
  const present = new Set(sounds);
  let items = 0;
  for (const segment of segments) {
    segment.sounds.forEach((sound, i) => {
      if (present.has(sound)) items += segment.lengths[i]!;
    });
  }
  return items;
}

/** What the process takes without an index: the program, the catalogue's cache, threads with what they ask and find. */
const OTHER_BYTES = 400 * 2 ** 20;
/** Five bytes, and the slots. */
const BYTES_PER_POSTING = 5;
const SLOT_BYTES = 64 * 2 ** 20;
/** Less would be slow beyond use: some 6000 songs. */
const FEWEST_POSTINGS = 10_000_000;
/** What 32-bit addresses reach. */
const MOST_POSTINGS = 700_000_000;

/** How much of the index is in memory at a time. */
export function mostPostings(memoryBytes: number): number {
  const postings = Math.floor((memoryBytes - OTHER_BYTES - SLOT_BYTES) / BYTES_PER_POSTING);
  return Math.min(MOST_POSTINGS, Math.max(FEWEST_POSTINGS, postings));
}

/** The share of a segment's postings that sampled codes have, and some more, for codes are not equally frequent. */
function chosenShare(sampleBits: number): number {
  return sampleBits === 0 ? 1 : SAMPLE_RESERVE / 2 ** sampleBits;
}

const SAMPLE_RESERVE = 1.1;

interface Progression {
  readonly open: readonly Piece[];
  readonly done: Map<Piece, Float64Array | undefined>;
  /** All sounds that the plan has new. */
  readonly planned: ReadonlySet<number>;
}

/** Some of a piece's sounds, asked about together: 5 MB to read. */
interface Errand {
  readonly piece: Piece;
  readonly askers: readonly number[];
}

const ERRAND_SOUNDS = 64;

/** The threads are its own: what they have in memory is gone before pairs are joined. */
async function doPieces(
  { store, files, startThreads }: SearchParts,
  task: SearchTask,
  breadth: SearchBreadth,
  { open, done, planned }: Progression,
  { signal, progress }: SearchOptions,
): Promise<void> {
  const { codeBits, sampleBits, near } = breadth;
  await using threads = startThreads();
  const stops = await stopsOf(store, task.sounds.length, codeBits);
  const postings = Math.ceil(
    chosenShare(sampleBits) * Math.max(...open.map(({ part }) => postingsOfPart(part, task.segments))),
  );
  const leastAltered = leastAlteredVotes(task.sounds.length, near);
  const terms = { codeBits, sampleBits, stops, near, leastAltered, postings, method: task.method };
  await threads.open(terms, errandsIn(open));
  const totalItems = open.reduce((sum, { askers }) => sum + askers.length, 0);
  let asked = 0;
  for (const [part, pieces] of Map.groupBy(open, (piece) => piece.part)) {
    await threads.load(part);
    const found = new Map<Piece, Float64Array[]>(pieces.map((piece) => [piece, []]));
    const errands = pieces.flatMap(errandsOf);
    let at = 0;
    const ask = async ({ piece, askers }: Errand): Promise<void> => {
      if (signal.aborted) throw cancelled();
      const rows = await threads.ask(await printsOf(store, askers, breadth));
      const own = found.get(piece) as Float64Array[];
      own.push(relevant(rows, planned));
      asked += askers.length;
      progress({ stage: 'Searching', items: asked, totalItems });
      if (own.length < errandCount(piece)) return;
      const all = joinedAnswers(own);
      files.writePiece(piece.name, all);
      done.set(piece, all);
    };
    for await (const _ of inParallel(threads.width + 1, () => errands[at++], ask)) {
      // Pieces are written as they are done.
    }
  }
}

function errandsIn(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + errandCount(piece), 0);
}

function errandCount({ askers }: Piece): number {
  return Math.ceil(askers.length / ERRAND_SOUNDS);
}

function errandsOf(piece: Piece): Errand[] {
  const { askers } = piece;
  return Array.from({ length: errandCount(piece) }, (_, i) => ({
    piece,
    askers: askers.slice(i * ERRAND_SOUNDS, (i + 1) * ERRAND_SOUNDS),
  }));
}

/** Learnt from the sounds with the lowest hashes, which are the same in whatever order they came. */
async function stopsOf(store: SearchStore, sounds: number, codeBits: number): Promise<Uint32Array> {
  const decompressor = createDecompressor();
  const sample: Uint32Array[] = [];
  for (const sound of await store.lowestSounds(STOP_SAMPLE)) {
    const fingerprint = await store.firstPhaseOf(sound);
    // Too short a sound has none, and counts among the sample all the same.
    sample.push(fingerprint?.length ? decompressor.items(fingerprint).slice() : new Uint32Array(0));
  }
  return learnStops(sample, sounds, codeBits);
}

const NONE = new Uint8Array();

async function printsOf(
  store: SearchStore,
  sounds: readonly number[],
  { plain, altered }: SearchBreadth,
): Promise<AskingSound[]> {
  const all: AskingSound[] = [];
  for (const sound of sounds) {
    const prints = await store.printsOf(sound);
    if (prints === undefined) continue;
    all.push({
      sound,
      fingerprint: plain ? prints.fingerprint : [NONE, NONE, NONE, NONE],
      altered: altered ? prints.altered : NONE,
    });
  }
  return all;
}
