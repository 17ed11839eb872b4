/** A store whose processes are killed outright, again and again, at whatever they do: nothing acknowledged is lost. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createRandom } from '../support/music.ts';
import { makeTestStore } from '../support/store.ts';
import { actsOf, createRecord } from '../support/store-claims.ts';
import { inspectStore } from '../support/store-inspection.ts';
import { startLife } from '../support/store-lives.ts';

const IS_LONG = process.env['REPRISE_LONG'] !== undefined;
const ROUNDS = IS_LONG ? 200 : 4;
/** Of a process, before it is killed: some 40 acts. */
const MOST_LINES = 120;
const SEED = Number(process.env['REPRISE_SEED'] ?? Date.now() % 1_000_000);

it(`a store whose processes are killed ${ROUNDS} times holds all that it acknowledged`, {
  timeout: 3_600_000,
}, async () => {
  console.log(`REPRISE_SEED=${SEED}`);
  const home = mkdtempSync(path.join(tmpdir(), 'reprise-store-kill-'));
  const [store, sources, copy] = ['store', 'sources', 'copy'].map((name) => path.join(home, name)) as [
    string,
    string,
    string,
  ];
  const random = createRandom(SEED);
  const record = createRecord();
  let lives = 0;

  /** One process, or two beside each other, from their start to their death. */
  async function live(): Promise<void> {
    const begin = (name: string, recovers: boolean) => {
      lives += 1;
      const seed = SEED + 1000 * lives;
      return startLife({ store, sources, name, seed, acknowledged: 'done', hasLong: IS_LONG, recovers }, record);
    };
    const first = begin('a', true);
    // Every fourth falls into the start, and so into the recovery from the death before.
    const isEarly = random() < 0.25;
    if (isEarly) await setTimeout(random() * 1000);
    else await first.ready;
    const all = [first, ...(!isEarly && random() < 0.4 ? [begin('b', false)] : [])];
    if (!isEarly) await (all.at(-1) as typeof first).tells(random() * MOST_LINES);
    await setTimeout(random() * 50);
    for (const life of all) life.kill();
    const said = await Promise.all(all.map(({ ended }) => ended));
    expect(said.filter((end) => end !== undefined)).toEqual([]);
  }

  try {
    mkdirSync(store);
    makeTestStore(store);
    for (let round = 0; round < ROUNDS; round++) {
      if (round % 20 === 19) console.log(`round ${round + 1}`);
      await live();
      if (random() < 0.2) await live();
      // Now and then a copy is looked at, so that the store itself goes on as the killed have left it.
      const isCopied = random() < 0.3;
      if (isCopied) cpSync(store, copy, { recursive: true });
      expect(await inspectStore(isCopied ? copy : store, record, random() < 0.3), `round ${round}`).toEqual([]);
      rmSync(copy, { recursive: true, force: true });
    }
    // Whoever collects garbage beside a long import may wait in vain.
    expect([...record.refused.keys()].filter((how) => !how.endsWith('store/locked'))).toEqual([]);
    console.log(`lives: ${lives}; ${actsOf(record)}`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
