// node tools/calibration/coherence.mjs DIR … [--every N] [--minutes N]
//
// How coherent the blocks of unrelated sounds are where their fingerprints agree most: 45 s of every N-th piece, each
// laid over others until the time is over. Prints what the constants of src/matching/significance-evidence.ts say.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { familyOf, piecesIn } from './tracks.mjs';

const { createCoherenceMeter, createLineReader, SLOT_SAMPLES } = await import('../../dist/signal/index.js');
const { createFingerprinter, HOP_SAMPLES, SAMPLE_RATE } = await import('../../dist/fingerprint/index.js');
const { createAgreementKernel, ITEM_BITS } = await import('../../dist/matching/agreement.js');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '3' }, minutes: { type: 'string', default: '3' } },
});
const LEAST_SECONDS = 40;
/** From here on a block counts as coherent in the runs that are counted. */
const COHERENT = 0.3;

const kernel = createAgreementKernel(512);
const meter = createCoherenceMeter(createLineReader());

function soundOf(file) {
  const argv = ['-nostdin', '-v', 'quiet', '-ss', '15', '-t', '45', '-i', file];
  const ran = spawnSync('ffmpeg', [...argv, '-ac', '1', '-ar', String(SAMPLE_RATE), '-f', 's16le', '-'], {
    maxBuffer: 2 ** 27,
  });
  const pcm = new Int16Array(Uint8Array.from(ran.stdout).buffer, 0, ran.stdout.length >> 1);
  if (pcm.length < LEAST_SECONDS * SAMPLE_RATE) return [];
  const fingerprinter = createFingerprinter({ phases: 1 });
  fingerprinter.push(pcm);
  return [{ file, pcm, items: fingerprinter.finish()[0] }];
}

/** Items by which b starts after a where they agree most. */
function bestOffset(a, b) {
  const length = Math.min(a.items.length, b.items.length);
  const [first, end] = [-(length >> 1), length >> 1];
  const errors = kernel.differing(a.items.subarray(0, length), b.items.subarray(0, length), first, end);
  const excess = (i) => {
    const overlap = length - Math.abs(first + i);
    return (0.5 - errors[i] / (ITEM_BITS * overlap)) * Math.sqrt(overlap);
  };
  let best = 0;
  for (let i = 1; i < errors.length; i++) if (excess(i) > excess(best)) best = i;
  return first + best;
}

function blocksOf(a, b) {
  const start = bestOffset(a, b) * HOP_SAMPLES;
  const from = Math.max(0, start);
  const slots = Math.floor(Math.min(a.pcm.length - from, b.pcm.length - (from - start)) / SLOT_SAMPLES) - 1;
  const map = meter.measure(a.pcm, b.pcm, { start, step: 1 }, from, slots, () => true);
  return Array.from(map.blockCoherence).filter((coherence) => !Number.isNaN(coherence));
}

const sounds = piecesIn(positionals)
  .filter((_, i) => i % Number(values.every) === 0)
  .flatMap(soundOf);
const until = performance.now() + Number(values.minutes) * 60_000;
const blocks = [];
const runs = new Map();
let pairs = 0;
for (let step = 1; step < sounds.length && performance.now() < until; step++) {
  for (let i = 0; i < sounds.length && performance.now() < until; i++) {
    const [a, b] = [sounds[i], sounds[(i + step) % sounds.length]];
    if ((familyOf(a.file) ?? 1) === (familyOf(b.file) ?? 2)) continue;
    const found = blocksOf(a, b);
    blocks.push(...found);
    pairs++;
    let run = 0;
    for (const coherence of [...found, 0]) {
      if (coherence < COHERENT && run > 0) runs.set(run, (runs.get(run) ?? 0) + 1);
      run = coherence < COHERENT ? 0 : run + 1;
    }
  }
}
console.log(`${blocks.length} blocks of ${pairs} unrelated pairs at their best offset, ${sounds.length} sounds`);
for (const least of [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8]) {
  console.log(`coherence ≥ ${least}: ${blocks.filter((coherence) => coherence >= least).length}`);
}
for (const [length, count] of [...runs].sort(([a], [b]) => a - b)) {
  console.log(`${count} runs of ${length} blocks of ${COHERENT} or more`);
}
