/** Two processes that know nothing of each other put files of one name into one folder: nothing is ever overwritten. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import {
  contentsOf,
  createFilingPlace,
  type FilingPlace,
  itemOf,
  planOf,
  withFolder,
  writePlan,
} from '../support/filing.ts';

const program = ['--conditions=source', path.resolve(import.meta.dirname, '../support/filing-process.ts')];
const FILES = 150;

function fill(place: FilingPlace, who: string): void {
  const items = Array.from({ length: FILES }, (_, at) => {
    const source = withFolder(place.at(`music/${who}/${at}/01 Intro.mp3`));
    writeFileSync(source, `intro ${at} of ${who}`);
    return itemOf(place, at + 1, at % 2 === 0 ? 'move' : 'copy', source, { destination: place.at('out/01 Intro.mp3') });
  });
  writePlan(planOf(place, items, who), place.at(`${who}.json`));
}

/** @returns 0 where every item was done, 3 where some were not. */
async function apply(place: FilingPlace, who: string): Promise<number | null> {
  const args = [...program, 'apply', place.at(`${who}.sqlite`), place.at(`${who}.json`)];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  return await new Promise((resolve) => child.once('exit', resolve));
}

it('each loses a name here and there, tries another the next time, and every file arrives', async () => {
  using place = createFilingPlace();
  const both = ['one', 'other'];
  for (const who of both) fill(place, who);
  const before = contentsOf(place.at('music'));
  let ended: (number | null)[] = [];
  for (let round = 0; round < 50 && !ended.includes(0); round++) {
    ended = await Promise.all(both.map((who) => apply(place, who)));
    expect(ended.filter((code) => code !== 0 && code !== 3)).toEqual([]);
    expect(contentsOf(place.at('music'), place.at('out'))).toEqual(before);
  }
  expect(await Promise.all(both.map((who) => apply(place, who)))).toEqual([0, 0]);
  expect(contentsOf(place.at('out'))).toEqual(before);
  expect(place.acts.list(place.at('out'))).toHaveLength(2 * FILES);
});
