/** What the catalogue holds about pairs of sounds that are there, weighed in this library. */
import { type CatalogueStore, learnChance, type PresentFile, readComparisons } from '#catalogue';
import type { JudgedPair, RunOptions } from '#cli';
import { type BytePath, cancelled } from '#kernel';
import {
  type ComparisonTable,
  type Decision,
  expectedFalseOf,
  falseRatesOfGroups,
  groupSounds,
  type Library,
  MATCH_METHOD,
  PRIOR,
  type RecordedPair,
  type SoundGroup,
  type StandingPair,
  settleDecisions,
  weighComparisons,
  withDecisions,
} from '#matching';

/** A group and the rate at which chance makes such ones. */
export type WeighedGroup = SoundGroup & { readonly falseRate: number };

export interface Grouper {
  /** Those that hold at the person's setting. */
  readonly comparisons: ComparisonTable;
  groupsWith(decisions: readonly Decision[]): readonly WeighedGroup[];
}

/**
 * Reads and weighs the comparisons once, for one or more groupings.
 * @param mostFalse unrelated pairs that the list of those believed may hold
 */
export async function grouperOf(
  store: CatalogueStore,
  present: readonly PresentFile[],
  mostFalse: number,
): Promise<Grouper> {
  const known = new Map<string, KnownSound>();
  addSounds(known, present);
  const { table, sounds, library } = await judged(store, known);
  const weighing = weighComparisons(table, library, mostFalse);
  const sampleHashes = sounds.map((sound) => sound?.sampleHash ?? null);
  return {
    comparisons: weighing.table,
    groupsWith(decisions) {
      const grouping = groupSounds(weighing.table, sampleHashes, decisions);
      const rates = falseRatesOfGroups(grouping, weighing, sampleHashes);
      return grouping.groups.map((group, i) => ({ ...group, falseRate: rates[i] as number }));
    },
  };
}

/** Pairs that are handed on at a time. */
const PAIRS_PER_PAGE = 2_000;

/**
 * Recorded pairs by the first path of each sound, each with what is to be expected of it in this library.
 * @throws AppError `run/cancelled`
 */
export async function* judgedPairs(
  store: CatalogueStore,
  { signal, progress }: Pick<RunOptions, 'signal' | 'progress'>,
): AsyncGenerator<JudgedPair[]> {
  const known = new Map<string, KnownSound>();
  for await (const page of store.present()) addSounds(known, page);
  const { table, sounds, library } = await judged(store, known);
  const paths = sounds.map((sound) => sound?.path as BytePath);
  for (let from = 0; from < table.size; from += PAIRS_PER_PAGE) {
    const size = Math.min(PAIRS_PER_PAGE, table.size - from);
    if (signal.aborted) throw cancelled();
    progress({ stage: 'Reading', items: from, totalItems: table.size });
    yield Array.from({ length: size }, (_, i) => pairOf(table, from + i, library, paths));
  }
}

function pairOf(
  table: ComparisonTable,
  record: number,
  library: Library<number>,
  paths: readonly BytePath[],
): JudgedPair {
  const [a, b, verdict] = [table.a(record), table.b(record), table.verdict(record)];
  const expectedFalse = expectedFalseOf({ a, b, verdict }, library);
  return { a: paths[a] as BytePath, b: paths[b] as BytePath, verdict: { ...verdict, expectedFalse } };
}

/**
 * What the machine found about one sound, and what a person said instead.
 * @param judgedNow verdicts that are not recorded
 */
export async function standingPairs(
  store: CatalogueStore,
  audioHash: string,
  judgedNow: readonly RecordedPair[],
): Promise<StandingPair[]> {
  const { held } = settleDecisions(await store.decisions());
  const table = await readComparisons(store, MATCH_METHOD);
  const place = table.placeOf(audioHash);
  const found = [...judgedNow];
  for (let record = 0; record < table.size; record++) {
    const [a, b] = [table.a(record), table.b(record)];
    if (a !== place && b !== place) continue;
    found.push({ a: table.sounds[a] as string, b: table.sounds[b] as string, verdict: table.verdict(record) });
  }
  return withDecisions(
    found,
    held.filter(({ a, b }) => a === audioHash || b === audioHash),
  );
}

/** What is needed of a sound here: of a large library the rest would fill the memory. */
interface KnownSound {
  /** Its first file. */
  readonly path: BytePath;
  readonly sampleHash: string | null;
  readonly seconds: number;
}

function addSounds(sounds: Map<string, KnownSound>, present: readonly PresentFile[]): void {
  for (const { file, content } of present) {
    if (!content?.sound || sounds.has(content.sound.audioHash)) continue;
    const { audioHash, sampleHash, durationSeconds: seconds } = content.sound;
    sounds.set(audioHash, { path: file.path, sampleHash, seconds });
  }
}

interface Judged {
  readonly table: ComparisonTable;
  /** By place. */
  readonly sounds: readonly (KnownSound | undefined)[];
  /** By place. */
  readonly library: Library<number>;
}

async function judged(store: CatalogueStore, known: ReadonlyMap<string, KnownSound>): Promise<Judged> {
  const table = await readComparisons(store, MATCH_METHOD);
  const sounds = table.sounds.map((hash) => known.get(hash));
  return { table, sounds, library: await weighingIn(store, table, sounds) };
}

/** What chance can do in this library. Fingerprints are read only where something hangs on it. */
async function weighingIn(
  store: CatalogueStore,
  table: ComparisonTable,
  sounds: Judged['sounds'],
): Promise<Library<number>> {
  const seconds = Float64Array.from(sounds, (sound) => sound?.seconds ?? 0);
  return {
    sounds: sounds.length,
    secondsOf: (place) => seconds[place] as number,
    nulls: hasSameRecording(table) ? await learnChance(store, unequal(table.sounds, sounds), table) : PRIOR,
  };
}

function hasSameRecording(table: ComparisonTable): boolean {
  for (let record = 0; record < table.size; record++) if (table.relation(record) === 'same-recording') return true;
  return false;
}

/** Of sounds with equal samples one: copies tell nothing about chance. */
function unequal(hashes: readonly string[], sounds: Judged['sounds']): string[] {
  const first = new Map<string, string>();
  hashes.forEach((hash, place) => {
    const key = sounds[place]?.sampleHash ?? hash;
    if (!first.has(key)) first.set(key, hash);
  });
  return [...first.values()];
}

/** Everything of a list that comes in pages. */
export async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}
