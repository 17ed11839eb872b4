/** Leaves out the pairs that met by chance alone, which a large library has by the thousand, before anybody listens to them. */
import { mayBeChance, mirrorOffset, placeOf, STRETCH_SCORE } from '#matching';
import { inParallel } from './in-parallel.ts';
import type { SearchStore } from './ports.ts';
import type { SoundPair } from './search-answers.ts';
import type { AskingSound, SearchThreads } from './search-ports.ts';

/** Pairs that go to a thread at once: less than 1 MB of fingerprints. */
const PAIRS_AT_ONCE = 64;
const NONE = new Uint8Array();

export interface ScreenParts {
  readonly store: SearchStore;
  readonly threads: SearchThreads;
  /** What tells sounds apart whatever number they have: of both the one with the lower check is asked about. */
  checkOf(sound: number): number;
  onPairs(done: number, total: number): void;
}

/** The pairs that chance does not explain, in their order. */
export async function withoutChance(parts: ScreenParts, pairs: readonly SoundPair[]): Promise<SoundPair[]> {
  const doubted = pairs.filter(({ offsets }) => mayBeChance(offsets));
  const dropped = new Set<SoundPair>();
  let at = 0;
  let done = 0;
  const next = (): readonly SoundPair[] | undefined => {
    const some = doubted.slice(at, at + PAIRS_AT_ONCE);
    at += PAIRS_AT_ONCE;
    return some.length > 0 ? some : undefined;
  };
  const screen = async (some: readonly SoundPair[]): Promise<void> => {
    const best = await scoresOf(parts, some);
    some.forEach((pair, i) => {
      if (best[i]! < STRETCH_SCORE) dropped.add(pair);
    });
    done += some.length;
    parts.onPairs(done, doubted.length);
  };
  for await (const _ of inParallel(parts.threads.width + 1, next, screen)) {
    // Pairs are dropped as they come.
  }
  return pairs.filter((pair) => !dropped.has(pair));
}

/** The best score of each pair along any of its lines. */
async function scoresOf(parts: ScreenParts, pairs: readonly SoundPair[]): Promise<number[]> {
  const sounds: AskingSound[] = [];
  const places = new Map<string, number>();
  const placed = async (sound: number, asks: boolean): Promise<number> => {
    const key = `${asks} ${sound}`;
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, sounds.length);
    sounds.push(asks ? await question(parts.store, sound) : await track(parts.store, sound));
    return sounds.length - 1;
  };
  const lines: number[] = [];
  const owners: number[] = [];
  for (const [i, { a, b, offsets }] of pairs.entries()) {
    const isTurned = parts.checkOf(a) < parts.checkOf(b);
    const [asking, other] = isTurned ? [a, b] : [b, a];
    const [asks, answers] = [await placed(asking, true), await placed(other, false)];
    for (const offset of offsets) {
      lines.push(asks, answers, placeOf(isTurned ? mirrorOffset(offset) : offset));
      owners.push(i);
    }
  }
  const scores = await parts.threads.screen({ sounds, lines: Int32Array.from(lines) });
  const best = new Array<number>(pairs.length).fill(0);
  owners.forEach((pair, line) => {
    best[pair] = Math.max(best[pair]!, scores[line]!);
  });
  return best;
}

async function question(store: SearchStore, sound: number): Promise<AskingSound> {
  const prints = await store.printsOf(sound);
  return { sound, fingerprint: prints?.fingerprint ?? [NONE, NONE, NONE, NONE], altered: NONE };
}

async function track(store: SearchStore, sound: number): Promise<AskingSound> {
  return { sound, fingerprint: [(await store.firstPhaseOf(sound)) ?? NONE, NONE, NONE, NONE], altered: NONE };
}
