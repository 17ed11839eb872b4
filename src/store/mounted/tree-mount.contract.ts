/** What every way to mount a store must give to programs, looked at through real system calls. */
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { reprise } from '../../../test/support/mounted-store.ts';
import { loadSystemCalls } from '../../../test/support/tree-model/system-calls.ts';
import { until } from '../../../test/support/until.ts';

export interface MountPlace {
  /** Made where there is none. */
  readonly store: string;
  /** An empty folder. */
  readonly folder: string;
}

export interface Mounted {
  readonly folder: string;
  /** As `umount` does. Ends when nothing of it is left. */
  unmount(): Promise<void>;
}

export interface MountWay {
  readonly title: string;
  /** `describe`, skipped with the reason in its title where nothing can be mounted in this way. */
  readonly describe: (title: string, tests: () => void) => void;
  /** Files are shared some tenths of a second after they were closed. */
  readonly mount: (place: MountPlace) => Promise<Mounted>;
  /** Names that are not UTF-8: taken as they are, or refused, and shown with `%E9` for a byte. */
  readonly foreignNames: 'taken' | 'refused';
  /** Do all names of a file have the same number? */
  readonly tellsLinks: boolean;
}

const LIMIT = { timeout: 120_000 };
const MANY = 1000;
const LARGE_BYTES = 24 << 20;
const MOST_SMALL_BYTES = 20_000;
const FOREIGN = Buffer.from('caf\xe9', 'latin1');
const hasPython = spawnSync('python3', ['--version']).status === 0;

/** Puts what is written into a mapped file, and says what stands there. */
const MAP = `
import mmap, sys
with open(sys.argv[1], 'r+b') as f:
    with mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as m: head = m[:3] + m[-3:]
    with mmap.mmap(f.fileno(), 0) as m:
        m[4090:4100] = b'0123456789'
        m[-1:] = b'!'
        m.flush()
    with open(sys.argv[1], 'rb') as g: g.seek(4088); middle = g.read(14)
sys.stdout.buffer.write(head + middle)
`;

