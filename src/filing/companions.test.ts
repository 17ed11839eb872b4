/** What follows the files of a plan; on real folders. */
import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { createFilingPlace, planOf, withFolder } from '../../test/support/filing.ts';
import { createFileActs, createFileTree } from '../adapters/files/index.ts';
import { withCompanions } from './companions.ts';
import type { PlanItem } from './plan.ts';

it('number on after plans of any length', async () => {
  using place = createFilingPlace();
  const song = withFolder(place.at('music/0.mp3'));
  writeFileSync(song, 'a song');
  writeFileSync(place.at('music/0.lrc'), 'its words');
  const file = (path: string): PlanItem['source'] => {
    return { path: path as BytePath, sizeBytes: 1, mtimeNs: 0n, inode: null, contentHash: null };
  };
  const items = Array.from({ length: 200_000 }, (_, at): PlanItem => {
    const [source, destination] = [file(place.at(`music/${at}.mp3`)), place.at(`out/${at}.mp3`)];
    const facts = { keeper: null, sameBytes: false, follows: [], edits: [], reasons: ['a test'] };
    return { n: at + 1, verb: 'move', source, destination, ...facts };
  });
  const { signal } = new AbortController();
  const parts = { acts: createFileActs(), tree: createFileTree(), signal, onTrouble: () => {} };
  const { items: whole } = await withCompanions(planOf(place, items), parts);
  expect(whole.slice(items.length)).toMatchObject([
    { n: 200_001, verb: 'move', destination: place.at('out/0.lrc'), follows: [1] },
  ]);
});
