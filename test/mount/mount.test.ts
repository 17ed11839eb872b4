/** A mounted store beside the other commands, and at the hands of people who mount it in odd ways. */
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeMounted, mountStore, reprise } from '../support/mounted-store.ts';
import { PRODUCT } from '../support/product.ts';
import { loadSystemCalls } from '../support/tree-model/system-calls.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);
const LIMIT = { timeout: 90_000 };
const SONG = Buffer.from(Uint32Array.from({ length: 50_000 }, (_, n) => Math.imul(n + 1, 0x9e3779b1)).buffer);

/** What takes so long to copy that a signal comes meanwhile. */
const LONG_BYTES = 256 << 20;
/** A program that handles a signal every few milliseconds, as one with a timer does. Python tries a truncation once. */
const CUT_AMID_SIGNALS = `
import os, signal, sys
heard = 0
def hear(*_):
    global heard
    heard += 1
signal.signal(signal.SIGALRM, hear)
signal.setitimer(signal.ITIMER_REAL, .005, .005)
os.truncate(sys.argv[1], ${LONG_BYTES} - 1)
signal.setitimer(signal.ITIMER_REAL, 0)
assert heard > 0
`;

const HOLD_TABLES = `
import sqlite3, sys
tables = sqlite3.connect(sys.argv[1], isolation_level=None)
tables.execute('begin immediate')
print('held', flush=True)
sys.stdin.read()
`;
const LOOK_AT_TABLES = `
import sqlite3, sys
tables = sqlite3.connect(sys.argv[1])
assert tables.execute('select count(*) from nodes').fetchone()[0] > 0
tables.close()
`;

