// What tracks that are in no library would be asked about at other speeds: windows of their notes, as many as a sound asks.
import { pick, randomOf } from '../accuracy/random.mjs';
import { openPool } from './open-pool.mjs';
import { createRoles, makeTrack } from './roles.mjs';

const { decompressFingerprint, packAlteredQuestions } = await import('../../dist/fingerprint/index.js');

const STRANGERS = 400;
const SETS = 2000;
/** As in src/fingerprint/altered-questions.ts: 27 ways of about ten windows of a song of four minutes. */
const MOST_STEPS = 13;
const WINDOWS = 10;
const WINDOW_ITEMS = 32;

/** Packed questions of so many imagined sounds. */
export function strangeQuestions(poolFile) {
  const { kernel, pool } = openPool(poolFile);
  const roles = createRoles('strangers');
  const tracks = Array.from({ length: STRANGERS }, (_, number) => {
    const frames = makeTrack(kernel, pool, 'strangers', number, roles.of(number));
    kernel.fingerprint(frames);
    return decompressFingerprint(kernel.packedItemsOf(0, frames)).items;
  });
  const random = randomOf('strange questions');
  const window = () => {
    const items = pick(random, tracks);
    const from = Math.floor(random() * Math.max(1, items.length - WINDOW_ITEMS));
    return items.slice(from, from + WINDOW_ITEMS);
  };
  return Array.from({ length: SETS }, () => {
    const steps = Array.from({ length: 2 * MOST_STEPS + 1 }, (_, i) => i - MOST_STEPS);
    const windows = steps.flatMap((pitchSteps) =>
      Array.from({ length: WINDOWS }, () => ({ startSample: 0, pitchSteps, items: window() })),
    );
    return packAlteredQuestions(windows);
  });
}
