/** In which order pairs are judged: those of one piece of music together, so that decoded sounds can be kept for the next. */
import type { SoundPair } from './search-answers.ts';

/** One new sound with its pairs: those with sounds matched before, and with new ones that come earlier. */
export interface PlannedSound {
  readonly sound: number;
  readonly pairs: readonly SoundPair[];
}

/** New sounds that have pairs. Each pair goes to that of its new sounds which comes last; then no kill can lose one. */
export function orderWork(pairs: readonly SoundPair[], fresh: ReadonlySet<number>): PlannedSound[] {
  const order = orderByMusic(pairs).filter((sound) => fresh.has(sound));
  const rank = new Map(order.map((sound, at) => [sound, at]));
  const own = new Map<number, SoundPair[]>(order.map((sound) => [sound, []]));
  for (const pair of pairs) {
    const owner = (rank.get(pair.a) ?? -1) > (rank.get(pair.b) ?? -1) ? pair.a : pair.b;
    own.get(owner)?.push(pair);
  }
  return order.map((sound) => ({ sound, pairs: own.get(sound) ?? [] }));
}

/** Sounds by their number, but all that hang together by pairs directly after the first of them. */
function orderByMusic(pairs: readonly SoundPair[]): number[] {
  const neighbours = new Map<number, number[]>();
  const meet = (one: number, other: number): void => {
    const known = neighbours.get(one);
    if (known) known.push(other);
    else neighbours.set(one, [other]);
  };
  for (const { a, b } of pairs) {
    meet(a, b);
    meet(b, a);
  }
  const seen = new Set<number>();
  for (const first of [...neighbours.keys()].sort((one, other) => one - other)) {
    const open = [first];
    while (open.length > 0) {
      const sound = open.pop() as number;
      if (seen.has(sound)) continue;
      seen.add(sound);
      for (const other of neighbours.get(sound) ?? []) if (!seen.has(other)) open.push(other);
    }
  }
  return [...seen];
}