export function describeTreeMount(way: MountWay): void {
  way.describe(`a store mounted ${way.title}`, () => {
    let home = '';
    let place: MountPlace;
    let mounted: Mounted;
    let folder = '';
    let tests = 0;
    const calls = loadSystemCalls();
    const at = (name: string): string => path.join(folder, name);
    const fact = (file: string, name: string): string => calls.getAttribute(file, `user.reprise.${name}`).toString();

    beforeAll(async () => {
      home = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-tree-mount-')));
      place = { store: path.join(home, 'store'), folder: path.join(home, 'mounted') };
      mkdirSync(place.folder);
      mounted = await way.mount(place);
    });
    beforeEach(() => {
      folder = path.join(place.folder, `test ${++tests}`);
      mkdirSync(folder);
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));
    afterAll(async () => {
      await mounted?.unmount();
      rmSync(home, { recursive: true, force: true });
    });

    it('keeps any names that can be written', LIMIT, () => {
      const names = [
        ...[
          'a',
          'A',
          ' ',
          '. .',
          '..a',
          '-rf',
          'a\nb',
          "it's",
          '"',
          '\\',
          '%41',
          '%E9',
          'ä',
          'a\u0308',
          '\ue000',
          '🎵',
        ],
        ...['n'.repeat(255), 'é'.repeat(127)],
      ];
      for (const name of names) writeFileSync(at(name), name);
      expect(readdirSync(folder).sort()).toEqual([...names].sort());
      for (const name of names) expect(readFileSync(at(name), 'utf8')).toBe(name);
      mkdirSync(at('deep/er/and/deeper'), { recursive: true });
      for (const name of names) renameSync(at(name), at(`deep/er/and/deeper/${name}`));
      expect(readdirSync(at('deep/er/and/deeper')).sort()).toEqual([...names].sort());
    });

    it(`names that are not UTF-8 are ${way.foreignNames}`, LIMIT, () => {
      const bytes = (name: Buffer): Buffer => Buffer.concat([Buffer.from(`${folder}/`), name]);
      const other = Buffer.from('caf\xe8', 'latin1');
      if (way.foreignNames === 'taken') {
        writeFileSync(bytes(FOREIGN), 'one');
        writeFileSync(bytes(other), 'other');
        expect(readdirSync(folder, { encoding: 'buffer' }).toSorted(Buffer.compare)).toEqual([other, FOREIGN]);
        expect(readFileSync(bytes(FOREIGN), 'utf8')).toBe('one');
        return;
      }
      writeFileSync(at('caf\ue0e9'), 'safe');
      for (const name of [FOREIGN, other]) expect(() => writeFileSync(bytes(name), '')).toThrow(/EILSEQ/);
      expect(() => mkdirSync(bytes(FOREIGN))).toThrow(/EILSEQ/);
      expect(() => renameSync(at('caf\ue0e9'), bytes(FOREIGN))).toThrow(/EILSEQ/);
      expect(readdirSync(folder)).toEqual(['caf\ue0e9']);
    });

    it('shows what was imported beside it, whatever its names are', LIMIT, () => {
      const source = path.join(home, `Radio ${tests}`);
      mkdirSync(source);
      const lost = 'a \ufffd';
      writeFileSync(Buffer.concat([Buffer.from(`${source}/`), FOREIGN]), 'foreign');
      writeFileSync(path.join(source, lost), 'lost');
      expect(reprise('store', 'import', place.store, source)).toMatchObject({ status: 0 });
      const seen = path.join(place.folder, path.basename(source));
      const names = readdirSync(seen, { encoding: 'buffer' }).toSorted(Buffer.compare);
      expect(names).toEqual(
        way.foreignNames === 'taken'
          ? [Buffer.from(lost), FOREIGN]
          : [Buffer.from('a %EF%BF%BD'), Buffer.from('caf%E9')],
      );
      const files = names.map((name) => Buffer.concat([Buffer.from(`${seen}/`), name]));
      expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(['lost', 'foreign']);
      for (const file of files) unlinkSync(file);
      rmdirSync(seen);
    });

    it('holds what was written, wherever that was', LIMIT, () => {
      const offset = fc.nat(MOST_SMALL_BYTES);
      const step = fc.oneof(
        fc.record({ kind: fc.constant('write' as const), offset, bytes: fc.uint8Array({ maxLength: 6000 }) }),
        fc.record({ kind: fc.constant('truncate' as const), offset }),
        fc.record({ kind: fc.constant('read' as const), offset, length: fc.nat(9000) }),
      );
      let files = 0;
      fc.assert(
        fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
          const file = at(`file ${++files}`);
          const descriptor = openSync(file, 'w+');
          let model = Buffer.alloc(0);
          for (const one of steps) {
            if (one.kind === 'write') {
              const longer = Buffer.alloc(one.bytes.length === 0 ? 0 : one.offset + one.bytes.length);
              model = Buffer.concat([model, longer.subarray(Math.min(model.length, longer.length))]);
              model.set(one.bytes, Math.min(one.offset, model.length));
              expect(writeSync(descriptor, one.bytes, 0, one.bytes.length, one.offset)).toBe(one.bytes.length);
            } else if (one.kind === 'truncate') {
              model = Buffer.concat([model.subarray(0, one.offset)], one.offset);
              ftruncateSync(descriptor, one.offset);
            } else {
              const into = Buffer.alloc(one.length);
              const length = readSync(descriptor, into, 0, one.length, one.offset);
              expect(into.subarray(0, length)).toEqual(model.subarray(one.offset, one.offset + one.length));
            }
          }
          closeSync(descriptor);
          expect(readFileSync(file).equals(model)).toBe(true);
          expect(statSync(file).size).toBe(model.length);
        }),
        { numRuns: 30 },
      );
    });

    it('holds large files, written by several at once', LIMIT, async () => {
      const names = ['one', 'two', 'three'];
      const sums = await Promise.all(
        names.map(async (name) => {
          await using file = await open(at(name), 'w');
          const hash = createHash('sha256');
          for (let written = 0; written < LARGE_BYTES; ) {
            const piece = randomBytes(1 + (written % 300_007) + 700_000);
            hash.update(piece);
            written += (await file.write(piece)).bytesWritten;
          }
          return hash.digest('hex');
        }),
      );
      const found = names.map((name) =>
        createHash('sha256')
          .update(readFileSync(at(name)))
          .digest('hex'),
      );
      expect(found).toEqual(sums);
    });

    it('makes files longer, shorter and empty', LIMIT, () => {
      writeFileSync(at('a'), 'abcdef');
      truncateSync(at('a'), 3);
      truncateSync(at('a'), 5);
      expect(readFileSync(at('a'))).toEqual(Buffer.from('abc\0\0'));
      appendFileSync(at('a'), 'xyz');
      expect(readFileSync(at('a'))).toEqual(Buffer.from('abc\0\0xyz'));
      closeSync(openSync(at('a'), 'w'));
      expect(statSync(at('a')).size).toBe(0);
      truncateSync(at('a'), 2 ** 33);
      expect(statSync(at('a')).size).toBe(2 ** 33);
      const descriptor = openSync(at('a'), 'r+');
      writeSync(descriptor, 'end', 2 ** 32);
      const into = Buffer.alloc(5);
      readSync(descriptor, into, 0, 5, 2 ** 32 - 1);
      closeSync(descriptor);
      expect(into).toEqual(Buffer.from('\0end\0'));
    });

    it('makes room where it is asked, and zeros', LIMIT, () => {
      const descriptor = openSync(at('a'), 'w+');
      writeSync(descriptor, 'abcdef');
      calls.allocate(descriptor, 0, 10, true);
      expect(fstatSync(descriptor).size).toBe(6);
      calls.allocate(descriptor, 0, 10, false);
      calls.punch(descriptor, 1, 2);
      closeSync(descriptor);
      expect(readFileSync(at('a'))).toEqual(Buffer.from('a\0\0def\0\0\0\0'));
    });

    it('puts one file in the place of another', LIMIT, () => {
      writeFileSync(at('old'), 'old');
      writeFileSync(at('new'), 'new');
      const opened = openSync(at('old'), 'r');
      renameSync(at('new'), at('old'));
      expect(readdirSync(folder)).toEqual(['old']);
      expect([readFileSync(at('old'), 'utf8'), readFileSync(opened, 'utf8')]).toEqual(['new', 'old']);
      expect(fstatSync(opened).nlink).toBe(0);
      closeSync(opened);
      expect(readFileSync(at('old'), 'utf8')).toBe('new');
    });

    it('renames as it is told to', LIMIT, () => {
      writeFileSync(at('a'), 'a');
      writeFileSync(at('b'), 'b');
      const opened = openSync(at('b'), 'r');
      expect(() => calls.rename(at('a'), at('b'), 'noReplace')).toThrow(/EEXIST/);
      calls.rename(at('a'), at('b'), 'exchange');
      expect([readFileSync(at('a'), 'utf8'), readFileSync(at('b'), 'utf8')]).toEqual(['b', 'a']);
      calls.rename(at('a'), at('c'), 'noReplace');
      expect(readFileSync(opened, 'utf8')).toBe('b');
      closeSync(opened);
      mkdirSync(at('folder/inner'), { recursive: true });
      renameSync(at('c'), at('folder/inner/c'));
      renameSync(at('folder'), at('moved'));
      expect(readFileSync(at('moved/inner/c'), 'utf8')).toBe('b');
      expect(statSync(at('moved')).nlink).toBe(3);
    });

    it('keeps a file that is open, though its name goes', LIMIT, () => {
      mkdirSync(at('folder'));
      const descriptor = openSync(at('folder/a'), 'w+');
      writeSync(descriptor, 'abcdef');
      unlinkSync(at('folder/a'));
      expect(readdirSync(at('folder'))).toEqual([]);
      expect(existsSync(at('folder/a'))).toBe(false);
      expect(fstatSync(descriptor)).toMatchObject({ nlink: 0, size: 6 });
      writeFileSync(at('folder/a'), 'another');
      writeSync(descriptor, 'XY', 4);
      ftruncateSync(descriptor, 8);
      const into = Buffer.alloc(10);
      expect(readSync(descriptor, into, 0, 10, 0)).toBe(8);
      expect(into.subarray(0, 8)).toEqual(Buffer.from('abcdXY\0\0'));
      renameSync(at('folder'), at('moved'));
      expect(fstatSync(descriptor)).toMatchObject({ nlink: 0, size: 8 });
      unlinkSync(at('moved/a'));
      rmdirSync(at('moved'));
      expect(readSync(descriptor, into, 0, 10, 0)).toBe(8);
      fsyncSync(descriptor);
      closeSync(descriptor);
    });

    it('gives a file several names', LIMIT, () => {
      writeFileSync(at('a'), 'abc');
      expect(readFileSync(at('a'), 'utf8')).toBe('abc');
      linkSync(at('a'), at('b'));
      expect([statSync(at('a')).nlink, statSync(at('b')).nlink]).toEqual([2, 2]);
      if (way.tellsLinks) expect(statSync(at('a')).ino).toBe(statSync(at('b')).ino);
      appendFileSync(at('b'), 'def');
      expect(readFileSync(at('a'), 'utf8')).toBe('abcdef');
      const opened = openSync(at('a'), 'r');
      unlinkSync(at('a'));
      expect([fstatSync(opened).nlink, statSync(at('b')).nlink]).toEqual([1, 1]);
      closeSync(opened);
      expect([statSync(at('b')).nlink, readFileSync(at('b'), 'utf8')]).toEqual([1, 'abcdef']);
      mkdirSync(at('folder'));
      expect(() => linkSync(at('folder'), at('c'))).toThrow(/EPERM/);
    });

    it('keeps symbolic links as they were made', LIMIT, () => {
      const targets = ['a', '../elsewhere', '/absolute', 'nowhere at all', 'é/'.repeat(500)];
      for (const [n, target] of targets.entries()) symlinkSync(target, at(`link ${n}`));
      for (const [n, target] of targets.entries()) {
        expect(readlinkSync(at(`link ${n}`))).toBe(target);
        expect(lstatSync(at(`link ${n}`))).toMatchObject({ size: Buffer.byteLength(target), nlink: 1 });
      }
      writeFileSync(at('a'), 'abc');
      expect(readFileSync(at('link 0'), 'utf8')).toBe('abc');
      unlinkSync(at('link 0'));
      expect(readFileSync(at('a'), 'utf8')).toBe('abc');
    });

    it('keeps modes, owners, and nodes that are no files', LIMIT, () => {
      writeFileSync(at('a'), '', { mode: 0o640 });
      const modeOf = (name: string): number => lstatSync(at(name)).mode;
      expect(modeOf('a') & 0o777).toBe(0o640 & ~process.umask());
      chmodSync(at('a'), 0o4751);
      chmodSync(folder, 0o1777);
      expect([modeOf('a'), modeOf('.')]).toEqual([0o104751, 0o041777]);
      chownSync(at('a'), 123, 456);
      expect(lstatSync(at('a'))).toMatchObject({ uid: 123, gid: 456 });
      calls.chown(at('a'), undefined, 789);
      expect(lstatSync(at('a'))).toMatchObject({ uid: 123, gid: 789, mode: 0o100751 });
      calls.mknod(at('pipe'), 0o010600, 0);
      calls.mknod(at('device'), 0o020600, (1 << 8) | 3);
      expect(lstatSync(at('pipe')).isFIFO()).toBe(true);
      expect(lstatSync(at('device'))).toMatchObject({ mode: 0o020600, rdev: (1 << 8) | 3 });
    });

    it('keeps times to the nanosecond', LIMIT, () => {
      writeFileSync(at('a'), '');
      const timesOf = (): bigint[] => {
        const { atimeNs, mtimeNs } = statSync(at('a'), { bigint: true });
        return [atimeNs, mtimeNs];
      };
      calls.utimes(at('a'), 1_234_567_890_123_456_789n, -1n);
      expect(timesOf()).toEqual([1_234_567_890_123_456_789n, -1n]);
      calls.utimes(at('a'), undefined, 4_000_000_000_000_000_001n);
      expect(timesOf()).toEqual([1_234_567_890_123_456_789n, 4_000_000_000_000_000_001n]);
      appendFileSync(at('a'), 'x');
      expect(timesOf()[1]).not.toBe(4_000_000_000_000_000_001n);
      const { ctimeNs } = statSync(at('a'), { bigint: true });
      chmodSync(at('a'), 0o600);
      expect(statSync(at('a'), { bigint: true }).ctimeNs > ctimeNs).toBe(true);
    });

    it.skipIf(!hasPython)(`maps files into memory${hasPython ? '' : ' [SKIPPED: python3 is missing]'}`, LIMIT, () => {
      const bytes = randomBytes(10_000);
      writeFileSync(at('a'), bytes);
      const { stdout, stderr, status } = spawnSync('python3', ['-c', MAP, at('a')]);
      expect([status, stderr.toString()]).toEqual([0, '']);
      bytes.write('0123456789', 4090, 'latin1');
      const ends = Buffer.concat([bytes.subarray(0, 3), stdout.subarray(3, 6)]);
      expect(stdout).toEqual(Buffer.concat([ends, bytes.subarray(4088, 4102)]));
      bytes.write('!', bytes.length - 1, 'latin1');
      expect(readFileSync(at('a')).equals(bytes)).toBe(true);
    });

    it('keeps extended attributes', LIMIT, () => {
      writeFileSync(at('a'), '');
      calls.setAttribute(at('a'), 'user.one', Buffer.from('1'), 'create');
      calls.setAttribute(at('a'), 'user.é', Buffer.from([0, 255]), undefined);
      expect(() => calls.setAttribute(at('a'), 'user.one', Buffer.from('2'), 'create')).toThrow(/EEXIST/);
      expect(() => calls.setAttribute(at('a'), 'user.two', Buffer.from('2'), 'replace')).toThrow(/ENODATA/);
      calls.setAttribute(at('a'), 'user.one', Buffer.alloc(4000, 7), 'replace');
      expect(calls.getAttribute(at('a'), 'user.one')).toEqual(Buffer.alloc(4000, 7));
      expect(calls.getAttribute(at('a'), 'user.é')).toEqual(Buffer.from([0, 255]));
      expect(calls.listAttributes(at('a')).length).toBe(2);
      calls.removeAttribute(at('a'), 'user.é');
      expect(calls.listAttributes(at('a'))).toEqual(['user.one']);
      expect(() => calls.getAttribute(at('a'), 'user.é')).toThrow(/ENODATA/);
      expect(() => calls.removeAttribute(at('a'), 'user.é')).toThrow(/ENODATA/);
      expect(() => calls.setAttribute(at('a'), 'other', Buffer.from('1'), undefined)).toThrow(/EOPNOTSUPP/);
    });

    it('lists a thousand names, each once', LIMIT, () => {
      const names = Array.from({ length: MANY }, (_, n) => `${n} of many, with a name of some length`);
      // Files would all be shared, one after the other, before those of other tests.
      for (const name of names) calls.mknod(at(name), 0o010644, 0);
      mkdirSync(at('folder'));
      symlinkSync('a', at('link'));
      const entries = readdirSync(folder, { withFileTypes: true });
      expect(entries.map(({ name }) => name).sort()).toEqual([...names, 'folder', 'link'].sort());
      expect(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)).toEqual(['folder']);
      expect(entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name)).toEqual(['link']);
      rmSync(folder, { recursive: true });
      expect(existsSync(folder)).toBe(false);
    });

    it('says how much room there is', LIMIT, () => {
      const before = statfsSync(folder);
      expect(before.bavail * before.bsize).toBeGreaterThan(LARGE_BYTES);
      expect(before.blocks).toBeGreaterThanOrEqual(before.bfree);
      expect(before.files).toBeGreaterThan(before.ffree);
    });

    it('says what is wrong as other file systems do', LIMIT, () => {
      writeFileSync(at('file'), 'abc');
      mkdirSync(at('folder'));
      writeFileSync(at('folder/a'), '');
      expect(() => readFileSync(at('missing'))).toThrow(/ENOENT/);
      expect(() => writeFileSync(at('missing/a'), '')).toThrow(/ENOENT/);
      expect(() => renameSync(at('missing'), at('a'))).toThrow(/ENOENT/);
      expect(() => mkdirSync(at('folder'))).toThrow(/EEXIST/);
      expect(() => openSync(at('file'), 'wx')).toThrow(/EEXIST/);
      expect(() => symlinkSync('a', at('file'))).toThrow(/EEXIST/);
      expect(() => rmdirSync(at('folder'))).toThrow(/ENOTEMPTY/);
      expect(() => renameSync(at('folder'), at('folder/b'))).toThrow(/EINVAL/);
      expect(() => rmdirSync(at('file'))).toThrow(/ENOTDIR/);
      expect(() => readFileSync(at('file/a'))).toThrow(/ENOTDIR/);
      expect(() => unlinkSync(at('folder'))).toThrow(/EISDIR/);
      expect(() => openSync(at('folder'), 'r+')).toThrow(/EISDIR/);
      expect(() => renameSync(at('file'), at('folder'))).toThrow(/EISDIR/);
      expect(() => renameSync(at('folder'), at('file'))).toThrow(/ENOTDIR/);
      expect(() => writeFileSync(at('n'.repeat(256)), '')).toThrow(/ENAMETOOLONG/);
      expect(() => mkdirSync(at('é'.repeat(128)))).toThrow(/ENAMETOOLONG/);
    });

    it('shares files meanwhile, which keep their bytes', LIMIT, async () => {
      const bytes = randomBytes(3_000_000);
      writeFileSync(at('one'), bytes);
      writeFileSync(at('two'), bytes);
      for (const name of ['one', 'two']) await until(() => fact(at(name), 'state') === 'shared');
      expect(fact(at('one'), 'content_hash')).toBe(fact(at('two'), 'content_hash'));
      expect(calls.listAttributes(at('one'))).toEqual([]);
      expect(() => calls.setAttribute(at('one'), 'user.reprise.state', Buffer.from('raw'), undefined)).toThrow(/EPERM/);
      expect(readFileSync(at('one')).equals(bytes)).toBe(true);
      const descriptor = openSync(at('two'), 'r+');
      writeSync(descriptor, 'changed', 1_234_567);
      expect(fact(at('two'), 'state')).toBe('raw');
      closeSync(descriptor);
      expect(readFileSync(at('one')).equals(bytes)).toBe(true);
      bytes.write('changed', 1_234_567);
      await until(() => fact(at('two'), 'state') === 'shared');
      expect(readFileSync(at('two')).equals(bytes)).toBe(true);
    });

    it('is found again as it was left, and is whole', LIMIT, async () => {
      writeFileSync(at('a'), 'abc', { mode: 0o600 });
      linkSync(at('a'), at('b'));
      symlinkSync('a', at('link'));
      calls.utimes(at('a'), 1n, 2n);
      calls.setAttribute(at('a'), 'user.one', Buffer.from('1'), undefined);
      const descriptor = openSync(at('a'), 'r');
      fsyncSync(descriptor);
      closeSync(descriptor);
      const before = everythingIn(place.folder);
      await mounted.unmount();
      expect(readdirSync(place.folder)).toEqual([]);
      const { status, stdout } = reprise('store', 'verify', '--read-data', place.store);
      expect([status, stdout]).toEqual([0, expect.stringContaining('everything is as it should be')]);
      mounted = await way.mount(place);
      expect(everythingIn(place.folder)).toEqual(before);
      expect(readFileSync(at('b'), 'utf8')).toBe('abc');
      expect(statSync(at('a'), { bigint: true })).toMatchObject({ atimeNs: 1n, mtimeNs: 2n, nlink: 2n });
      expect(calls.getAttribute(at('a'), 'user.one').toString()).toBe('1');
      expect(before.filter((line) => line.includes('.fuse_hidden'))).toEqual([]);
    });
  });
}

/** A line for each node: its path, mode, size, and time. */
function everythingIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { mode, size, mtimeNs } = lstatSync(path.join(folder, name), { bigint: true });
      return `${name} ${mode.toString(8)} ${size} ${mtimeNs}`;
    });
}