let home = '';
beforeEach(() => {
  home = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-mount-test-')));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function mountTypeAt(folder: string): string | undefined {
  const line = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .find((text) => text.split(' ')[1] === folder);
  return line?.split(' ')[2];
}

describeMounted('a mounted store', () => {
  const calls = loadSystemCalls();
  const fact = (file: string, name: string): string => calls.getAttribute(file, `user.reprise.${name}`).toString();

  it('shares what was written to it, and tells what that saves', LIMIT, async () => {
    await using mounted = await mountStore({ options: ['quiet=0.2'] });
    const [one, two] = ['one.mp3', 'two.mp3'].map((name) => path.join(mounted.folder, name)) as [string, string];
    writeFileSync(one, SONG);
    expect(fact(one, 'state')).toBe('raw');
    await until(() => fact(one, 'state') === 'shared');
    // As recorders do.
    writeFileSync(`${two}.tmp`, SONG);
    renameSync(`${two}.tmp`, two);
    await until(() => fact(two, 'state') === 'shared');
    expect([readFileSync(one).equals(SONG), readFileSync(two).equals(SONG)]).toEqual([true, true]);
    expect([fact(one, 'logical_bytes'), fact(one, 'stored_bytes')]).toEqual([`${SONG.length}`, `${SONG.length}`]);
    expect(fact(one, 'content_hash')).toBe(fact(two, 'content_hash'));
    expect(calls.listAttributes(one)).toEqual([]);
    expect(() => calls.setAttribute(one, 'user.reprise.state', Buffer.from('raw'), undefined)).toThrow(/EPERM/);
    expect(() => calls.getAttribute(one, 'user.reprise.colour')).toThrow(/ENODATA/);
    // Written to again, it is as it was written, and shared once more.
    appendFileSync(one, 'and more');
    expect(readFileSync(one).equals(Buffer.concat([SONG, Buffer.from('and more')]))).toBe(true);
    await until(() => fact(one, 'state') === 'shared');
    expect(readFileSync(one).equals(Buffer.concat([SONG, Buffer.from('and more')]))).toBe(true);
    // Figures of all of it are looked up now and then.
    await until(() => Number(fact(mounted.folder, 'saved_bytes')) > 0.9 * SONG.length);
    expect(Number(fact(mounted.folder, 'logical_bytes'))).toBe(2 * SONG.length + 8);
    const { blocks, bfree, bsize } = statfsSync(mounted.folder);
    expect((blocks - bfree) * bsize).toBeGreaterThanOrEqual(2 * SONG.length - 2 * bsize);
    await mounted.unmount();
    expect(reprise('store', 'verify', '--read-data', mounted.store)).toMatchObject({ status: 0 });
  });

  it('bears signals as a disk does, and is given up by who is killed', LIMIT, async () => {
    await using mounted = await mountStore({ options: ['quiet=0.1'] });
    const [signalled, killed] = ['signalled', 'killed'].map((name) => path.join(mounted.folder, name)) as [
      string,
      string,
    ];
    for (const file of [signalled, killed]) {
      writeFileSync(file, 'abc');
      truncateSync(file, LONG_BYTES);
    }
    for (const file of [signalled, killed]) await until(() => fact(file, 'state') === 'shared');
    // Both get bytes of their own before they are cut, which takes a while.
    execFileSync('python3', ['-c', CUT_AMID_SIGNALS, signalled]);
    expect([statSync(signalled).size, fact(signalled, 'state')]).toEqual([LONG_BYTES - 1, 'raw']);
    const rawFiles = (): number => readdirSync(path.join(mounted.store, 'raw')).length;
    const before = rawFiles();
    const writer = spawn('python3', ['-c', 'import os, sys; os.truncate(sys.argv[1], 5)', killed], { stdio: 'ignore' });
    const ended = once(writer, 'exit');
    await until(() => rawFiles() > before);
    writer.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect([statSync(killed).size, fact(killed, 'state')]).toEqual([LONG_BYTES, 'shared']);
  });

  it('keeps what is written while other programs look at its tables', LIMIT, async () => {
    await using mounted = await mountStore();
    writeFileSync(path.join(mounted.folder, 'before'), 'abc');
    const tables = path.join(mounted.store, 'meta.db');
    // A SQLite that closes a database nobody else seems to have open takes its log away.
    execFileSync('python3', ['-c', LOOK_AT_TABLES, tables]);
    const after = openSync(path.join(mounted.folder, 'after'), 'w');
    writeSync(after, 'abc');
    fsyncSync(after);
    closeSync(after);
    for (const pid of [mounted.supervisor.pid as number, mounted.serverPid()]) process.kill(pid, 'SIGKILL');
    await mounted.ended;
    expect(reprise('store', 'ls', mounted.store).stdout).toContain('after');
    expect(reprise('store', 'verify', '--read-data', mounted.store)).toMatchObject({ status: 0 });
  });

  it('is read from and written to while another program has the tables for itself', LIMIT, async () => {
    await using mounted = await mountStore();
    const song = path.join(mounted.folder, 'song');
    writeFileSync(song, SONG);
    const recording = openSync(path.join(mounted.folder, 'recording'), 'w');
    writeSync(recording, 'abc');
    using holder = spawn('python3', ['-c', HOLD_TABLES, path.join(mounted.store, 'meta.db')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    let isMade = false;
    const making = run('mkdir', [path.join(mounted.folder, 'folder')]).then(() => {
      isMade = true;
    });
    await sleep(500);
    expect(readFileSync(song).equals(SONG)).toBe(true);
    writeSync(recording, 'def');
    expect(statSync(path.join(mounted.folder, 'recording')).size).toBe(6);
    expect(isMade).toBe(false);
    holder.stdin.end();
    await making;
    closeSync(recording);
    expect(readdirSync(mounted.folder).toSorted()).toEqual(['folder', 'recording', 'song']);
  });

  it('shares a file whose rights change while it is read for that', LIMIT, async () => {
    await using mounted = await mountStore({ options: ['dedup_on=rename', 'quiet=0'] });
    const file = path.join(mounted.folder, 'song');
    writeFileSync(`${file}.part`, randomBytes(64 << 20));
    renameSync(`${file}.part`, file);
    for (let n = 0; n < 40; n++) {
      chmodSync(file, n % 2 === 0 ? 0o600 : 0o640);
      await sleep(25);
    }
    await until(() => fact(file, 'state') === 'shared');
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it('needs no room to make holes of holes', LIMIT, async () => {
    await using mounted = await mountStore();
    const file = path.join(mounted.folder, 'sparse');
    writeFileSync(file, SONG);
    truncateSync(file, LONG_BYTES);
    const open = openSync(file, 'r+');
    calls.punch(open, 4096, LONG_BYTES);
    closeSync(open);
    const [raw] = readdirSync(path.join(mounted.store, 'raw')) as [string];
    expect(statSync(path.join(mounted.store, 'raw', raw)).blocks * 512).toBeLessThan(2 << 20);
    const bytes = readFileSync(file);
    expect(bytes.length).toBe(LONG_BYTES);
    expect(bytes.subarray(0, 4096).equals(SONG.subarray(0, 4096))).toBe(true);
    expect(bytes.subarray(4096).every((byte) => byte === 0)).toBe(true);
  });

  it('goes on beside imports, looks and collections, and is repaired by nobody', LIMIT, async () => {
    await using mounted = await mountStore();
    mkdirSync(path.join(home, 'Radio'));
    writeFileSync(path.join(home, 'Radio/monday.mp3'), SONG);
    writeFileSync(path.join(mounted.folder, 'kept open'), 'abc');
    const open = openSync(path.join(mounted.folder, 'kept open'), 'r+');
    unlinkSync(path.join(mounted.folder, 'kept open'));
    const before = statSync(mounted.folder).nlink;
    expect(reprise('store', 'import', mounted.store, path.join(home, 'Radio'))).toMatchObject({ status: 0 });
    expect(readFileSync(path.join(mounted.folder, 'Radio/monday.mp3')).equals(SONG)).toBe(true);
    // So long the kernel remembers what it was told of a folder.
    await until(() => statSync(mounted.folder).nlink === before + 1);
    rmSync(path.join(mounted.folder, 'Radio'), { recursive: true });
    expect(reprise('store', 'gc', mounted.store)).toMatchObject({ status: 0 });
    expect(reprise('store', 'verify', '--read-data', mounted.store)).toMatchObject({ status: 0 });
    expect(readFileSync(open, 'utf8')).toBe('abc');
    closeSync(open);
    const repair = reprise('store', 'repair', mounted.store);
    expect([repair.status, repair.stderr]).toEqual([5, expect.stringContaining('is in use by another process')]);
    await until(() => readdirSync(path.join(mounted.store, 'raw')).length === 0);
  });

  it('counts what is being written', LIMIT, async () => {
    await using mounted = await mountStore();
    const open = openSync(path.join(mounted.folder, 'recording'), 'w');
    writeSync(open, SONG);
    expect(Number(fact(mounted.folder, 'logical_bytes'))).toBe(SONG.length);
    const looked = reprise('store', 'verify', mounted.store, '--json');
    expect(JSON.parse(looked.stdout), looked.stderr).toMatchObject({ files: 0, rawFiles: 1, hit: [] });
    closeSync(open);
  });

  it('gives a new file one time, also once the kernel has forgotten it', LIMIT, async () => {
    await using mounted = await mountStore();
    const file = path.join(mounted.folder, 'new');
    closeSync(openSync(file, 'w'));
    writeFileSync('/proc/sys/vm/drop_caches', '2');
    const { atimeNs, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    expect([mtimeNs, ctimeNs]).toEqual([atimeNs, atimeNs]);
  });

  it('is mounted once at a time', LIMIT, async () => {
    await using mounted = await mountStore();
    mkdirSync(path.join(home, 'other'));
    const again = reprise('store', 'mount', mounted.store, path.join(home, 'other'));
    expect([again.status, again.stderr]).toEqual([5, expect.stringContaining('is mounted already')]);
    const over = reprise('store', 'mount', mounted.store, mounted.folder);
    expect([over.status, over.stderr]).toEqual([5, expect.stringContaining('is mounted on')]);
    expect(existsSync(mounted.folder)).toBe(true);
  });

  it('can be mounted to be read alone', LIMIT, async () => {
    await using mounted = await mountStore({ options: ['ro'] });
    expect(() => writeFileSync(path.join(mounted.folder, 'a'), '')).toThrow(/EROFS/);
    expect(readdirSync(mounted.folder)).toEqual([]);
  });

  it('is taken away by Ctrl-C at once, and where it is used when nobody uses it any more', LIMIT, async () => {
    await using first = await mountStore();
    first.supervisor.kill('SIGINT');
    expect(await first.ended).toBe(0);
    expect(mountTypeAt(first.folder)).toBeUndefined();
    await using mounted = await mountStore();
    const open = openSync(path.join(mounted.folder, 'open'), 'w+');
    mounted.supervisor.kill('SIGTERM');
    await until(() => mountTypeAt(mounted.folder) === undefined);
    execFileSync('sleep', ['0.2']);
    appendFileSync(open, 'still written');
    closeSync(open);
    expect(await mounted.ended).toBe(0);
    expect(mounted.told()).toContain('is in use');
    const { stdout } = reprise('store', 'ls', '--json', mounted.store);
    expect(JSON.parse(stdout)).toMatchObject({ entries: [{ path: 'open', sizeBytes: 13 }] });
  });

  it('whose processes were killed is mended by mounting it again', LIMIT, async () => {
    await using mounted = await mountStore();
    writeFileSync(path.join(mounted.folder, 'a'), 'abc');
    const server = mounted.serverPid();
    mounted.supervisor.kill('SIGSTOP');
    process.kill(server, 'SIGKILL');
    mounted.supervisor.kill('SIGKILL');
    await mounted.ended;
    expect(() => readdirSync(mounted.folder)).toThrow(/ENOTCONN|ECONNABORTED/);
    const { store, folder } = mounted;
    // Also by another name.
    symlinkSync(folder, path.join(home, 'link'));
    await using again = await mountStore({ store, folder: path.join(home, 'link') });
    expect(readFileSync(path.join(folder, 'a'), 'utf8')).toBe('abc');
    expect(readFileSync(path.join(again.folder, 'a'), 'utf8')).toBe('abc');
  });

  it('leaves alone what was mounted in its place', LIMIT, async () => {
    await using mounted = await mountStore();
    const open = openSync(path.join(mounted.folder, 'open'), 'w+');
    const server = mounted.serverPid();
    mounted.supervisor.kill('SIGTERM');
    await until(() => mountTypeAt(mounted.folder) === undefined);
    execFileSync('mount', ['-t', 'tmpfs', 'none', mounted.folder]);
    mounted.supervisor.kill('SIGKILL');
    await until(() => !existsSync(`/proc/${server}`));
    expect(mountTypeAt(mounted.folder)).toBe('tmpfs');
    expect(() => writeSync(open, 'abc')).toThrow(/ENOTCONN|ECONNABORTED/);
    closeSync(open);
  });

  it(
    'of somebody else gives root no programs that run as root, no disks, and no files that links lead to',
    LIMIT,
    async () => {
      const store = path.join(home, 'store');
      reprise('store', 'init', store);
      chownSync(store, 65_534, 65_534);
      await using mounted = await mountStore({ store });
      const line = readFileSync('/proc/self/mounts', 'utf8')
        .split('\n')
        .find((text) => text.split(' ')[1] === mounted.folder);
      expect(line?.split(' ')[3]?.split(',')).toEqual(expect.arrayContaining(['nosuid', 'nodev']));
      const open = openSync(path.join(mounted.folder, 'open'), 'w+');
      writeSync(open, 'abc');
      const [raw] = readdirSync(path.join(store, 'raw')) as [string];
      rmSync(path.join(store, 'raw', raw));
      writeFileSync(path.join(home, 'secret'), 'secret');
      symlinkSync(path.join(home, 'secret'), path.join(store, 'raw', raw));
      expect(() => readFileSync(path.join(mounted.folder, 'open'))).toThrow(/EACCES/);
      expect(() => writeSync(open, 'def', 0)).toThrow(/EACCES/);
      closeSync(open);
      expect(readFileSync(path.join(home, 'secret'), 'utf8')).toBe('secret');
    },
  );

  it('ends when its supervisor does', LIMIT, async () => {
    await using mounted = await mountStore();
    const server = mounted.serverPid();
    mounted.supervisor.kill('SIGKILL');
    await until(() => !existsSync(`/proc/${server}`));
    expect(mountTypeAt(mounted.folder)).toBeUndefined();
  });
});

describeMounted('who mounts a store', () => {
  function mount(...args: readonly string[]): [number | null, string] {
    const { status, stderr } = reprise('store', 'mount', ...args);
    return [status, stderr];
  }

  it('is told what is wrong, and nothing is left mounted', LIMIT, () => {
    const [store, folder, file] = ['store', 'folder', 'file'].map((name) => path.join(home, name)) as [
      string,
      string,
      string,
    ];
    reprise('store', 'init', store);
    mkdirSync(folder);
    writeFileSync(file, '');
    symlinkSync(store, path.join(home, 'link'));
    expect(mount(store)).toEqual([2, expect.stringContaining('needs more')]);
    expect(mount(store, folder, '-o', 'fast')).toEqual([2, expect.stringContaining('"fast" is no option of a mount')]);
    expect(mount(folder, home)).toEqual([4, expect.stringContaining('is no recording store')]);
    expect(mount(store, path.join(home, 'missing'))).toEqual([4, expect.stringContaining('mkdir -p')]);
    expect(mount(store, file)).toEqual([5, expect.stringContaining('is no folder')]);
    symlinkSync('round', path.join(home, 'round'));
    expect(mount(store, path.join(home, 'round'))).toEqual([5, expect.stringContaining('cannot be looked at (ELOOP)')]);
    expect(mount(store, home)).toEqual([5, expect.stringContaining('lie in each other')]);
    expect(mount(store, path.join(home, 'link/raw'))).toEqual([5, expect.stringContaining('lie in each other')]);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(home);
  });

  it('gets the command back when it is mounted, also by a relative path', LIMIT, async () => {
    reprise('store', 'init', path.join(home, 'store'));
    mkdirSync(path.join(home, 'with a blank'));
    const { status, stdout } = spawnSync(
      process.execPath,
      [...PRODUCT, 'store', 'mount', '--json', 'store', 'with a blank'],
      {
        cwd: home,
        encoding: 'utf8',
      },
    );
    const folder = path.join(home, 'with a blank');
    expect([status, JSON.parse(stdout)]).toEqual([0, { v: 1, store: path.join(home, 'store'), folder }]);
    writeFileSync(path.join(folder, 'a'), 'abc');
    execFileSync('umount', [folder]);
    await until(() => reprise('store', 'cat', path.join(home, 'store'), 'a').stdout === 'abc');
  });
});
