// Ours beside the peers on the same pairs: the scores of all, the curves that they draw, and what each accepts.
import { DUPLICATES } from './kinds.mjs';
import { PEERS } from './peers.mjs';

/**
 * Ours needs a score to be drawn as a curve: duplicates come first, ranked by coherence; what is judged otherwise lies
 * below all of them, ranked by coherence too.
 */
export function ownScore({ relation, coherence }) {
  const rank = ['same-bytes', 'same-audio'].includes(relation) ? 1 : (coherence ?? 0);
  return DUPLICATES.includes(relation) ? 1 + rank : Math.min(0.999, rank);
}

export const OURS = { name: 'Reprise', title: 'Reprise', accepts: 1, score: ownScore };

/** The pairs of all kinds that ran, with everybody's score: `{ kind, id, scores: { NAME: number } }`. */
export async function scorePairs(done, fingerprints) {
  const pairs = [];
  for (const { kind, results } of done) {
    for (const { id, a, b, verdict } of results) {
      const [one, other] = [await fingerprints.of(a), await fingerprints.of(b)];
      const scores = PEERS.map(({ name, algorithm, score }) => [name, score(one[algorithm], other[algorithm])]);
      pairs.push({ kind, id, scores: { [OURS.name]: ownScore(verdict), ...Object.fromEntries(scores) } });
    }
  }
  return pairs;
}

const isSame = ({ kind }) => kind.truth.duplicate === 'yes';
const isHard = ({ kind }) => kind.truth.hard === true && kind.truth.duplicate === 'no';

/** What one contestant accepts from a threshold on: `{ falseShare, recall }`, of hard negatives and same recordings. */
export function pointAt(pairs, name, least) {
  const share = (group) => group.filter(({ scores }) => scores[name] >= least).length / group.length;
  return { falseShare: share(pairs.filter(isHard)), recall: share(pairs.filter(isSame)) };
}

/** The points of a contestant's curve, from nothing accepted to everything. */
export function curve(pairs, name) {
  const counted = pairs.filter((pair) => isSame(pair) || isHard(pair));
  const thresholds = [...new Set(counted.map(({ scores }) => scores[name]))].sort((a, b) => b - a);
  return [{ falseShare: 0, recall: 0 }, ...thresholds.map((least) => pointAt(counted, name, least))];
}

/** The area under a curve, 0 … 1. */
export function areaUnder(points) {
  let area = 0;
  for (const [i, { falseShare, recall }] of points.entries()) {
    const before = points[i - 1];
    if (before) area += ((falseShare - before.falseShare) * (recall + before.recall)) / 2;
  }
  return area;
}

/**
 * What a contestant accepts of the same recordings at a threshold just above the best of the others:
 * `{ recall, threshold, same, others }`, the first as a share, the last two as counts.
 */
export function recallAtNone(pairs, name, { same = isSame, others = isHard } = {}) {
  const [good, bad] = [pairs.filter(same), pairs.filter(others)];
  const threshold = Math.max(Number.NEGATIVE_INFINITY, ...bad.map(({ scores }) => scores[name]));
  const accepted = good.filter(({ scores }) => scores[name] > threshold).length;
  return { recall: accepted / good.length, threshold, same: good.length, others: bad.length };
}

/** The rows of the earlier measurement: 36 kinds of same recordings, and the four of other recordings. */
const PROTOCOL = { same: ({ kind }) => kind.protocol === true, others: ({ kind }) => kind.other === true };
/** A peer is what it says it is when it comes this near to what was measured for it, in points. Chosen. */
const NEAR_POINTS = 6;

/** Does each peer reproduce what was measured for it on like music? `{ peer, recall, near, … }` */
export function reproduced(pairs) {
  return PEERS.map((peer) => {
    const result = recallAtNone(pairs, peer.name, PROTOCOL);
    return { peer, ...result, near: Math.abs(100 * result.recall - peer.measured) <= NEAR_POINTS };
  });
}

/** Which share of a kind's pairs each contestant accepts by its own rule. */
export function accepted(pairs, kind) {
  const own = pairs.filter((pair) => pair.kind === kind);
  const share = ({ name, accepts }) => own.filter(({ scores }) => scores[name] >= accepts).length / own.length;
  return Object.fromEntries([OURS, ...PEERS].map((one) => [one.name, share(one)]));
}
