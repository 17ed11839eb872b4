/**
 * A process that fills a catalogue step by step and matches after each, and is meant to be killed:
 * `node search-process.ts FOLDER FAMILIES STEPS`. Tells every stage on a line as it goes on. Started again, it goes on.
 */
import path from 'node:path';
import { openCatalogue } from '#adapters/sqlite';
import { type JudgeRequest, match } from '#catalogue';
import { systemClock } from '#kernel';
import type { Verdict } from '#matching';
import { createFakeWorkers } from './fake-workers.ts';
import { addSounds, hashOf, makeSounds, openSearchIn } from './search-library.ts';

const [folder = '', families = '', steps = ''] = process.argv.slice(2);

/** What would be heard is made up; where it would be is kept, so that every record tells what was found. */
const judge = async ({ offsets }: JudgeRequest): Promise<Verdict> => ({
  relation: 'same-recording',
  truncated: null,
  similarity: 1,
  bitErrorRate: 0,
  significance: null,
  overlapSeconds: 40,
  offsetSeconds: offsets[0]?.offsetSeconds ?? null,
  speedRatio: 1,
  coherence: null,
  evidence: null,
  segments: [],
  reasons: ['It was not heard.'],
});

await using store = await openCatalogue(path.join(folder, 'catalogue'), {
  clock: systemClock,
  owner: 'a match',
  waitMs: 5_000,
});
const sounds = makeSounds(Number(families));
for (let step = 0; step < Number(steps); step++) {
  const own = sounds.filter((_, i) => i % Number(steps) === step);
  const known = await store.soundNumbers();
  if (!known.has(hashOf(own[0]?.name ?? ''))) await addSounds(store, own, 1 + step * sounds.length);
  const parts = { store, search: openSearchIn(path.join(folder, 'index')), workers: { ...createFakeWorkers(), judge } };
  await match(
    { ...parts, clock: systemClock },
    { signal: new AbortController().signal, progress: ({ stage }) => process.stdout.write(`${stage}\n`) },
  );
}
