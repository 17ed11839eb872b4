/** Decisions under kill -9 and without the right to write: the old state or the new one, and a clear word. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom, music, pcmOf } from '../support/music.ts';
import { createWorkplace, PRODUCT, type Workplace } from '../support/product.ts';
import { unprivileged } from '../support/unprivileged.ts';
import { writeWav } from '../support/wav.ts';

const ROUNDS = process.env['REPRISE_LONG'] === undefined ? 2 : 60;

let place: Workplace;
let files: readonly [string, string];
beforeAll(() => {
  place = createWorkplace();
  files = [path.join(place.music, 'a.wav'), path.join(place.music, 'b.wav')];
  files.forEach((file, seed) => void writeWav(file, pcmOf(music(seed, 11))));
  place.reprise('find', place.music);
});
afterAll(() => place[Symbol.dispose]());

interface Said {
  readonly n: number;
  readonly word: string;
}

function log(): Said[] {
  const { stdout, stderr } = place.reprise('decisions', 'export', '-');
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { decisions: Said[] }).decisions;
}

/** Starts a decision, kills it after so long, and gives what it had printed. */
async function decideAndKill(word: string, milliseconds: number): Promise<string> {
  const args = [...PRODUCT, 'decide', ...files, word, '--json', '--data', place.data];
  const child = spawn(process.execPath, args, { env: place.environment, stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await setTimeout(milliseconds);
  child.kill('SIGKILL');
  await ended;
  return printed;
}

describe('a decision', { timeout: 180_000 }, () => {
  it(`killed ${ROUNDS} times is there or not, and there if it was told`, { timeout: 300_000 }, async () => {
    const startedAt = performance.now();
    place.reprise('decide', ...files, 'same');
    const usual = performance.now() - startedAt;
    const random = createRandom(Number(process.env['REPRISE_SEED'] ?? 1));
    let before = log();
    for (let round = 0; round < ROUNDS; round++) {
      const word = before.at(-1)?.word === 'same' ? 'different' : 'same';
      const printed = await decideAndKill(word, usual * (0.3 + 0.7 * random()));
      const after = log();
      expect(after.slice(0, before.length)).toEqual(before);
      const added = after.slice(before.length).map((said) => said.word);
      expect(printed === '' ? [[], [word]] : [[word]]).toContainEqual(added);
      before = after;
    }
  });

  it('that cannot be written says so, and changes nothing', () => {
    const before = log();
    const catalogue = path.join(place.data, 'catalogue.sqlite');
    chmodSync(catalogue, 0o444);
    chmodSync(place.data, 0o555);
    const [program, args] = unprivileged(process.execPath, [
      ...PRODUCT,
      'decide',
      ...files,
      'ask',
      '--data',
      place.data,
    ]);
    const run = spawnSync(program, args, { env: place.environment, encoding: 'utf8' });
    chmodSync(place.data, 0o755);
    chmodSync(catalogue, 0o644);
    expect([run.status, run.stderr]).toEqual([15, expect.stringContaining('cannot be opened for writing')]);
    expect(log()).toEqual(before);
  });
});
