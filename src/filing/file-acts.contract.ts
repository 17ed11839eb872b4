/** What everybody must do who acts upon files. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError, type BytePath, bytesOfPath, displayPath, joinPath, pathFromBytes } from '#kernel';
import type { FileActs } from './ports.ts';

export interface FileActsSubject {
  readonly name: string;
  create(): FileActs;
  /** Two folders on different file systems, for temporary ones in them. */
  readonly folders: readonly [one: string, other: string];
  /** How far times may be off. */
  readonly timeErrorNs: number;
  readonly canExchange: boolean;
  /** How the test sets and gets extended attributes; `undefined` where copies go without. */
  readonly attributes?: {
    set(file: BytePath, name: string, value: string): void;
    get(file: BytePath): Readonly<Record<string, string>>;
  };
}

const ODD_NAMES = [
  'plain.mp3',
  ' .leading and trailing. ',
  `it's "quoted" $HOME \`x\` *?.mp3`,
  'two\nlines\t.mp3',
  '-rf',
  'a'.repeat(255),
  'caf\u00e9.mp3',
  'cafe\u0301.mp3',
  '\u{1f3b5}.mp3',
  pathFromBytes(Uint8Array.of(0x6f, 0xff, 0x6f)),
  pathFromBytes(Uint8Array.of(0xed, 0xa0, 0x80)),
].map((name) => name as BytePath);

const MIB = 1 << 20;
const raw = (path: BytePath): Buffer => Buffer.from(bytesOfPath(path));
const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const never = new AbortController().signal;
const aborted = AbortSignal.abort();

