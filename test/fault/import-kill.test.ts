/** An import under kill -9: whatever was cut off, the next run ends as one that nobody disturbed. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../support/music.ts';
import { createWorkplace, PRODUCT, type Workplace } from '../support/product.ts';

const ROUNDS = process.env['REPRISE_LONG'] === undefined ? 2 : 50;
const PAIRS = 60_000;

let place: Workplace;
let file: string;
beforeAll(() => {
  place = createWorkplace();
  file = path.join(place.music, 'correlations_001.jsonl');
});
afterAll(() => place[Symbol.dispose]());

/** Other values each round, so that what an earlier one left would show. */
function write(round: number): void {
  const line = (n: number): string => JSON.stringify([`/m/${n % 300}`, `/m/x${n}`, round / ROUNDS, 0]);
  writeFileSync(file, `${Array.from({ length: PAIRS }, (_, n) => line(n)).join('\n')}\n`);
}

async function importAndKill(milliseconds: number): Promise<boolean> {
  const args = [...PRODUCT, 'import', file, '--data', place.data];
  const child = spawn(process.execPath, args, { env: place.environment, stdio: 'ignore' });
  const ended = new Promise<boolean>((resolve) => child.once('exit', (_, signal) => resolve(signal !== null)));
  await setTimeout(milliseconds);
  child.kill('SIGKILL');
  return ended;
}

function imported(): unknown {
  return (JSON.parse(place.reprise('info', '--json').stdout) as { imported: unknown }).imported;
}

it('ends as if it had not been killed', { timeout: 300_000 }, async () => {
  const random = createRandom(3);
  let killed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    write(round);
    if (await importAndKill(200 + random() * 1500)) killed++;
    expect([
      { sources: 0, fingerprints: 0, pairs: 0 },
      { sources: 1, fingerprints: 0, pairs: PAIRS },
    ]).toContainEqual(imported());
    const run = place.reprise('import', file, '--quiet');
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(imported()).toEqual({ sources: 1, fingerprints: 0, pairs: PAIRS });
  }
  expect(killed).toBeGreaterThan(0);
});
