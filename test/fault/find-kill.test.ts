/** The whole product killed at random moments, then run to the end: nothing may differ from an undisturbed run. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createRandom, joined, mixed, music, noise, pcmOf, silence } from '../support/music.ts';
import { createWorkplace, PRODUCT, type Workplace } from '../support/product.ts';
import { writeWav } from '../support/wav.ts';

const ROUNDS = process.env['REPRISE_LONG'] === undefined ? 2 : 20;

function fill(folder: string): void {
  for (let song = 0; song < 8; song++) {
    const sound = music(100 + song, 20);
    writeWav(path.join(folder, `${song}.wav`), pcmOf(sound));
    const later = mixed(joined(silence(0.3), sound), noise(song, 20, 15));
    if (song % 2 === 0) writeWav(path.join(folder, `${song} later.wav`), pcmOf(later));
  }
}

/** Starts the product, and its workers with it, in a process group of its own, and kills all of it. */
async function killAfter(place: Workplace, milliseconds: number): Promise<void> {
  const args = [...PRODUCT, 'find', place.music, '--data', place.data];
  const child = spawn(process.execPath, args, { env: place.environment, stdio: 'ignore', detached: true });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await setTimeout(milliseconds);
  try {
    process.kill(-(child.pid as number), 'SIGKILL');
  } catch {
    // It was done before.
  }
  await ended;
}

it(`find killed ${ROUNDS} times ends as an undisturbed find`, { timeout: 600_000 }, async () => {
  using place = createWorkplace();
  fill(place.music);
  const random = createRandom(Number(process.env['REPRISE_SEED'] ?? 1));
  for (let round = 0; round < ROUNDS; round++) await killAfter(place, 250 + random() * 1500);
  const disturbed = place.reprise('find', place.music, '--json');
  using other = createWorkplace();
  const undisturbed = other.reprise('find', place.music, '--json');
  expect(disturbed.status, disturbed.stderr).toBe(0);
  expect(JSON.parse(disturbed.stdout)).toEqual(JSON.parse(undisturbed.stdout));
  expect(JSON.parse(disturbed.stdout).groups).toHaveLength(4);
});
