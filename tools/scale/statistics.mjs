// What is compared between real tracks and made ones. A track is `{ phases }`, its items at the four phases.

/** Codes that an index may use. */
export const CODE_WIDTHS = [24, 28, 32, 'double'];
const SHIFT_24 = 8;
const SHIFT_28 = 4;
const SILENCE = 627_964_279;
/** Items laid over each other to measure bit errors by chance: a minute. */
const EXCERPT = 484;

function popcount(x) {
  let n = x - ((x >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The first place of every run of one code, as `[code, place]`, without silence: what an index holds. */
function postingsOf(items, shift) {
  const found = [];
  let previous = -1;
  for (let place = 0; place < items.length; place++) {
    const code = items[place] >>> shift;
    if (code !== previous && code !== SILENCE >>> shift) found.push([code, place]);
    previous = code;
  }
  return found;
}

/** Deviations of bit errors and how many independent bits would deviate as much. */
function spread(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance), independentBits: 0.25 / variance };
}

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** How frequent codes are: by distinct code how many postings it has, the most frequent first. */
function frequencies(tracks, shift) {
  const counts = new Map();
  for (const { phases } of tracks)
    for (const [code] of postingsOf(phases[0], shift)) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => b - a);
}

/** Some ranks, ever wider apart, with the postings of the code at each. */
function ranked(counts) {
  const points = [];
  for (let rank = 1; rank <= counts.length; rank = Math.ceil(rank * 1.25)) points.push([rank, counts[rank - 1]]);
  return points;
}

/** Share of all postings that lie in codes with a share of more than `bar` of the postings. */
function shareAbove(counts, bar) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.filter((count) => count > bar * total).reduce((sum, count) => sum + count, 0) / total;
}

/** Items apart of the two that make a double code: half of what an item looks at. */
const DOUBLE_LAG = 8;

/** Codes of all items, as numbers: of 24, 28 or 32 bits, or `double`: 24 bits of an item and of one a second later. */
export function codesOf(items, width) {
  if (width !== 'double') return Array.from(items, (item) => item >>> (32 - width));
  const low = 2 ** 24;
  return Array.from(items.subarray(0, Math.max(0, items.length - DOUBLE_LAG)), (item, i) => {
    return (item >>> 8) * low + (items[i + DOUBLE_LAG] >>> 8);
  });
}

/** Chance that an item of one track and one of another have the same code; runs count once, silence not at all. */
function meetingChance(tracks, width) {
  const silent = codesOf(new Uint32Array(DOUBLE_LAG + 1).fill(SILENCE), width)[0];
  const all = new Map();
  let total = 0;
  let own = 0;
  let ownPairs = 0;
  for (const { phases } of tracks) {
    const here = new Map();
    const codes = codesOf(phases[0], width).filter((code, i, list) => code !== silent && code !== list[i - 1]);
    for (const code of codes) here.set(code, (here.get(code) ?? 0) + 1);
    for (const [code, count] of here) {
      all.set(code, (all.get(code) ?? 0) + count);
      own += count * count;
    }
    ownPairs += codes.length ** 2;
    total += codes.length;
  }
  let meetings = 0;
  for (const count of all.values()) meetings += count * count;
  return (meetings - own) / (total ** 2 - ownPairs);
}

/** Most distinct indexed items that were hit within one item of one offset, all four phases of `b` asked about `a`. */
function bestVotes(places, phases) {
  const hits = [];
  for (let phase = 0; phase < 4; phase++)
    for (const [code, item] of postingsOf(phases[phase], SHIFT_24))
      for (const place of places.get(code) ?? []) hits.push([4 * (place - item) - phase, place]);
  hits.sort((one, other) => one[0] - other[0]);
  let best = 0;
  for (let from = 0, to = 0; from < hits.length; from++) {
    while (to < hits.length && hits[to][0] - hits[from][0] <= 8) to++;
    if (to - from > best) best = Math.max(best, new Set(hits.slice(from, to).map(([, place]) => place)).size);
  }
  return best;
}

function placesOf(items) {
  const places = new Map();
  for (const [code, place] of postingsOf(items, SHIFT_24)) {
    const known = places.get(code);
    if (known) known.push(place);
    else places.set(code, [place]);
  }
  return places;
}

