/** What becomes of the product when the process that launched it is told to stop, or is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkplace, PRODUCT, type Workplace } from '../support/product.ts';
import { writeWav } from '../support/wav.ts';

const root = path.resolve(import.meta.dirname, '../..');
const isBuilt = existsSync(path.join(root, 'dist/program/cli.js'));
const carried = path.join(root, `node_modules/node-${process.platform}-${process.arch}`);

/** Hours of silence that take no room on the disk, so that a scan is not over before the test is. */
function fillWithSilence(folder: string): void {
  const bytes = 2 ** 30;
  for (let at = 0; at < 12; at += 1) {
    const file = path.join(folder, `${at}.wav`);
    writeWav(file, new Int16Array(8).fill(at));
    const head = readFileSync(file);
    head.writeUInt32LE(bytes - 8, 4);
    head.writeUInt32LE(bytes - 44, 40);
    writeFileSync(file, head);
    truncateSync(file, bytes);
  }
}

describe('a launcher', () => {
  let place: Workplace;
  let launched: ChildProcess | undefined;
  beforeEach(() => {
    place = createWorkplace();
    fillWithSilence(place.music);
  });
  afterEach(() => {
    launched?.kill('SIGKILL');
    place[Symbol.dispose]();
  });

  const start = (program: string, args: readonly string[]): { launcher: ChildProcess; told: Promise<string> } => {
    const launcher = spawn(program, [...args, 'scan', place.music, '--data', place.data], {
      env: place.environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    launched = launcher;
    return { launcher, told: text(launcher.stderr as NonNullable<typeof launcher.stderr>) };
  };
  const scanning = (): Promise<void> =>
    expect.poll(() => existsSync(path.join(place.data, 'catalogue.sqlite')), { timeout: 20_000 }).toBe(true);

  it('that is killed takes the product along, in good order', async () => {
    const script = 'REPRISE_LAUNCHER=$$ "$@"; true';
    const { launcher, told } = start('bash', ['-c', script, 'bash', process.execPath, ...PRODUCT]);
    await scanning();
    launcher.kill('SIGKILL');
    // Whole once nobody holds the stream any more, the product included.
    expect(await told).toContain('Stopping; what is done is kept.');
  });

  it.skipIf(!isBuilt || !existsSync(carried))(
    'passes Ctrl-C on, on a terminal too (skipped without a build or the carried Node)',
    async () => {
      const pretence = path.join(place.data, '../old-node-on-a-terminal.cjs');
      writeFileSync(
        pretence,
        `Object.defineProperty(process.versions, 'node', { value: '20.0.0' });
         Object.defineProperty(process, 'stdin', { value: { isTTY: true } });`,
      );
      const { launcher, told } = start(process.execPath, ['--require', pretence, path.join(root, 'bin/reprise.js')]);
      const ended = once(launcher, 'exit');
      await scanning();
      launcher.kill('SIGINT');
      expect(await ended).toEqual([130, null]);
      expect(await told).toContain('Stopping; what is done is kept.');
    },
  );
});
