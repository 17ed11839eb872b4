// What the scale bench asks of the product, in one place: its catalogue, its index, its search.
import { createHash } from 'node:crypto';

const { openCatalogue } = await import('../../dist/adapters/sqlite/index.js');
const { phaseItems, planMatching } = await import('../../dist/catalogue/match-plan.js');
const { systemClock } = await import('../../dist/kernel/index.js');
const { createCodeIndex } = await import('../../dist/matching/index.js');

const never = new AbortController().signal;

/** Opens a catalogue as the product does. */
const open = (catalogue) => openCatalogue(catalogue, { clock: systemClock, owner: 'the scale bench' });

/** Chosen tracks of a library, always the same ones: about one in `tracks / wanted`. */
function isChosen(audioHash, tracks, wanted) {
  const number = createHash('sha256').update(audioHash).digest().readUInt32BE(0);
  return number < (wanted / tracks) * 2 ** 32;
}

/**
 * All candidate pairs that have a new track. `isNew` is asked by audio hash. Calls `stage(name)` when a stage begins and
 * `pair(a, b, offsets)` for each pair: audio hashes and `{ offsetSeconds, votes }`, the best first.
 */
async function search(catalogue, isNew, { stage, pair }) {
  await using store = await open(catalogue);
  stage('index');
  let asking = false;
  const plan = await planMatching(store, isNew, {
    signal: never,
    onTrack: () => {
      if (!asking) stage('search');
      asking = true;
    },
  });
  stage('report');
  for (const { pairs } of plan.work) for (const { a, b, offsets } of pairs) pair(a.audioHash, b.audioHash, offsets);
}

/** All candidate pairs of a library that nobody has searched before. */
export const searchAll = (catalogue, { on }) => search(catalogue, () => true, on);

/** All candidate pairs of about `count` tracks with a library that knows the others. */
export const searchNew = (catalogue, { tracks, count, on }) =>
  search(catalogue, (hash) => isChosen(hash, tracks, count), on);

/** Looks about `count` sounds up, one after the other, and gives the seconds of each: `{ seconds }`. */
export async function lookUp(catalogue, { tracks, count, on: { stage } }) {
  await using store = await open(catalogue);
  stage('index');
  const builder = createCodeIndex();
  const questions = [];
  for await (const page of store.matchTracks()) {
    for (const { audioHash, fingerprint } of page) {
      const items = phaseItems(fingerprint);
      builder.add(items[0]);
      if (isChosen(audioHash, tracks, count)) questions.push(items);
    }
  }
  const index = builder.build();
  stage('look-ups');
  return {
    seconds: questions.map((question) => {
      const started = performance.now();
      index.query(question);
      return (performance.now() - started) / 1000;
    }),
  };
}
