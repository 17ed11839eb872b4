// What the scale bench asks of the product, in one place: its catalogue, its index, its search.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const load = (module) => import(`../../dist/${module}/index.js`);
const { openCatalogue } = await load('adapters/sqlite');
const { searchPairs } = await import('../../dist/catalogue/search.js');
const { speedBreadth } = await import('../../dist/catalogue/search-breadth.js');
const { openLookUp } = await load('catalogue');
const { systemClock } = await load('kernel');
const { openLibraryIndex, openSearch } = await import('../../dist/main/wire.js');

const METHOD = 'scale';
const never = new AbortController().signal;

/** Opens a catalogue as the product does. */
const open = (catalogue) => openCatalogue(catalogue, { clock: systemClock, owner: 'the scale bench' });

/** Whether a sound is one of about `count` that are new: always the same ones, by audio hash. */
export function isChosen(audioHash, tracks, count) {
  const number = createHash('sha256').update(audioHash).digest().readUInt32BE(0);
  return number < (count / tracks) * 2 ** 32;
}

const forgetIndex = (catalogue) =>
  fs.rmSync(path.join(path.dirname(catalogue), 'index'), { recursive: true, force: true });

/** Numbers of the sounds that are new, {@link isChosen}; the rest of the library knows each other. */
export async function chosenSounds(catalogue, { tracks, count }) {
  await using store = await open(catalogue);
  const numbers = await store.soundNumbers();
  return new Set([...numbers].filter(([hash]) => isChosen(hash, tracks, count)).map(([, number]) => number));
}

/**
 * The search of `reprise match` with so many threads and so much memory; the index lies beside the catalogue.
 * @param isThere which sounds there are; `isFresh`: which of them nobody has compared
 */
async function search(
  catalogue,
  { isThere, isFresh, breadthFor, ask },
  { workers, memoryMegabytes, on: { stage, pair } },
) {
  stage('sounds');
  await using store = await open(catalogue);
  const all = await store.presentSounds();
  const isPresent = (_, i) => isThere(all.numbers[i]);
  const present = { numbers: all.numbers.filter(isPresent), checks: all.checks.filter(isPresent) };
  let running;
  const progress = ({ stage: now }) => {
    if (now !== running) stage(now.toLowerCase());
    running = now;
  };
  const parts = openSearch({ data: path.dirname(catalogue), workers, match: { memoryMegabytes } });
  const { pairs } = await searchPairs(
    { ...parts, store: ask ? { ...store, printsOf: async (sound) => ask(await store.printsOf(sound), sound) } : store },
    {
      ...{ method: METHOD, present, fresh: present.numbers.filter(isFresh) },
      ...(breadthFor && { breadth: breadthFor(present.numbers.length) }),
    },
    { signal: never, progress },
  );
  stage('report');
  await report(store, pairs, pair);
  parts.files.endPlan();
  return { indexBytes: parts.files.bytes() };
}

/** Pairs are told as if the one with the lower hash came first. */
async function report(store, pairs, pair) {
  const known = new Map();
  const hashOf = async (sound) => {
    if (!known.has(sound)) known.set(sound, (await store.matchTrack(sound)).audioHash);
    return known.get(sound);
  };
  for (const { a, b, offsets } of pairs) {
    const [one, other] = [await hashOf(a), await hashOf(b)];
    const turned = offsets.map(({ offsetSeconds, votes }) => ({ offsetSeconds: -offsetSeconds, votes }));
    if (one < other) pair(one, other, offsets);
    else pair(other, one, turned);
  }
}

/** All pairs of a library that nobody has searched before. */
export function searchAll(catalogue, options) {
  forgetIndex(catalogue);
  return search(catalogue, { isThere: () => true, isFresh: () => true }, options);
}

/**
 * What `reprise match --speeds` does in a library that was searched. A made track does not know what it would be at another
 * speed, so it asks what a stranger would: the work is the same, and whatever answers does so by chance.
 */
export async function searchSpeeds(catalogue, options) {
  const { strangeQuestions } = await import('./strangers.mjs');
  const questions = strangeQuestions(options.poolFile);
  const ask = (prints, sound) => ({ ...prints, altered: questions[sound % questions.length] });
  const everybody = { isThere: () => true, isFresh: () => true };
  return search(catalogue, { ...everybody, breadthFor: speedBreadth, ask }, options);
}

/** Indexes a library without the sounds that {@link searchNew} finds new. */
export function indexOthers(catalogue, { chosen, ...options }) {
  forgetIndex(catalogue);
  return search(catalogue, { isThere: (sound) => !chosen.has(sound), isFresh: () => false }, options);
}

/** All pairs of the chosen sounds with a library that knows the others. */
export const searchNew = (catalogue, { chosen, ...options }) =>
  search(catalogue, { isThere: () => true, isFresh: (sound) => chosen.has(sound) }, options);

/** Sounds that a look-up gives. */
const MOST_FOUND = 5;

/** The library, open to look single sounds up; the index must be there. `named` lets sounds be asked for and told by audio hash, the likeliest first. */
export async function openLookedUp(catalogue) {
  const store = await open(catalogue);
  const index = openLibraryIndex({ data: path.dirname(catalogue) }, METHOD);
  const lookUp = await openLookUp(store, index.segments);
  return {
    sounds: lookUp.sounds,
    segments: index.segments,
    async named() {
      const numbers = await store.soundNumbers();
      const hashes = new Map([...numbers].map(([hash, number]) => [number, hash]));
      return {
        printsOf: (hash) => store.printsOf(numbers.get(hash)),
        ask: async (fingerprint) => (await lookUp.ask(fingerprint, MOST_FOUND)).map(({ sound }) => hashes.get(sound)),
      };
    },
    async close() {
      index[Symbol.dispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}
