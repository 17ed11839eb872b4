// What a search found against what was planted.
import fs from 'node:fs';
import readline from 'node:readline';
import { audioHashOf, plantedPairs } from './roles.mjs';

/** An offset is right when it is this near, plus what a copy's other speed makes of the overlap. */
const NEAR_SECONDS = 0.5;
const DRIFT = 0.003;

/**
 * Reads the pairs that a search wrote and gives `{ planted, found, missed, falsePairs, falseByVotes, byKind, offsetsRight }`.
 * `isAsked`, by audio hash: with it, only pairs of which one track was asked for count as planted.
 */
export async function scorePairs(file, { seed, tracks, isAsked = () => true }) {
  const numbers = new Map();
  for (let number = 0; number < tracks; number++) numbers.set(audioHashOf(seed, number), number);
  const planted = new Map();
  for (const pair of plantedPairs(seed, tracks))
    if (isAsked(audioHashOf(seed, pair.a)) || isAsked(audioHashOf(seed, pair.b)))
      planted.set(pair.a * tracks + pair.b, { ...pair, found: false });
  const falseByVotes = {};
  let falsePairs = 0;
  let offsetsRight = 0;
  for await (const line of readline.createInterface({ input: fs.createReadStream(file) })) {
    const [aHash, bHash, ...offsets] = line.split(' ');
    const [a, b] = [numbers.get(aHash), numbers.get(bHash)];
    const truth = planted.get(Math.min(a, b) * tracks + Math.max(a, b));
    if (truth) {
      truth.found = true;
      if (isRight(truth, offsets, a < b ? 1 : -1)) offsetsRight++;
      continue;
    }
    falsePairs++;
    const votes = Math.max(...offsets.map((offset) => Number(offset.split(':')[1])));
    falseByVotes[votes] = (falseByVotes[votes] ?? 0) + 1;
  }
  const all = [...planted.values()];
  const byKind = {};
  for (const { kind, found } of all) {
    byKind[kind] ??= { planted: 0, found: 0 };
    byKind[kind].planted++;
    if (found) byKind[kind].found++;
  }
  const found = all.filter((pair) => pair.found).length;
  const missed = all.filter((pair) => !pair.found);
  return { planted: all.length, found, falsePairs, falseByVotes, offsetsRight, byKind, missed };
}

function isRight({ offsetSeconds, overlapSeconds }, offsets, sign) {
  const near = NEAR_SECONDS + DRIFT * (overlapSeconds + Math.abs(offsetSeconds));
  return offsets.some((offset) => Math.abs(sign * Number(offset.split(':')[0]) - offsetSeconds) <= near);
}
