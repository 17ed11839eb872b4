// What the public matchers make of two Chromaprint fingerprints: our own implementations of their published rules, so
// that they can be run on the same sounds. Each gives a score, the more the more alike; `accepts` is the rule's own
// threshold. The report says whether each reproduces what was measured for it before.
// @see https://github.com/kdave/audio-compare
// @see https://github.com/acoustid/pg_acoustid acoustid_compare2
// @see https://github.com/acoustid/chromaprint src/fingerprint_matcher.cpp, which czkawka uses

/** Seconds between two items of a Chromaprint fingerprint. */
const HOP_SECONDS = 1365 / 11_025;
const BITS = 32;

function bitsIn(word) {
  let rest = word - ((word >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The bit error rate with b laid over a from item `offset` on, and over how many items; rate 1 where nothing overlaps. */
export function errorsAt(a, b, offset) {
  const [aStart, bStart] = [Math.max(0, offset), Math.max(0, -offset)];
  const items = Math.min(a.length - aStart, b.length - bStart);
  let errors = 0;
  for (let i = 0; i < items; i++) errors += bitsIn(a[aStart + i] ^ b[bStart + i]);
  return { items, rate: items > 0 ? errors / items / BITS : 1 };
}

function bestRate(a, b, { from, to, overlap }) {
  let best = 1;
  for (let offset = from; offset <= to; offset++) {
    const { items, rate } = errorsAt(a, b, offset);
    if (items >= overlap && rate < best) best = rate;
  }
  return best;
}

/** 1 − the least bit error rate over all offsets at which at least 60 items (7.4 s) overlap. */
export function allOffsets(a, b) {
  return 1 - bestRate(a, b, { from: -b.length, to: a.length, overlap: 60 });
}

/** audio-compare: the best share of equal bits at offsets up to 150 items, 20 of which overlap. */
export function correlation(a, b) {
  return 1 - bestRate(a, b, { from: -150, to: 150, overlap: 20 });
}

const MATCH_BITS = 14;
const DIVERSITY_BITS = 16;

/** AcoustID's compare2: one place per 14-bit prefix and side votes for an offset of at most 80; the bits there decide. */
export function compare2(a, b, most = 80) {
  const [aPlaces, bPlaces] = [placesOf(a), placesOf(b)];
  const votes = new Map();
  let [top, count] = [0, 0];
  for (const [prefix, place] of aPlaces) {
    const other = bPlaces.get(prefix);
    if (other === undefined || Math.abs(place - other) > most) continue;
    const offset = place - other;
    votes.set(offset, (votes.get(offset) ?? 0) + 1);
    if (votes.get(offset) > count) [top, count] = [offset, votes.get(offset)];
  }
  const [aRest, bRest] = [a.subarray(Math.max(0, top)), b.subarray(Math.max(0, -top))];
  const [aUnique, bUnique] = [uniqueOf(aRest), uniqueOf(bRest)];
  if (count === 0 || count < 0.02 * Math.max(aUnique, bUnique)) return 0;
  const { items, rate } = errorsAt(aRest, bRest, 0);
  const score = Math.max(0, (items / Math.min(a.length, b.length)) * (1 - 2 * rate));
  const diversity = Math.min(1, (aUnique + 10) / aRest.length + 0.5, (bUnique + 10) / bRest.length + 0.5);
  return diversity < 1 ? score ** (8 - 7 * diversity) : score;
}

function placesOf(items) {
  const places = new Map();
  for (const [place, item] of items.entries()) places.set(item >>> (BITS - MATCH_BITS), place);
  return places;
}

const uniqueOf = (items) => new Set(Array.from(items, (item) => item >>> (BITS - DIVERSITY_BITS))).size;

const PREFIX_BITS = 12;
const MAX_BITS = 2;

/**
 * FingerprintMatcher as czkawka's command line uses it: the offset with the most equal 12-bit prefixes, cut where the
 * smoothed errors change fast. Gives the seconds of the longest piece with at most two differing bits an item.
 */
export function longestSegment(a, b) {
  const offset = votedOffset(a, b);
  if (offset === undefined) return 0;
  const [aStart, bStart] = [Math.max(0, offset), Math.max(0, -offset)];
  const size = Math.min(a.length - aStart, b.length - bStart);
  const errors = Array.from({ length: size }, (_, i) => bitsIn(a[aStart + i] ^ b[bStart + i]));
  const pieces = merged(cutAtChanges(errors));
  const good = pieces.filter(({ score }) => score <= MAX_BITS).map(({ start, end }) => end - start);
  return Math.max(0, ...good) * HOP_SECONDS;
}

function votedOffset(a, b) {
  const places = new Map();
  for (const [place, item] of b.entries()) {
    const prefix = item >>> (BITS - PREFIX_BITS);
    const list = places.get(prefix);
    if (list) list.push(place);
    else places.set(prefix, [place]);
  }
  const votes = new Int32Array(a.length + b.length + 1);
  for (const [place, item] of a.entries()) {
    for (const other of places.get(item >>> (BITS - PREFIX_BITS)) ?? []) votes[place - other + b.length]++;
  }
  const top = votes.reduce((best, count, i) => (count > votes[best] ? i : best), 0);
  return votes[top] > 1 ? top - b.length : undefined;
}

const MIN_GRADIENT = 0.15;

function cutAtChanges(errors) {
  const slope = gradient(smoothed(errors)).map(Math.abs);
  const cuts = [];
  for (let i = 1; i < errors.length - 1; i++) {
    const isPeak = slope[i] > MIN_GRADIENT && slope[i] >= slope[i - 1] && slope[i] >= slope[i + 1];
    if (isPeak && (cuts.length === 0 || cuts.at(-1) + 1 < i)) cuts.push(i);
  }
  return [...cuts, errors.length].map((end, i) => pieceOf(errors, i === 0 ? 0 : cuts[i - 1], end));
}

function pieceOf(errors, start, end) {
  const sum = errors.slice(start, end).reduce((total, value) => total + value, 0);
  return { start, end, score: end > start ? sum / (end - start) : BITS };
}

const MATCH_THRESHOLD = 10;
const ALIKE = 0.7;

/** Neighbours that are alike are one piece; what differs in ten bits or more is none. */
function merged(pieces) {
  const kept = [];
  for (const piece of pieces.filter(({ score }) => score < MATCH_THRESHOLD)) {
    const last = kept.at(-1);
    if (!last || last.end !== piece.start || Math.abs(last.score - piece.score) >= ALIKE) kept.push(piece);
    else kept[kept.length - 1] = joined(last, piece);
  }
  return kept;
}

function joined(one, other) {
  const [n, m] = [one.end - one.start, other.end - other.start];
  return { start: one.start, end: other.end, score: (one.score * n + other.score * m) / (n + m) };
}

/** A Gaussian of deviation 8, as three boxes. */
function smoothed(values) {
  return [15, 15, 17].reduce(boxed, values);
}

function boxed(values, width) {
  const half = width >> 1;
  const last = values.length - 1;
  const mirrored = (i) => values[Math.min(last, Math.max(0, i < 0 ? -i - 1 : i > last ? 2 * last + 1 - i : i))];
  return values.map((_, i) => {
    let sum = 0;
    for (let j = i - half; j <= i + half; j++) sum += mirrored(j);
    return sum / width;
  });
}

function gradient(values) {
  const last = values.length - 1;
  return values.map((value, i) => {
    if (i === 0) return (values[1] ?? value) - value;
    return i === last ? value - values[i - 1] : (values[i + 1] - values[i - 1]) / 2;
  });
}

/**
 * The peers: which fingerprint they read, their score, from where on they accept, and what share of 36 kinds of
 * same-recording pairs was measured for each at no false one of 48 other recordings.
 */
export const PEERS = [
  {
    name: 'BER',
    title: 'least bit error rate over all offsets',
    algorithm: 2,
    score: allOffsets,
    accepts: 0.65,
    measured: 93.8,
  },
  {
    name: 'audio-compare',
    title: 'audio-compare-style correlation',
    algorithm: 2,
    score: correlation,
    accepts: 0.5,
    measured: 91.1,
  },
  {
    name: 'AcoustID',
    title: 'AcoustID compare2 rule, 80 items',
    algorithm: 2,
    score: compare2,
    accepts: 0.75,
    measured: 84.6,
  },
  {
    name: 'FingerprintMatcher',
    title: 'FingerprintMatcher-style rule (czkawka)',
    algorithm: 1,
    score: longestSegment,
    accepts: 10,
    measured: 78.1,
  },
];
