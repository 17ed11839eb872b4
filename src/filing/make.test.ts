/** What comes into the place of a playlist when its plan is applied. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { createFilingPlace, itemOf, planOf, quietly, withFolder } from '../../test/support/filing.ts';
import { applyPlan } from './apply.ts';

it('an entry that names a file which is there is not taken for another that leaves', async () => {
  using place = createFilingPlace();
  const file = (name: string): BytePath => {
    const path = withFolder(place.at(`music/${name}`));
    writeFileSync(path, name);
    return path;
  };
  const [leaving, kept] = [file('a b.mp3'), file('kept.mp3')];
  file('a%20b.mp3');
  const list = file('list.m3u8');
  writeFileSync(list, 'a%20b.mp3\na b.mp3\n');
  const items = [
    itemOf(place, 1, 'trash', leaving, { keeper: kept, sameBytes: false }),
    itemOf(place, 2, 'replace-in-place', list, { follows: [1], edits: [{ from: leaving, to: kept }] }),
  ];
  using parts = place.open();
  const { items: ended } = await applyPlan(planOf(place, items), parts, quietly());
  expect(ended.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  expect(readFileSync(list, 'utf8')).toBe('a%20b.mp3\nkept.mp3\n');
});
