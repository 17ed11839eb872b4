// How likely ripfs finds a repeat at all: two airings of a song that differ in their first and last five seconds share a
// chunk or share nothing. Simulated with its chunker on random bytes, beside what was noted of such a simulation before,
// and beside the formula: with heads shorter than the smallest chunk both airings are cut at the same places, so what is
// needed is two cuts in what they share, each a minimum and an exponential stretch apart.
import { createCipheriv } from 'node:crypto';
import { cutsOf } from './ripfs-chunker.mjs';

const EDGE_SECONDS = 5;
const CASES = [
  { kbps: 64, minutes: 4, noted: 0.18 },
  { kbps: 128, minutes: 3, noted: 0.49 },
  { kbps: 128, minutes: 4, noted: 0.71 },
  { kbps: 128, minutes: 5, noted: 0.86 },
  { kbps: 192, minutes: 3, noted: 0.8 },
  { kbps: 320, minutes: 3, noted: 0.97 },
];

/** Pseudo-random bytes, always the same. */
function randomBytes(seed) {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  return (size) => cipher.update(Buffer.alloc(size));
}

/** The chunks that lie in what two airings share, in order, as `start-end`. */
function* sharedChunks(airing, { from, to }) {
  let start = 0;
  for (const end of cutsOf(airing)) {
    if (start >= from && end <= to) yield `${start}-${end}`;
    if (end > to) return;
    start = end;
  }
}

function foundShare({ kbps, minutes }, pairs) {
  const random = randomBytes(kbps + minutes);
  const second = kbps * 125;
  const [size, edge] = [minutes * 60 * second, EDGE_SECONDS * second];
  const shared = { from: edge, to: size - edge };
  let found = 0;
  for (let n = 0; n < pairs; n++) {
    const body = random(size - 2 * edge);
    const [first, repeat] = [0, 1].map(() => Buffer.concat([random(edge), body, random(edge)]));
    const known = new Set(sharedChunks(first, shared));
    if (known.size > 0 && sharedChunks(repeat, shared).some((chunk) => known.has(chunk))) found++;
  }
  return found / pairs;
}

function reckoned({ kbps, minutes }) {
  const second = kbps * 125;
  const stretch = ((minutes * 60 - EDGE_SECONDS) * second) / 2 ** 20 - 1;
  return stretch > 0 ? 1 - Math.exp(-stretch) * (1 + stretch) : 0;
}

/** A row of figures per bit rate and length, simulated on so many pairs of airings. */
export const ripfsOdds = (pairs) =>
  CASES.map((one) => ({ ...one, reckoned: reckoned(one), simulated: foundShare(one, pairs) }));

if (import.meta.main) console.table(ripfsOdds(Number(process.argv[2] ?? 1000)));
