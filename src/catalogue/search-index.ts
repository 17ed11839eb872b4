/**
 * Keeps the index in step with the catalogue: writes what is new as segments, merges small ones, and makes anew what is
 * damaged. Everything in it can be made again from the catalogue, so nothing is lost with it.
 */
import { itemsIn } from '#fingerprint';
import { AppError, cancelled, type Progress } from '#kernel';
import { RUN_ITEMS } from '#matching';
import { inParallel } from './in-parallel.ts';
import type { PresentSounds, SearchStore } from './ports.ts';
import type { NewSound, SearchFiles, SearchThreads, StoredSegment } from './search-ports.ts';

export interface IndexParts {
  readonly store: Pick<SearchStore, 'firstPhaseOf'>;
  readonly files: SearchFiles;
  startThreads(): SearchThreads;
}

export interface IndexOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Segments of like size are merged when there are so many; and by which factor sizes are alike. Chosen. */
const MERGE_FROM = 4;
const SIZE_FACTOR = 4;
/** Postings of a segment at most: some 250,000 songs, 1.9 GB. */
const MOST_POSTINGS = 400_000_000;

/**
 * Brings the index up to date.
 * @param sounds all that must be in it
 * @returns its segments
 * @throws AppError `run/cancelled`, `index/…`
 */
export async function updateIndex(
  parts: IndexParts,
  method: string,
  sounds: PresentSounds,
  options: IndexOptions,
): Promise<readonly StoredSegment[]> {
  const { files } = parts;
  const standing = withoutOutlived(files, method, sounds);
  const known = new Set<number>();
  for (const { sounds: own } of standing) for (const sound of own) known.add(sound);
  const missing = withoutKnown(sounds, known);
  await using threads = parts.startThreads();
  if (missing.numbers.length === 0) return await mergeAlike(files, threads, method, standing, options);
  await indexSounds(parts, threads, method, missing, options);
  return await mergeAlike(files, threads, method, files.segments(method), options);
}

/** The segments, without those most of whose sounds are gone, or about sounds of another catalogue: they are made anew. */
function withoutOutlived(
  files: SearchFiles,
  method: string,
  { numbers, checks }: PresentSounds,
): readonly StoredSegment[] {
  const checkOf = new Map(Array.from(numbers, (sound, i) => [sound, checks[i]!]));
  const isOutlived = (segment: StoredSegment): boolean => {
    let present = 0;
    for (let i = 0; i < segment.sounds.length; i++) {
      const check = checkOf.get(segment.sounds[i]!);
      if (check !== undefined && check !== segment.checks[i]) return true;
      if (check !== undefined) present++;
    }
    return present * 2 < segment.sounds.length;
  };
  const segments = files.segments(method);
  const outlived = new Set(segments.filter(isOutlived));
  files.removeSegments([...outlived].map(({ name }) => name));
  return segments.filter((segment) => !outlived.has(segment));
}

function withoutKnown({ numbers, checks }: PresentSounds, known: ReadonlySet<number>): PresentSounds {
  const isMissing = (_: number, i: number): boolean => !known.has(numbers[i]!);
  return { numbers: numbers.filter(isMissing), checks: checks.filter(isMissing) };
}

async function indexSounds(
  { store, files }: IndexParts,
  threads: SearchThreads,
  method: string,
  sounds: PresentSounds,
  { signal, progress }: IndexOptions,
): Promise<void> {
  const runs = runsOf(store, sounds);
  let done = 0;
  // A run is read when a thread is free for it, so that no more than that is in memory.
  const next = async (): Promise<NewSound[] | undefined> => {
    if (signal.aborted) throw cancelled();
    const { value } = await runs.next();
    return value ?? undefined;
  };
  const write = async (run: readonly NewSound[]): Promise<number> => {
    await threads.index(files.newSegment(), method, run);
    return run.length;
  };
  for await (const count of inParallel(threads.width, next, write)) {
    done += count;
    progress({ stage: 'Indexing', items: done, totalItems: sounds.numbers.length });
  }
}

/** Sounds whose items fit into one run together; a long one may be a run of its own. */
async function* runsOf(
  store: IndexParts['store'],
  { numbers, checks }: PresentSounds,
): AsyncGenerator<NewSound[], undefined> {
  let run: NewSound[] = [];
  let items = 0;
  for (const [i, sound] of numbers.entries()) {
    const fingerprint = (await store.firstPhaseOf(sound)) ?? new Uint8Array();
    if (items + itemsIn(fingerprint) > RUN_ITEMS && run.length > 0) {
      yield run;
      run = [];
      items = 0;
    }
    run.push({ sound, check: checks[i]!, fingerprint });
    items += itemsIn(fingerprint);
  }
  if (run.length > 0) yield run;
  return undefined;
}

/** Merges segments of like size until there are few of each, and gives those that are left. */
async function mergeAlike(
  files: SearchFiles,
  threads: SearchThreads,
  method: string,
  segments: readonly StoredSegment[],
  { signal, progress }: IndexOptions,
): Promise<readonly StoredSegment[]> {
  let left = segments;
  for (let sets = alike(left); sets.length > 0; sets = alike(left)) {
    let at = 0;
    const merge = async (set: readonly StoredSegment[]): Promise<void> => {
      if (signal.aborted) throw cancelled();
      const names = set.map(({ name }) => name);
      await mergeSound(files, threads, method, names);
    };
    for await (const _ of inParallel(threads.width, () => sets[at++], merge)) {
      progress({ stage: 'Merging', items: at, totalItems: sets.length });
    }
    left = files.segments(method);
  }
  return left;
}

/** The new segment is there before the old ones go. One that is damaged goes alone; the next run makes it anew. */
async function mergeSound(
  files: SearchFiles,
  threads: SearchThreads,
  method: string,
  names: readonly string[],
): Promise<void> {
  try {
    await threads.merge(files.newSegment(), method, names);
    files.removeSegments(names);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'index/corrupt') throw error;
    files.removeDamaged();
    throw error;
  }
}

/** Sets of segments to be merged: of like size, at least four, together not too large. */
function alike(segments: readonly StoredSegment[]): StoredSegment[][] {
  const bySize = Map.groupBy(segments, ({ postings }) =>
    Math.floor(Math.log(Math.max(1, postings)) / Math.log(SIZE_FACTOR)),
  );
  return [...bySize.values()].flatMap((same) => packs(same)).filter((set) => set.length >= MERGE_FROM);
}

/** As many at a time as make a segment of the greatest size, in their order. */
function packs(segments: readonly StoredSegment[]): StoredSegment[][] {
  const sets: StoredSegment[][] = [[]];
  let postings = 0;
  for (const segment of segments) {
    if (postings + segment.postings > MOST_POSTINGS) {
      sets.push([]);
      postings = 0;
    }
    sets.at(-1)?.push(segment);
    postings += segment.postings;
  }
  return sets;
}