export function describeFileActs({ name, create, folders, ...powers }: FileActsSubject): void {
  describe(`${name} as acts upon files`, () => {
    const acts = create();
    let home: BytePath;
    let elsewhere: BytePath;
    beforeEach(() => {
      [home, elsewhere] = folders.map((folder) => realpathSync(mkdtempSync(`${folder}/reprise-acts-`))) as [
        BytePath,
        BytePath,
      ];
    });
    afterEach(() => {
      for (const each of [home, elsewhere]) rmSync(each, { recursive: true, force: true });
    });

    const at = (each: string): BytePath => joinPath(home, each as BytePath);
    const file = (each: string, content: string | Uint8Array = each): BytePath => {
      writeFileSync(raw(at(each)), content);
      return at(each);
    };
    const contentAt = (path: BytePath): string => readFileSync(raw(path), 'utf8');
    const names = (): BytePath[] => readdirSync(raw(home), { encoding: 'buffer' }).map(pathFromBytes).sort();

    /** Fails with this code, names the file, and leaves everything as it was. */
    async function refuses(code: string, about: BytePath, act: () => unknown): Promise<void> {
      const before = names().map((each) => [each, factsOf(at(each))]);
      const error = await Promise.resolve()
        .then(act)
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({ code, message: expect.stringContaining(displayPath(about)) });
      expect(names().map((each) => [each, factsOf(at(each))])).toEqual(before);
    }

    /** What stands at a name and must never be replaced. */
    const OBSTACLES: readonly (readonly [string, (path: BytePath) => void])[] = [
      ['a file', (path) => writeFileSync(raw(path), 'somebody else')],
      ['an empty file', (path) => writeFileSync(raw(path), '')],
      ['an empty folder', (path) => mkdirSync(raw(path))],
      ['a symbolic link', (path) => symlinkSync('/', raw(path))],
      ['a symbolic link to nowhere', (path) => symlinkSync('/nowhere/at all', raw(path))],
    ];

    describe('state', () => {
      it('tells files, folders and symbolic links apart, and follows none', () => {
        file('a', '12345');
        linkSync(at('a'), at('b'));
        mkdirSync(at('folder'));
        symlinkSync(at('a'), at('link'));
        const { ino, dev, mtimeNs } = lstatSync(at('a'), { bigint: true });
        expect(acts.state(at('a'))).toEqual({
          ...{ kind: 'file', device: dev, inode: ino, sizeBytes: 5, mtimeNs, links: 2 },
        });
        expect(acts.state(at('folder'))?.kind).toBe('folder');
        expect(acts.state(at('link'))?.kind).toBe('link');
        expect(acts.state('/dev/null' as BytePath)?.kind).toBe('other');
      });

      it('is undefined where nothing is, also below a file', () => {
        file('a');
        expect(acts.state(at('b'))).toBeUndefined();
        expect(acts.state(at('a/b'))).toBeUndefined();
      });

      it('fails where the system cannot even look', () =>
        refuses('files/name-too-long', at('x'.repeat(256)), () => acts.state(at('x'.repeat(256)))));
    });

    it('realPath leads through links to the one spelling', async () => {
      mkdirSync(at('folder'));
      symlinkSync(at('folder'), at('link'));
      expect(acts.realPath(at('link'))).toBe(at('folder'));
      expect(acts.realPath('/' as BytePath)).toBe('/');
      await refuses('files/missing', at('nowhere'), () => acts.realPath(at('nowhere')));
    });

    it('list gives every name in the order of its bytes', async () => {
      for (const each of ODD_NAMES) file(each);
      mkdirSync(at('folder'));
      const sorted = [...ODD_NAMES, 'folder' as BytePath].toSorted((a, b) => Buffer.compare(raw(a), raw(b)));
      expect(acts.list(home)).toEqual(sorted);
      await refuses('files/missing', at('nowhere'), () => acts.list(at('nowhere')));
    });

    it.each(ODD_NAMES)('every act takes the name %j', async (odd) => {
      const [a, other, folder] = [file('a', 'song'), at(odd), at('folder')];
      acts.makeFolder(folder);
      acts.rename(a, other);
      acts.sync(home);
      expect([acts.state(a), acts.state(other)?.kind, acts.list(home)]).toEqual([
        ...[undefined, 'file', expect.arrayContaining([odd])],
      ]);
      expect(acts.realPath(other)).toBe(other);
      const second = joinPath(folder, odd);
      await acts.copy(other, second, never);
      expect(await acts.haveSameBytes(other, second, never)).toBe(true);
      expect(await acts.hash(second, never)).toBe(sha256(Buffer.from('song')));
      acts.setModified(second, 5_000_000_000n);
      acts.remove(second);
      acts.hardLink(other, second);
      acts.remove(second);
      acts.symbolicLink(other, second);
      expect(readlinkSync(raw(second), { encoding: 'buffer' })).toEqual(raw(other));
      expect(acts.readLink(second)).toBe(other);
      acts.remove(second);
      acts.write(second, Buffer.from('new'));
      expect(Buffer.from(acts.read(second, 10)).toString()).toBe('new');
      acts.remove(second);
      acts.makeFolder(second);
      expect([acts.removeFolder(second), acts.list(folder)]).toEqual([true, []]);
    });

    describe('rename', () => {
      it('gives the very same file another name', () => {
        const { ino, mtimeNs } = lstatSync(file('a'), { bigint: true });
        acts.rename(at('a'), at('b'));
        expect([names(), acts.state(at('b'))]).toMatchObject([['b'], { inode: ino, mtimeNs, links: 1 }]);
      });

      it('moves a symbolic link itself, and one of two names alone', () => {
        symlinkSync('/nowhere', at('link'));
        acts.rename(at('link'), at('moved link'));
        expect(readlinkSync(at('moved link'))).toBe('/nowhere');
        linkSync(file('a'), at('b'));
        acts.rename(at('a'), at('c'));
        expect(names()).toEqual(['b', 'c', 'moved link']);
      });

      it.each(OBSTACLES)('never replaces %s', async (_name, put) => {
        file('a');
        put(at('b'));
        await refuses('files/exists', at('b'), () => acts.rename(at('a'), at('b')));
      });

      it('does not take two names of one file for done', async () => {
        linkSync(file('a'), at('b'));
        await refuses('files/exists', at('b'), () => acts.rename(at('a'), at('b')));
      });

      it('names what is not there', async () => {
        await refuses('files/missing', at('gone'), () => acts.rename(at('gone'), at('b')));
        file('a');
        await refuses('files/missing', at('no folder/b'), () => acts.rename(at('a'), at('no folder/b')));
        await refuses('files/name-too-long', at('x'.repeat(256)), () => acts.rename(at('a'), at('x'.repeat(256))));
      });

      it('does not copy to another file system', async () => {
        const other = joinPath(elsewhere, 'a' as BytePath);
        file('a');
        await refuses('files/elsewhere', other, () => acts.rename(at('a'), other));
        expect(acts.state(other)).toBeUndefined();
      });
    });

    it('exchange swaps two names, or says that it cannot and touches nothing', () => {
      const inodes = (): unknown[] => [acts.state(at('a'))?.inode, acts.state(at('b'))?.inode];
      file('a');
      symlinkSync('/nowhere', at('b'));
      const before = inodes();
      expect(acts.exchange(at('a'), at('b'))).toBe(powers.canExchange);
      expect(inodes()).toEqual(powers.canExchange ? before.toReversed() : before);
      if (powers.canExchange) expect(() => acts.exchange(at('a'), at('gone'))).toThrow(AppError);
    });

    describe('a link', () => {
      it('of the hard kind is another name for the same bytes', () => {
        acts.hardLink(file('a'), at('b'));
        expect(acts.state(at('b'))).toEqual({ ...acts.state(at('a')), links: 2 });
      });

      it('of the hard kind means a symbolic link itself', () => {
        file('a');
        symlinkSync(at('a'), at('link'));
        acts.hardLink(at('link'), at('b'));
        expect(acts.state(at('b'))?.kind).toBe('link');
      });

      it('of the hard kind stays on its file system', async () => {
        const other = joinPath(elsewhere, 'a' as BytePath);
        file('a');
        await refuses('files/elsewhere', other, () => acts.hardLink(at('a'), other));
      });

      it('of the symbolic kind points where it was told, there or not', () => {
        acts.symbolicLink('/nowhere/at all' as BytePath, at('b'));
        expect(readlinkSync(at('b'))).toBe('/nowhere/at all');
      });

      it.each(OBSTACLES)('never replaces %s', async (_name, put) => {
        file('a');
        put(at('b'));
        await refuses('files/exists', at('b'), () => acts.hardLink(at('a'), at('b')));
        await refuses('files/exists', at('b'), () => acts.symbolicLink(at('a'), at('b')));
      });
    });

    describe('clone', () => {
      it.each(OBSTACLES)('never replaces %s', async (_name, put) => {
        file('a');
        put(at('b'));
        await refuses('files/exists', at('b'), () => acts.clone(at('a'), at('b')));
      });

      it('between file systems is refused and leaves nothing', async () => {
        const other = joinPath(elsewhere, 'a' as BytePath);
        file('a', 'x'.repeat(5000));
        await refuses('files/no-reflink', other, () => acts.clone(at('a'), other));
        expect(readdirSync(elsewhere)).toEqual([]);
      });
    });

    describe('copy', () => {
      it.each([0, 1, MIB - 1, MIB, 3 * MIB + 7])('takes all of %d bytes', async (bytes) => {
        const content = Buffer.alloc(bytes, 'some content ');
        const { hash } = await acts.copy(file('a', content), at('b'), never);
        expect(readFileSync(at('b')).equals(content)).toBe(true);
        expect(hash).toBe(sha256(content));
        expect(acts.state(at('b'))?.links).toBe(1);
      });

      it.each([
        ['of today', 1_784_548_800_123_456_789n],
        ['odd to the last digit', 1_400_000_000_000_000_001n],
        ['before 1970', -1_234_567_890_987_654_321n],
        ['a moment before 1970', -1n],
        ['at the start of 1970', 0n],
      ])('keeps a time %s', async (_name, mtimeNs) => {
        acts.setModified(file('a'), mtimeNs);
        await acts.copy(at('a'), at('b'), never);
        for (const each of ['a', 'b']) expectTime(at(each), mtimeNs);
      });

      it.each([0o644, 0o400, 0o4755, 0o2750, 0o1777, 0o000])('keeps the mode %o', async (mode) => {
        chmodSync(file('a'), mode);
        await acts.copy(at('a'), at('b'), never);
        expect(lstatSync(at('b')).mode & 0o7777).toBe(mode);
      });

      it.skipIf(process.getuid?.() !== 0)('keeps the owner, and the mode that a new owner takes away', async () => {
        chownSync(file('a'), 1234, 5678);
        chmodSync(at('a'), 0o6751);
        const { lacks } = await acts.copy(at('a'), at('b'), never);
        const { uid, gid, mode } = lstatSync(at('b'));
        expect([uid, gid, mode & 0o7777]).toEqual([1234, 5678, 0o6751]);
        expect(lacks.filter((what) => what.includes('owner'))).toEqual([]);
      });

      it('keeps extended attributes, or says that it does not', async () => {
        const { attributes } = powers;
        const goal = { 'user.comment': 'mine', 'user.empty': '', 'user.bytes': '\xff\x00\n' };
        file('a');
        if (attributes !== undefined)
          for (const [key, value] of Object.entries(goal)) attributes.set(at('a'), key, value);
        const { lacks } = await acts.copy(at('a'), at('b'), never);
        if (attributes === undefined) expect(lacks).toEqual(['its extended attributes']);
        else expect([attributes.get(at('b')), lacks]).toEqual([goal, []]);
      });

      it.each(OBSTACLES)('never replaces %s', async (_name, put) => {
        file('a');
        put(at('b'));
        await refuses('files/exists', at('b'), () => acts.copy(at('a'), at('b'), never));
      });

      it('does not follow a symbolic link, nor take a folder', async () => {
        symlinkSync(file('a'), at('link'));
        mkdirSync(at('folder'));
        await refuses('files/not-regular', at('link'), () => acts.copy(at('link'), at('b'), never));
        await refuses('files/not-regular', at('folder'), () => acts.copy(at('folder'), at('b'), never));
      });

      it('names what is not there', async () => {
        await refuses('files/missing', at('gone'), () => acts.copy(at('gone'), at('b'), never));
        file('a');
        await refuses('files/missing', at('no/b'), () => acts.copy(at('a'), at('no/b'), never));
      });

      it('that is called off before or in the middle leaves nothing', async () => {
        file('a');
        truncateSync(at('a'), 64 * MIB);
        await expect(acts.copy(at('a'), at('b'), aborted)).rejects.toMatchObject({ code: 'run/cancelled' });
        expect(names()).toEqual(['a']);
        const controller = new AbortController();
        const copying = acts.copy(at('a'), at('b'), controller.signal).catch((error: unknown) => error);
        await grown(at('b'));
        controller.abort();
        expect(await copying).toMatchObject({ code: 'run/cancelled', kind: 'cancelled' });
        expect(names()).toEqual(['a']);
      });

      it('that does not read back as it was written is no copy', async () => {
        file('a');
        truncateSync(at('a'), 64 * MIB);
        const copying = acts.copy(at('a'), at('b'), never).catch((error: unknown) => error);
        await grown(at('b'));
        const descriptor = openSync(at('b'), 'r+');
        writeSync(descriptor, 'x', 0);
        closeSync(descriptor);
        expect(await copying).toMatchObject({ code: 'files/bad-copy', kind: 'unavailable' });
        expect(names()).toEqual(['a']);
      });
    });

    /** Waits until a copy has begun. */
    async function grown(path: BytePath): Promise<void> {
      while ((acts.state(path)?.sizeBytes ?? 0) < MIB) await setImmediate();
    }

    function expectTime(path: BytePath, mtimeNs: bigint): void {
      const found = lstatSync(raw(path), { bigint: true }).mtimeNs;
      expect(Math.abs(Number(found - mtimeNs))).toBeLessThanOrEqual(powers.timeErrorNs);
    }

    it('write makes a new file, and never replaces one', async () => {
      acts.write(at('a'), Buffer.from('new'));
      acts.write(at('empty'), new Uint8Array());
      expect([contentAt(at('a')), contentAt(at('empty'))]).toEqual(['new', '']);
      for (const [obstacle, put] of OBSTACLES) {
        put(at(obstacle));
        await refuses('files/exists', at(obstacle), () => acts.write(at(obstacle), Buffer.from('x')));
      }
    });

    it('read gives all bytes, up to a limit, and follows nothing', async () => {
      file('a', '12345');
      expect(Buffer.from(acts.read(at('a'), 5)).toString()).toBe('12345');
      await refuses('files/too-large', at('a'), () => acts.read(at('a'), 4));
      await refuses('files/missing', at('gone'), () => acts.read(at('gone'), 4));
      symlinkSync(at('a'), at('link'));
      await refuses('files/not-regular', at('link'), () => acts.read(at('link'), 100));
    });

    it('assemble makes a new file of pieces, and never replaces one', async () => {
      const pieces = ['one ', '', 'other'].map((piece) => Buffer.from(piece));
      await acts.assemble(at('a'), pieces, never);
      await acts.assemble(at('empty'), [], never);
      expect([contentAt(at('a')), contentAt(at('empty'))]).toEqual(['one other', '']);
      for (const [obstacle, put] of OBSTACLES) {
        put(at(obstacle));
        await refuses('files/exists', at(obstacle), () => acts.assemble(at(obstacle), pieces, never));
      }
    });

    it('assemble leaves nothing where it is called off, or its pieces break off', async () => {
      await expect(acts.assemble(at('a'), [Buffer.from('x')], aborted)).rejects.toMatchObject({
        code: 'run/cancelled',
      });
      const broken = function* (): Iterable<Uint8Array> {
        yield Buffer.from('x');
        throw new AppError('a/problem', 'of somebody else', { kind: 'conflict' });
      };
      await expect(acts.assemble(at('a'), broken(), never)).rejects.toMatchObject({ code: 'a/problem' });
      expect(names()).toEqual([]);
    });

    it('open reads at any place, and follows nothing', async () => {
      {
        using opened = acts.open(file('a', '12345'));
        const read = (start: number, end: number): string => Buffer.from(opened.read(start, end)).toString();
        expect([opened.path, opened.sizeBytes]).toEqual([at('a'), 5]);
        expect([read(0, 5), read(1, 3), read(4, 9), read(5, 9), read(9, 12), read(3, 3)]).toEqual([
          ...['12345', '23', '5', '', '', ''],
        ]);
      }
      symlinkSync(at('a'), at('link'));
      mkdirSync(at('folder'));
      await refuses('files/missing', at('gone'), () => acts.open(at('gone')));
      await refuses('files/not-regular', at('link'), () => acts.open(at('link')));
      await refuses('files/not-regular', at('folder'), () => acts.open(at('folder')));
    });

    it('dress gives a file the looks of another and leaves its content', () => {
      file('a', 'one');
      file('b', 'other');
      chmodSync(at('a'), 0o4710);
      acts.setModified(at('a'), -1_500_000_000n);
      acts.dress(at('b'), at('a'));
      expect([contentAt(at('b')), lstatSync(at('b')).mode & 0o7777]).toEqual(['other', 0o4710]);
      expectTime(at('b'), -1_500_000_000n);
    });

    it('hash is SHA-256 of all bytes', async () => {
      for (const bytes of [0, 3, MIB, MIB + 1]) {
        const content = Buffer.alloc(bytes, 'x');
        expect(await acts.hash(file('a', content), never)).toBe(sha256(content));
      }
      await refuses('files/missing', at('gone'), () => acts.hash(at('gone'), never));
      await expect(acts.hash(at('a'), aborted)).rejects.toMatchObject({ code: 'run/cancelled' });
    });

    describe('haveSameBytes', () => {
      it('law: is equality of all bytes', async () => {
        const size = fc.constantFrom(0, 1, 5, MIB - 1, MIB, MIB + 1);
        const change = fc.option(fc.record({ place: fc.double({ min: 0, max: 0.999999, noNaN: true }) }));
        await fc.assert(
          fc.asyncProperty(size, size, change, async (one, two, changed) => {
            const [a, b] = [Buffer.alloc(one, 1), Buffer.alloc(two, 1)];
            if (changed !== null && two > 0) b[Math.floor(changed.place * two)] = 2;
            const said = await acts.haveSameBytes(file('a', a), file('b', b), never);
            expect(said).toBe(a.equals(b));
          }),
          { numRuns: 60 },
        );
      });

      it('names what is not there', async () => {
        file('a');
        await refuses('files/missing', at('gone'), () => acts.haveSameBytes(at('a'), at('gone'), never));
      });
    });

    describe('remove', () => {
      it('takes one name away, and of a link the link', () => {
        linkSync(file('a', 'song'), at('b'));
        symlinkSync(at('b'), at('link'));
        acts.remove(at('a'));
        acts.remove(at('link'));
        expect([names(), contentAt(at('b'))]).toEqual([['b'], 'song']);
      });

      it('takes no folder, and names what is not there', async () => {
        mkdirSync(at('folder'));
        await refuses('files/not-regular', at('folder'), () => acts.remove(at('folder')));
        await refuses('files/missing', at('gone'), () => acts.remove(at('gone')));
      });
    });

    describe('folders', () => {
      it('are made where nothing is, in one that is there', async () => {
        acts.makeFolder(at('new'));
        expect(acts.state(at('new'))?.kind).toBe('folder');
        await refuses('files/missing', at('no/folder'), () => acts.makeFolder(at('no/folder')));
        await refuses('files/exists', at('new'), () => acts.makeFolder(at('new')));
        await refuses('files/exists', file('a'), () => acts.makeFolder(at('a')));
      });

      it('are removed where they are empty, and nothing else is', () => {
        mkdirSync(at('empty'));
        mkdirSync(at('full/sub'), { recursive: true });
        symlinkSync(at('empty'), at('link'));
        file('a');
        expect(['full', 'gone', 'link', 'a'].map((each) => acts.removeFolder(at(each)))).toEqual(Array(4).fill(false));
        expect(names()).toEqual(['a', 'empty', 'full', 'link']);
        expect(acts.removeFolder(at('empty'))).toBe(true);
      });

      it('get the time that they are given, as links do', () => {
        mkdirSync(at('folder'));
        symlinkSync(at('folder'), at('link'));
        acts.setModified(at('folder'), 1_400_000_000_000_000_001n);
        acts.setModified(at('link'), -77_000_000_003n);
        expectTime(at('folder'), 1_400_000_000_000_000_001n);
        expectTime(at('link'), -77_000_000_003n);
      });

      it('are synced', async () => {
        acts.sync(home);
        await refuses('files/missing', at('gone'), () => acts.sync(at('gone')));
      });
    });
  });
}

/** What must not change about a name that is refused. */
function factsOf(path: BytePath): unknown {
  const { ino, size, mtimeNs, mode, nlink } = lstatSync(raw(path), { bigint: true });
  return [ino, size, mtimeNs, mode, nlink];
}