function commonCodes(one, other) {
  const [few, many] = one.size < other.size ? [one, other] : [other, one];
  let common = 0;
  for (const code of few) if (many.has(code)) common++;
  return common;
}

/** Differing bits, as a share, of `count` items of two fingerprints from given items on. */
export function bitErrorRate(one, oneFrom, other, otherFrom, count) {
  let bits = 0;
  for (let i = 0; i < count; i++) bits += popcount(one[oneFrom + i] ^ other[otherFrom + i]);
  return bits / (32 * count);
}

function hammingAtLag(tracks, lag) {
  let bits = 0;
  let items = 0;
  for (const { phases } of tracks) {
    for (let i = lag; i < phases[0].length; i++) bits += popcount(phases[0][i] ^ phases[0][i - lag]);
    items += Math.max(0, phases[0].length - lag);
  }
  return bits / items;
}

function onesByBit(tracks) {
  const ones = new Float64Array(32);
  let items = 0;
  for (const { phases } of tracks)
    for (const item of phases[0]) {
      for (let bit = 0; bit < 32; bit++) ones[bit] += (item >>> bit) & 1;
      items++;
    }
  return [...ones].map((count) => count / items);
}

/**
 * All figures of a set of tracks that have nothing to do with each other. Pairs with `relatedFrom` votes or more count as
 * related after all and are left out.
 */
export function statisticsOf(tracks, random, relatedFrom = 8) {
  const byCode = tracks.map(({ phases }) => placesOf(phases[0]));
  const codes = byCode.map((places) => new Set(places.keys()));
  const wide = tracks.map(({ phases }) => new Set(postingsOf(phases[0], SHIFT_28).map(([code]) => code)));
  const common = [];
  const votes = [];
  const chance = [];
  let commonWide = 0;
  let related = 0;
  for (let one = 0; one < tracks.length; one++)
    for (let other = one + 1; other < tracks.length; other++) {
      const best = bestVotes(byCode[one], tracks[other].phases);
      if (best >= relatedFrom) {
        related++;
        continue;
      }
      votes.push(best);
      common.push(commonCodes(codes[one], codes[other]));
      if (commonCodes(wide[one], wide[other]) > 0) commonWide++;
      const [a, b] = [tracks[one].phases[0], tracks[other].phases[0]];
      if (Math.min(a.length, b.length) <= EXCERPT) continue;
      const at = (items) => Math.floor(random() * (items.length - EXCERPT));
      chance.push(bitErrorRate(a, at(a), b, at(b), EXCERPT));
    }
  common.sort((a, b) => a - b);
  const items = tracks.reduce((sum, { phases }) => sum + phases[0].length, 0);
  const narrow = frequencies(tracks, SHIFT_24);
  const share = (list, test) => list.filter(test).length / list.length;
  return {
    tracks: tracks.length,
    items,
    pairs: votes.length,
    relatedPairs: related,
    postingsPerItem: narrow.reduce((sum, count) => sum + count, 0) / items,
    distinctCodesPerItem: codes.reduce((sum, set) => sum + set.size, 0) / items,
    distinctCodesOfAllPerItem: narrow.length / items,
    shareOfFrequentCodes: Object.fromEntries([1e-3, 3e-4, 1e-4, 3e-5].map((bar) => [bar, shareAbove(narrow, bar)])),
    meetingChance: Object.fromEntries(CODE_WIDTHS.map((width) => [width, meetingChance(tracks, width)])),
    commonCodes: Object.fromEntries([0.5, 0.9, 0.99, 0.999].map((at) => [at, quantile(common, at)])),
    commonCodesMean: common.reduce((sum, count) => sum + count, 0) / common.length,
    shareWithCommon28: commonWide / votes.length,
    shareByVotes: Object.fromEntries([1, 2, 3, 4, 5, 6].map((bar) => [bar, share(votes, (count) => count >= bar)])),
    chance: spread(chance),
    hammingByLag: Object.fromEntries([1, 2, 4, 8, 16, 64].map((lag) => [lag, hammingAtLag(tracks, lag)])),
    halfHopErrors: spread(
      tracks.map(({ phases: [zero, , two] }) => bitErrorRate(zero, 0, two, 0, Math.min(zero.length, two.length))),
    ).mean,
    onesByBit: onesByBit(tracks),
    postingsByRank: ranked(narrow),
  };
}
