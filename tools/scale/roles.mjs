// Which tracks are copies of which. Every block of 40 numbers holds four copies, in groups of two to four tracks, so
// whether a track is one depends on its number alone, not on how large the library is.
import { createHash } from 'node:crypto';
import { pick, randomOf } from '../accuracy/random.mjs';
import { drawCopy, makeCopy } from './copies.mjs';
import { drawFrames, FRAMES_PER_SECOND, layTrack } from './tracks.mjs';

export const BLOCK = 40;
/** Copies of each original in a block. */
const GROUPS = [
  [1, 1, 1, 1],
  [2, 1, 1],
  [2, 2],
  [3, 1],
];
/** A pair that has less than this in common is no planted pair. The least that the product calls a copy. */
const LEAST_SECONDS = 10;

const shuffled = (random, list) =>
  list
    .map((value) => [random(), value])
    .sort(([one], [other]) => one - other)
    .map(([, value]) => value);

/** The copies of a block as `[copy, original]`. Originals are never copies. */
function copiesIn(seed, block) {
  const random = randomOf(seed, 'block', block);
  const numbers = shuffled(
    random,
    Array.from({ length: BLOCK }, (_, i) => block * BLOCK + i),
  );
  return pick(random, GROUPS).flatMap((copies) => {
    const original = numbers.pop();
    return Array.from({ length: copies }, () => [numbers.pop(), original]);
  });
}

/** A track's own random numbers for one purpose. */
const randomFor = (seed, purpose, number) => randomOf(seed, purpose, number);

const originalFrames = (seed, number) => drawFrames(randomFor(seed, 'length', number));

/** Remembers the roles of the block last asked for: tracks come in the order of their numbers. */
export function createRoles(seed) {
  let known = { block: -1, copies: new Map() };
  return {
    /** What a track is: `{ frames }`, or `{ frames, original, originalFrames, copy }`. */
    of(number) {
      const block = Math.floor(number / BLOCK);
      if (known.block !== block) known = { block, copies: new Map(copiesIn(seed, block)) };
      const original = known.copies.get(number);
      if (original === undefined) return { frames: originalFrames(seed, number) };
      const frames = originalFrames(seed, original);
      const copy = drawCopy(randomFor(seed, 'copy', number), frames);
      return { frames: copy.frames, original, originalFrames: frames, copy };
    },
  };
}

/** Makes the kernel hold a track's image, as energies, and gives its number of frames. */
export function makeTrack(kernel, pool, seed, number, role) {
  const { frames, original = number, copy } = role;
  layTrack(kernel, pool, randomFor(seed, 'track', original), role.originalFrames ?? frames);
  if (copy) makeCopy(kernel, pool, copy, role.originalFrames, randomFor(seed, 'strange', number));
  else kernel.expand(frames);
  return frames;
}

/** A track's audio hash, as the catalogue has it. */
export const audioHashOf = (seed, number) =>
  `sha256:${createHash('sha256').update(`${seed} audio ${number}`).digest('hex')}`;

/**
 * All planted pairs among the first `tracks` tracks, by number, the smaller first: `{ a, b, kind, offsetSeconds, overlapSeconds }`.
 * `offsetSeconds`: how much later b's sound starts than a's.
 */
export function* plantedPairs(seed, tracks) {
  const roles = createRoles(seed);
  for (let first = 0; first < tracks; first += BLOCK) {
    const byOriginal = new Map();
    for (const [number, original] of copiesIn(seed, first / BLOCK)) {
      const { copy, frames, originalFrames: length } = roles.of(number);
      const { start, before, own, sound, shape } = copy;
      const group = byOriginal.get(original) ?? [
        { number: original, start: 0, from: 0, until: length, frames: length },
      ];
      group.push({
        number,
        start,
        from: before - start,
        until: before - start + own,
        frames,
        kind: `${sound}, ${shape}`,
      });
      byOriginal.set(original, group);
    }
    for (const group of byOriginal.values()) yield* pairsOf(group).filter(({ b }) => b < tracks);
  }
}

function pairsOf(group) {
  const pairs = group.flatMap((one, i) => group.slice(i + 1).map((other) => ordered(one, other)));
  return pairs.filter(({ overlapSeconds }) => overlapSeconds >= LEAST_SECONDS);
}

function ordered(one, other) {
  const [a, b] = one.number < other.number ? [one, other] : [other, one];
  const kinds = [one.kind, other.kind].filter(Boolean);
  return {
    a: a.number,
    b: b.number,
    kind: kinds.length === 1 ? kinds[0] : 'two copies',
    offsetSeconds: (a.start - b.start) / FRAMES_PER_SECOND,
    overlapSeconds: (Math.min(a.until, b.until) - Math.max(a.from, b.from)) / FRAMES_PER_SECOND,
  };
}
