import { execFileSync, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SoundWorkers } from '#catalogue';
import { type BytePath, pathFromBytes } from '#kernel';
import { createSoundWorkers, type SoundWorkerOptions } from '../../src/adapters/workers/index.ts';

const entry = path.resolve('test/support/misbehaving-worker.ts');
const named = (name: string): BytePath => pathFromBytes(Buffer.from(name));

function workers(options: Partial<SoundWorkerOptions> = {}): SoundWorkers {
  const limits = { secondsPerFile: 2, memoryBytes: 300 * 2 ** 20, filesPerChild: 100, width: 2 };
  return createSoundWorkers({ ...limits, entry, producer: 'test', ...options });
}

describe('workers whose decoder misbehaves', () => {
  let pool: SoundWorkers;
  beforeAll(() => {
    pool = workers();
  });
  afterAll(() => pool[Symbol.asyncDispose]());

  it.each([
    ['crash', 'decode/crashed'],
    ['hang', 'decode/timeout'],
    ['memory', 'decode/memory'],
  ])('a %s costs that file and says so', async (name, code) => {
    const [bad, good] = await Promise.all([name, 'good'].map((each) => pool.analyse(named(each), { known: [] })));
    expect(bad).toMatchObject({
      kind: 'new',
      content: { contentHash: `sha256:${name}`, sizeBytes: 7, sound: null, tags: null, failure: { code } },
    });
    expect(good?.kind).toBe('known');
  });

  it('hands on errors and bugs as what they are', async () => {
    await expect(pool.analyse(named('missing'), { known: [] })).rejects.toMatchObject({ code: 'files/missing' });
    await expect(pool.analyse(named('bug'), { known: [] })).rejects.toThrow('a bug');
  });

  it('stops a file in hand and one in line when the run is cancelled', async () => {
    await using narrow = workers({ width: 1, secondsPerFile: 60 });
    const controller = new AbortController();
    const options = { known: [], signal: controller.signal };
    const both = [narrow.analyse(named('hang'), options), narrow.analyse(named('good'), options)];
    const settled = Promise.allSettled(both);
    await wait(500);
    controller.abort();
    for (const result of await settled) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'run/cancelled' } });
    }
    expect((await narrow.analyse(named('good'), { known: [] })).kind).toBe('known');
  });

  it('replaces a child after its share of files', async () => {
    await using narrow = workers({ width: 1, filesPerChild: 2 });
    const pids: string[] = [];
    for (let i = 0; i < 4; i++) {
      const analysis = await narrow.analyse(named('good'), { known: [] });
      if (analysis.kind === 'known') pids.push(analysis.contentHash);
    }
    expect(pids[0]).toBe(pids[1]);
    expect(pids[2]).toBe(pids[3]);
    expect(pids[1]).not.toBe(pids[2]);
  });

  it('blames the installation, not the file, for a worker that does not start', async () => {
    await using broken = workers({ entry: path.resolve('test/support/there-is-no-such-worker.ts') });
    await expect(broken.analyse(named('good'), { known: [] })).rejects.toMatchObject({ code: 'workers/not-started' });
  });

  it('blames the installation, not the file, for a worker that never gets ready', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'reprise-worker-'));
    const stuck = path.join(folder, 'stuck.mjs');
    writeFileSync(stuck, 'for (;;);');
    await using broken = workers({ entry: stuck, secondsPerFile: 1 });
    await expect(broken.analyse(named('good'), { known: [] })).rejects.toMatchObject({ code: 'workers/not-started' });
    rmSync(folder, { recursive: true });
  });

  it('blames the system when it starts no process, for each file again', async () => {
    const { execPath } = process;
    process.execPath = '/there/is/no/such/node';
    try {
      await using refused = workers({ width: 1 });
      for (const names of [['good', 'other', 'third'], ['good']]) {
        const results = await Promise.allSettled(names.map((name) => refused.analyse(named(name), { known: [] })));
        for (const result of results) {
          expect(result).toMatchObject({
            status: 'rejected',
            reason: { code: 'workers/not-started', kind: 'unavailable', message: expect.stringContaining('ENOENT') },
          });
        }
      }
    } finally {
      process.execPath = execPath;
    }
  });

  it('blames the system when it opens no more files, and ends', () => {
    const script = `
      const { createSoundWorkers } = await import('./src/adapters/workers/index.ts');
      const { openSync } = await import('node:fs');
      const workers = createSoundWorkers({ width: 2, secondsPerFile: 60, memoryBytes: 3e8, filesPerChild: 9, entry: ${JSON.stringify(entry)}, producer: 'test' });
      try { for (;;) openSync('/dev/null'); } catch {}
      const results = await Promise.allSettled(['a', 'b', 'c'].map((path) => workers.analyse(path, { known: [] })));
      await workers[Symbol.asyncDispose]();
      console.log(results.map(({ reason }) => reason.code + ' ' + /E[A-Z]+/.exec(reason.message)).join());`;
    const { stdout, status } = spawnSync(
      'bash',
      ['-c', 'ulimit -n 64; exec "$0" --conditions=source --input-type=module -e "$1"', process.execPath, script],
      { encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' },
    );
    expect([stdout.trim(), status]).toEqual([Array(3).fill('workers/not-started EMFILE').join(), 0]);
  }, 30_000);

  it('leaves no child behind when the parent is killed', async () => {
    const script = `
      const { createSoundWorkers } = await import('./src/adapters/workers/index.ts');
      const workers = createSoundWorkers({ width: 1, secondsPerFile: 60, memoryBytes: 3e8, filesPerChild: 9, entry: ${JSON.stringify(entry)}, producer: 'test' });
      const { contentHash } = await workers.analyse('good', { known: [] });
      process.send(contentHash);
      setInterval(() => {}, 1000);`;
    const execArgv = [
      '--conditions=source',
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '-e',
      script,
    ];
    const parent = fork('unused', [], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [pid] = (await once(parent, 'message')) as [string];
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false);
  });
});

function isRunning(pid: string): boolean {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', pid]).toString().startsWith('Z');
  } catch {
    // ps found no such process.
    return false;
  }
}
