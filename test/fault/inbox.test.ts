/** An inbox in a process of its own: killed at any moment, and without room for watches. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = path.join(import.meta.dirname, '../support/inbox-process.ts');
const FILES = process.env['REPRISE_LONG'] ? 2_000 : 300;

let home: string;
let root: string;
let judged: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), 'reprise-inbox-')));
  root = path.join(home, 'inbox');
  judged = path.join(home, 'judged');
  fs.mkdirSync(root);
});
afterEach(async () => {
  await end('SIGKILL');
  fs.rmSync(home, { recursive: true, force: true });
});

let told = '';
function run(command: string, argv: readonly string[]): void {
  told = '';
  child = spawn(command, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout?.on('data', (chunk) => {
    told += chunk;
  });
}

async function end(signal: NodeJS.Signals): Promise<void> {
  const running = child;
  child = undefined;
  if (!running || running.exitCode !== null || running.signalCode !== null) return;
  const closed = new Promise((resolve) => running.once('close', resolve));
  running.kill(signal);
  await closed;
}

async function until(claim: () => boolean): Promise<void> {
  for (const last = Date.now() + 40_000; !claim() && Date.now() < last; ) await sleep(20);
  expect(claim()).toBe(true);
}

const WAYS_OF_ARRIVING: readonly ((file: string) => void)[] = [
  (file) => fs.writeFileSync(file, file),
  (file) => {
    fs.writeFileSync(`${file}.part`, file);
    fs.renameSync(`${file}.part`, file);
  },
  (file) => {
    fs.writeFileSync(path.join(home, 'aside'), file);
    fs.renameSync(path.join(home, 'aside'), file);
  },
];

function linesOf(file: string): string[] {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

describe('an inbox whose process is killed', () => {
  it('has every file handed over once when it has come back often enough', async () => {
    const names = Array.from({ length: FILES }, (_, n) => `${n % 7}/${n}.mp3`);
    const arriving = (async () => {
      for (const [n, name] of names.entries()) {
        const file = path.join(root, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        WAYS_OF_ARRIVING[n % WAYS_OF_ARRIVING.length]?.(file);
        await sleep(20);
      }
    })();
    for (let life = 0; life < 6; life++) {
      run(process.execPath, ['--conditions=source', SCRIPT, root, judged]);
      await sleep(600 + Math.random() * 600);
      await end('SIGKILL');
    }
    await arriving;
    run(process.execPath, ['--conditions=source', SCRIPT, root, judged]);
    await until(() => linesOf(judged).length >= names.length);
    await sleep(1_000);
    await end('SIGTERM');
    const paths = linesOf(judged).map((line) => line.slice(line.indexOf(' ') + 1));
    expect(paths.sort()).toEqual(names.map((name) => path.join(root, name)).sort());
  });
});

/** Runs a command where five folders can be watched. */
const LIMITED = [
  '--user',
  '--map-root-user',
  'sh',
  '-c',
  'echo 5 > /proc/sys/user/max_inotify_watches && exec "$@"',
  '-',
];
const canLimit = spawnSync('unshare', [...LIMITED, 'true']).status === 0;

describe.skipIf(!canLimit)(
  `an inbox with more folders than can be watched${canLimit ? '' : ' [SKIPPED: no user namespaces]'}`,
  () => {
    const argv = () => [...LIMITED, process.execPath, '--conditions=source', SCRIPT, root, judged, '0.3'];

    it('is polled, and says once what to do', async () => {
      for (let n = 0; n < 10; n++) fs.mkdirSync(path.join(root, `${n}`));
      run('unshare', argv());
      fs.writeFileSync(path.join(root, '9/a.mp3'), 'a');
      await until(() => told.includes('9/a.mp3'));
      fs.writeFileSync(path.join(root, '8/b.mp3'), 'b');
      await until(() => told.includes('8/b.mp3'));
      const troubles = told.split('\n').filter((line) => line.startsWith('!'));
      expect(troubles).toHaveLength(1);
      expect(troubles[0]).toMatch(/^!inbox\/unwatchable .*fs\.inotify\.max_user_watches/);
    });

    it('is polled from when a folder comes that cannot be watched any more', async () => {
      run('unshare', argv());
      fs.writeFileSync(path.join(root, 'a.mp3'), 'a');
      await until(() => told.includes('a.mp3'));
      for (let n = 0; n < 10; n++) fs.mkdirSync(path.join(root, `${n}`));
      await sleep(1_000);
      fs.writeFileSync(path.join(root, '9/b.mp3'), 'b');
      await until(() => told.includes('9/b.mp3'));
    });
  },
);
