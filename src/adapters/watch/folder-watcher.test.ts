import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FolderWatch } from '#gate';
import { type BytePath, pathFromBytes } from '#kernel';
import { createFolderWatcher } from './index.ts';

let root: string;
let watch: FolderWatch;
let changes: Set<BytePath>;
let overflows: number;
const watcher = createFolderWatcher();
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), 'reprise-watch-')));
  changes = new Set();
  overflows = 0;
  watch = watcher.watch({
    onChange: (changed) => changes.add(changed),
    onOverflow: () => overflows++,
    onTrouble: (error) => expect.fail(error.message),
  });
});
afterEach(() => {
  watch[Symbol.dispose]();
  fs.rmSync(root, { recursive: true, force: true });
});

const at = (name: string): BytePath => path.join(root, name) as BytePath;

async function until(claim: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !claim() && Date.now() < end; ) await sleep(20);
  expect(claim()).toBe(true);
}

describe('folders that are listened to', () => {
  it('tell of what lies directly in them, by its bytes', async () => {
    fs.mkdirSync(at('deep'));
    watch.listen(root as BytePath);
    const unspellable = Buffer.concat([Buffer.from(`${root}/`), Buffer.of(0xe9)]);
    fs.writeFileSync(at('deep/a'), '');
    fs.writeFileSync(unspellable, '');
    fs.mkdirSync(at('b'));
    await until(() => changes.size === 2);
    expect([...changes]).toEqual([pathFromBytes(unspellable), at('b')]);
  });

  it('are those that lie there when they are listened to anew, with nothing missed between', async () => {
    fs.mkdirSync(at('a'));
    watch.listen(at('a'));
    fs.writeFileSync(at('a/before'), '');
    watch.listen(at('a'));
    await until(() => changes.has(at('a/before')));
    fs.renameSync(at('a'), at('b'));
    fs.mkdirSync(at('a'));
    watch.listen(at('a'));
    fs.writeFileSync(at('b/elsewhere'), '');
    fs.writeFileSync(at('a/after'), '');
    await until(() => changes.has(at('a/after')));
    expect(changes).not.toContain(at('a/elsewhere'));
  });

  it('may not be there, and may have gone', async () => {
    watch.listen(at('a'));
    fs.mkdirSync(at('b/c'), { recursive: true });
    for (const folder of ['b', 'b/c', '']) watch.listen(at(folder));
    watch.leave(at('b'));
    fs.writeFileSync(at('b/c/d'), '');
    fs.writeFileSync(at('b/e'), '');
    fs.writeFileSync(at('f'), '');
    await until(() => changes.has(at('f')));
    expect([...changes]).toEqual([at('f')]);
  });

  it('say so when more has changed at once than the system could remember', async () => {
    const room = Number(fs.readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
    watch.listen(root as BytePath);
    fs.writeFileSync(at('one'), '');
    await until(() => changes.size === 1);
    expect(overflows).toBe(0);
    // Nothing is heard while this process waits for the other one.
    execFileSync('sh', ['-c', `seq ${room + 100} | xargs touch`], { cwd: root });
    fs.mkdirSync(at('unheard'));
    await until(() => overflows === 1);
    expect(changes.has(at('unheard'))).toBe(false);
  });
});
