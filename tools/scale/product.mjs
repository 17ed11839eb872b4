// What the scale bench asks of the product, in one place: its catalogue, its index, its search.
import { createHash } from 'node:crypto';
import path from 'node:path';

const load = (module) => import(`../../dist/${module}/index.js`);
const { openCatalogue } = await load('adapters/sqlite');
const { searchPairs } = await load('catalogue');
const { systemClock } = await load('kernel');
const { openSearch } = await import('../../dist/main/wire.js');

const METHOD = 'scale';
const never = new AbortController().signal;

/** Opens a catalogue as the product does. */
const open = (catalogue) => openCatalogue(catalogue, { clock: systemClock, owner: 'the scale bench' });

/** Chosen sounds of a library, always the same ones: about one in `tracks / wanted`. */
function isChosen(sound, tracks, wanted) {
  const number = createHash('sha256').update(String(sound)).digest().readUInt32BE(0);
  return number < (wanted / tracks) * 2 ** 32;
}

/** The search of `reprise match` with so many threads and so much memory; the index lies beside the catalogue. */
async function search(catalogue, fresh, { workers, memoryMegabytes, on: { stage, pair } }) {
  await using store = await open(catalogue);
  stage('sounds');
  const present = await store.presentSounds();
  const hashes = new Map([...(await store.soundNumbers())].map(([hash, number]) => [number, hash]));
  let running;
  const progress = ({ stage: now }) => {
    if (now !== running) stage(now.toLowerCase());
    running = now;
  };
  const parts = openSearch({ data: path.dirname(catalogue), workers, match: { memoryMegabytes } });
  const { pairs } = await searchPairs(
    { ...parts, store },
    { method: METHOD, present, fresh: present.numbers.filter(fresh) },
    { signal: never, progress },
  );
  stage('report');
  for (const { a, b, offsets } of pairs) report(hashes, pair, { a, b, offsets });
  parts.files.endPlan();
  return { indexBytes: parts.files.bytes() };
}

/** Pairs are told as if the one with the lower hash came first. */
function report(hashes, pair, { a, b, offsets }) {
  const [one, other] = [hashes.get(a), hashes.get(b)];
  const turned = offsets.map(({ offsetSeconds, votes }) => ({ offsetSeconds: -offsetSeconds, votes }));
  if (one < other) pair(one, other, offsets);
  else pair(other, one, turned);
}

/** All pairs of a library that nobody has searched before. */
export const searchAll = (catalogue, options) => search(catalogue, () => true, options);

/** All pairs of about `count` sounds with a library that knows the others. */
export const searchNew = (catalogue, options) =>
  search(catalogue, (sound) => isChosen(sound, options.tracks, options.count), options);
