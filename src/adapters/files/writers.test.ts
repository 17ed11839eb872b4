import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { openForWriting } from './writers.ts';

let home: string;
let file: BytePath;
beforeEach(() => {
  home = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-writers-')));
  file = path.join(home, 'a') as BytePath;
  writeFileSync(file, 'a');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe.skipIf(process.platform !== 'linux').each([
  { how: 'by a lease', ask: () => openForWriting([file]) },
  { how: 'by the open files of processes', ask: () => openForWriting([file], () => undefined) },
])('who writes, $how', ({ ask }) => {
  it.each(['a', 'r+', 'w'])('is known while the file is open with %s', (flags) => {
    const fd = openSync(file, flags);
    expect([...ask()]).toEqual([file]);
    closeSync(fd);
    expect([...ask()]).toEqual([]);
  });

  it('is known of another process', async () => {
    const writer = spawn('sh', ['-c', `exec 3>>"$0"; echo open; read line`, file], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => writer.stdout.once('data', resolve));
    expect([...ask()]).toEqual([file]);
    const ended = new Promise((resolve) => writer.once('close', resolve));
    writer.stdin.end('\n');
    await ended;
    expect([...ask()]).toEqual([]);
  });

  it('is nobody who only reads', () => {
    const fd = openSync(file, 'r');
    expect([...ask()]).toEqual([]);
    closeSync(fd);
  });

  it('is nobody where the file has gone', () => {
    rmSync(file);
    expect([...ask()]).toEqual([]);
  });
});

describe.skipIf(process.platform !== 'linux')('asking for a lease', () => {
  it('does not end the process when somebody opens the file for writing meanwhile', async () => {
    const script = 'for i in $(seq 4000); do : >> "$0"; done';
    const writer = spawn('sh', ['-c', script, file], { stdio: 'ignore' });
    const ended = new Promise((resolve) => writer.once('close', resolve));
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    while (!isOver) {
      for (let n = 0; n < 500; n++) openForWriting([file]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ended).toBe(0);
  });
});
