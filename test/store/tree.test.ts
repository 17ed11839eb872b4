/** The tree of a real store: what the model test (`test/fault/tree-model.test.ts`) cannot ask of a plain directory. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#kernel';
import type { Node, StoreFiles } from '#store';
import { createTestStore, openTestStore, type TestStore } from '../support/store.ts';

const ROOT = 1;
const OWNER = { uid: 7, gid: 8 };
const FILE = { kind: 'file', mode: 0o644, ...OWNER } as const;
const FOLDER = { mode: 0o755, ...OWNER };
const text = (value: string): Buffer => Buffer.from(value);
const failing = (code: string): unknown => expect.objectContaining({ name: 'PosixError', code });

let store: TestStore;
beforeEach(() => {
  store = createTestStore();
});
afterEach(() => store[Symbol.dispose]());

function contentOf(file: Node | number, from: TestStore = store): string {
  const id = typeof file === 'number' ? file : file.id;
  const into = Buffer.alloc(from.tree.node(id).size + 10, 'x');
  return into.toString('latin1', 0, from.tree.read(id, 0, into));
}

function fileWith(name: string, bytes: string): number {
  const { id } = store.tree.make(ROOT, name, FILE);
  store.tree.write(id, 0, text(bytes));
  return id;
}

/** Long enough to be cut into chunks. */
const LONG = Array.from({ length: 3000 }, (_, n) => `${n * 7919} `).join('');

describe('names', () => {
  it('are bytes of any kind but `/` and NUL, 255 at most', () => {
    const { tree } = store;
    const odd = Uint8Array.of(0xff, 0xfe, 0x20, 0x0a);
    const { id } = tree.make(ROOT, odd, FILE);
    expect(tree.lookup(ROOT, odd).id).toBe(id);
    expect(tree.list(ROOT, 0, 10).map(({ name }) => Buffer.from(name).toString('hex'))).toEqual(['fffe200a']);
    for (const [name, code] of [
      ['', 'ENOENT'],
      ['a/b', 'EINVAL'],
      ['a\0', 'EINVAL'],
      ['x'.repeat(256), 'ENAMETOOLONG'],
      ['ä'.repeat(128), 'ENAMETOOLONG'],
    ] as const) {
      expect(() => tree.lookup(ROOT, name), name).toThrow(failing(code));
      expect(() => tree.make(ROOT, name, FILE), name).toThrow(failing(code));
      expect(() => tree.unlink(ROOT, name), name).toThrow(failing(code));
      expect(() => tree.rename(ROOT, odd, ROOT, name), name).toThrow(failing(code));
      expect(() => tree.rename(ROOT, name, ROOT, 'new'), name).toThrow(failing(code));
    }
  });

  it('include `.` and `..` for who looks, and for nobody else', () => {
    const { tree } = store;
    const { id } = tree.mkdir(ROOT, 'a', FOLDER);
    expect([tree.lookup(id, '.').id, tree.lookup(id, '..').id, tree.lookup(ROOT, '..').id]).toEqual([id, ROOT, ROOT]);
    expect(() => tree.mkdir(id, '.', FOLDER)).toThrow(failing('EEXIST'));
    expect(() => tree.unlink(id, '..')).toThrow(failing('EISDIR'));
    expect(() => tree.rmdir(id, '.')).toThrow(failing('EINVAL'));
    expect(() => tree.rmdir(id, '..')).toThrow(failing('ENOTEMPTY'));
    expect(() => tree.rename(ROOT, 'a', id, '..')).toThrow(failing('EBUSY'));
    expect(() => tree.rename(ROOT, 'a', id, '.', 'noReplace')).toThrow(failing('EEXIST'));
  });

  it('are listed in an order that stays, whatever comes and goes', () => {
    const { tree } = store;
    const names = Array.from({ length: 100 }, (_, n) => `name ${n}`);
    for (const name of names) tree.make(ROOT, name, FILE);
    const seen: string[] = [];
    for (let last = 0; ; ) {
      const page = tree.list(ROOT, last, 7);
      seen.push(...page.map(({ name }) => Buffer.from(name).toString()));
      const end = page.at(-1);
      if (end === undefined) break;
      last = end.cookie;
      // What was seen goes, and something new comes.
      for (const { name } of page) tree.unlink(ROOT, name);
      tree.make(ROOT, `new ${seen.length}`, FILE);
    }
    expect(seen.filter((name) => name.startsWith('name')).sort()).toEqual(names.sort());
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('a path', () => {
  it('is walked from the root, through symbolic links but not through the last', () => {
    const { tree } = store;
    const a = tree.mkdir(ROOT, 'a', FOLDER);
    const b = tree.mkdir(a.id, 'b', FOLDER);
    const file = tree.make(b.id, 'file', FILE);
    const relative = tree.symlink(a.id, 'relative', '../a/./b', OWNER);
    const absolute = tree.symlink(b.id, 'absolute', '/a', OWNER);
    const found = (path: string): number => tree.resolve(path).id;
    expect(['/', '', 'a', '/a/', '//a//b/'].slice(2).map(found)).toEqual([a.id, a.id, b.id]);
    expect(found('/')).toBe(ROOT);
    expect(found('/a/relative/file')).toBe(file.id);
    expect(found('/a/b/absolute/relative/absolute/b/file')).toBe(file.id);
    expect([found('/a/relative'), found('/a/relative/'), found('/a/relative/.')]).toEqual([relative.id, b.id, b.id]);
    expect(found('/a/b/absolute')).toBe(absolute.id);
    expect(Buffer.from(tree.readlink(absolute.id)).toString()).toBe('/a');
    tree.symlink(ROOT, 'loop', 'loop', OWNER);
    for (const [path, code] of [
      ['', 'ENOENT'],
      ['/nothing', 'ENOENT'],
      ['/a/b/file/', 'ENOTDIR'],
      ['/a/b/file/more', 'ENOTDIR'],
      ['/loop/', 'ELOOP'],
    ] as const) {
      expect(() => tree.resolve(path), path).toThrow(failing(code));
    }
  });

  it('leads through 40 links and no more', () => {
    const { tree } = store;
    tree.mkdir(ROOT, '0', FOLDER);
    for (let n = 1; n <= 41; n++) tree.symlink(ROOT, `${n}`, `${n - 1}`, OWNER);
    expect(tree.resolve('/40/').kind).toBe('folder');
    expect(() => tree.resolve('/41/')).toThrow(failing('ELOOP'));
  });

  it('is told of nodes, all of them where there are several', () => {
    const { tree } = store;
    const a = tree.mkdir(ROOT, 'a', FOLDER);
    const b = tree.mkdir(a.id, 'b', FOLDER);
    const file = tree.make(b.id, 'file', FILE);
    tree.link(file.id, ROOT, 'too');
    tree.open(file.id);
    const orphan = tree.make(ROOT, 'gone', FILE);
    tree.open(orphan.id);
    tree.unlink(ROOT, 'gone');
    const paths = tree.pathsOf(new Set([ROOT, b.id, file.id, orphan.id, 4711]));
    const shown = [...paths]
      .sort(([one], [two]) => one - two)
      .map(([id, all]) => [id, all.map((one) => Buffer.from(one).toString()).sort()]);
    expect(shown).toEqual([
      [ROOT, ['/']],
      [b.id, ['/a/b']],
      [file.id, ['/a/b/file', '/too']],
    ]);
  });
});

describe('a node', () => {
  it('has a number that is never given again', () => {
    const { tree } = store;
    const numbers = new Set<number>();
    for (let n = 0; n < 5; n++) {
      numbers.add(tree.make(ROOT, 'a', FILE).id);
      tree.unlink(ROOT, 'a');
    }
    using again = openTestStore(store.folder);
    numbers.add(again.tree.make(ROOT, 'a', FILE).id);
    expect(numbers.size).toBe(6);
    for (const id of [...numbers].slice(0, 5)) expect(() => tree.node(id)).toThrow(failing('ESTALE'));
  });

  it('that was removed is ESTALE to all who ask', () => {
    const { tree } = store;
    const { id } = tree.make(ROOT, 'a', FILE);
    tree.unlink(ROOT, 'a');
    const asks: (() => unknown)[] = [
      () => tree.lookup(id, 'x'),
      () => tree.change(id, { mode: 0 }),
      () => tree.change(id, { size: 5 }),
      () => tree.read(id, 0, Buffer.alloc(1)),
      () => tree.write(id, 0, text('x')),
      () => tree.link(id, ROOT, 'b'),
      () => tree.open(id),
      () => tree.list(id, 0, 1),
      () => tree.getAttribute(id, 'user.a'),
      () => tree.sync(id),
    ];
    for (const ask of asks) expect(ask).toThrow(failing('ESTALE'));
  });

  it('refuses what its kind cannot do', () => {
    const { tree } = store;
    const folder = tree.mkdir(ROOT, 'folder', FOLDER).id;
    const link = tree.symlink(ROOT, 'link', 'x', OWNER).id;
    const pipe = tree.make(ROOT, 'pipe', { ...FILE, kind: 'fifo' }).id;
    expect(() => tree.read(folder, 0, Buffer.alloc(1))).toThrow(failing('EISDIR'));
    expect(() => tree.write(pipe, 0, text('x'))).toThrow(failing('EINVAL'));
    expect(() => tree.allocate(pipe, 0, 1)).toThrow(failing('ENODEV'));
    expect(() => tree.allocate(folder, 0, 1)).toThrow(failing('EISDIR'));
    expect(() => tree.readlink(pipe)).toThrow(failing('EINVAL'));
    expect(() => tree.open(link)).toThrow(failing('ELOOP'));
    expect(() => tree.open(folder, { write: true })).toThrow(failing('EISDIR'));
    expect(() => tree.symlink(ROOT, 'new', '', OWNER)).toThrow(failing('ENOENT'));
    expect(() => tree.symlink(ROOT, 'new', 'x'.repeat(4096), OWNER)).toThrow(failing('ENAMETOOLONG'));
    expect(tree.symlink(ROOT, 'new', 'x'.repeat(4095), OWNER).size).toBe(4095);
  });

  it('has times that fit into 64 bits', () => {
    const { tree } = store;
    const { id } = tree.make(ROOT, 'a', FILE);
    expect(tree.change(id, { atimeNs: 2n ** 70n, mtimeNs: -(2n ** 70n) })).toMatchObject({
      ...{ atimeNs: 2n ** 63n - 1n, mtimeNs: -(2n ** 63n) + 1n },
    });
    expect(tree.node(id)).toEqual(tree.change(id, {}));
  });
});

describe('extended attributes', () => {
  it('have the limits of Linux', () => {
    const { tree } = store;
    const { id } = tree.make(ROOT, 'a', FILE);
    const set = (name: string, length: number) => () => tree.setAttribute(id, name, Buffer.alloc(length, 'v'));
    expect(set('', 1)).toThrow(failing('ERANGE'));
    expect(set(`user.${'n'.repeat(251)}`, 1)).toThrow(failing('ERANGE'));
    expect(set('user.', 1)).toThrow(failing('EINVAL'));
    expect(set('system.posix_acl_access', 1)).toThrow(failing('EOPNOTSUPP'));
    expect(set('user.big', 65_537)).toThrow(failing('E2BIG'));
    set('user.big', 65_536)();
    set(`user.${'n'.repeat(250)}`, 0)();
    expect(set('user.more', 65_536)).toThrow(failing('ENOSPC'));
    expect(tree.getAttribute(id, 'user.big')).toHaveLength(65_536);
    expect(tree.listAttributes(id)).toHaveLength(2);
    for (let n = 100; n < 340; n++) set(`user.${'n'.repeat(245)}${n}`, 0)();
    expect(() => {
      for (let n = 340; n < 400; n++) set(`user.${'n'.repeat(245)}${n}`, 0)();
    }).toThrow(failing('ENOSPC'));
  });

  it('keep bytes as they are, also of names', () => {
    const { tree } = store;
    const { id } = tree.make(ROOT, 'a', FILE);
    const name = Buffer.concat([text('user.'), Buffer.of(0xff, 0x80)]);
    tree.setAttribute(id, name, Buffer.of(0, 255));
    expect(tree.listAttributes(id)).toEqual([name]);
    expect(tree.getAttribute(id, name)).toEqual(Buffer.of(0, 255));
    expect(() => tree.setAttribute(id, name, Buffer.of(), 'create')).toThrow(failing('EEXIST'));
    tree.removeAttribute(id, name);
    expect(tree.node(id).attributes).toBeNull();
  });
});

describe('bytes', () => {
  const raw = (): readonly string[] => store.parts.files.names('raw');

  it('that were never written take no room', () => {
    const { tree } = store;
    const { id } = tree.make(ROOT, 'a', FILE);
    tree.change(id, { size: 2 ** 53 - 1 });
    const into = Buffer.alloc(10, 'x');
    expect(tree.read(id, 2 ** 53 - 5, into)).toBe(4);
    expect(into.toString('hex', 0, 5)).toBe('0000000078');
    expect(raw()).toEqual([]);
    tree.punch(id, 5, 10);
    tree.change(id, { size: 0 });
    expect(raw()).toEqual([]);
  });

  it('have places up to 2^53', () => {
    const { tree } = store;
    const { id } = tree.make(ROOT, 'a', FILE);
    expect(() => tree.write(id, 2 ** 53 - 1, text('x'))).toThrow(failing('EFBIG'));
    expect(() => tree.change(id, { size: 2 ** 53 })).toThrow(failing('EFBIG'));
    expect(() => tree.change(id, { size: -1 })).toThrow(failing('EINVAL'));
    expect(() => tree.write(id, 0.5, text('x'))).toThrow(failing('EINVAL'));
    expect(() => tree.allocate(id, 0, 2 ** 50)).toThrow(failing('ENOSPC'));
    expect(() => tree.allocate(id, 0, 0)).toThrow(failing('EINVAL'));
    // More than the disk below can tell.
    expect(() => tree.write(id, 2 ** 52, text('x'))).toThrow(failing('EFBIG'));
    expect(tree.node(id)).toMatchObject({ size: 0 });
  });

  it('are zeros where a file was cut and grows again', () => {
    const { tree } = store;
    for (const grow of [
      (id: number) => void tree.change(id, { size: 12 }),
      (id: number) => void tree.write(id, 11, Buffer.of(0)),
      (id: number) => tree.allocate(id, 4, 8),
    ]) {
      const id = fileWith('a', 'abcdefghijklmnop');
      tree.change(id, { size: 4 });
      grow(id);
      expect(contentOf(id)).toBe(`abcd${'\0'.repeat(8)}`);
      tree.unlink(ROOT, 'a');
    }
  });

  it('are shared until they are changed', () => {
    const { tree, parts } = store;
    const [one, two] = [fileWith('one', LONG), fileWith('two', LONG)];
    const before = tree.node(one);
    expect(store.deduplicate(one)).toEqual({ ...before, isRaw: false, isLive: false, content: expect.any(Number) });
    const after = store.deduplicate(two);
    tree.settle();
    expect(raw()).toEqual([]);
    expect(tree.statistics()).toMatchObject({ nodes: 3, logicalBytes: 2 * LONG.length });
    expect(tree.statistics().storedBytes).toBeLessThan(1.1 * LONG.length);
    expect([contentOf(one), contentOf(two)]).toEqual([LONG, LONG]);
    expect(tree.change(two, { mode: 0o600, size: LONG.length }).content).toBe(after.content);
    tree.write(two, 5, text('changed'));
    expect([contentOf(one), contentOf(two)]).toEqual([LONG, `${LONG.slice(0, 5)}changed${LONG.slice(12)}`]);
    expect(parts.database.content(after.content as number)).toBeUndefined();
    tree.change(one, { size: 10 });
    expect(contentOf(one)).toBe(LONG.slice(0, 10));
    expect(parts.database.contentsAfter(0, 10)).toEqual([]);
    expect(parts.database.damages()).toEqual([]);
  });

  it('that are shared are not copied where nothing of them stays', () => {
    const { tree, parts } = store;
    const id = fileWith('a', LONG);
    store.deduplicate(id);
    tree.settle();
    tree.open(id, { truncate: true });
    expect([tree.node(id).size, raw(), parts.database.contentsAfter(0, 10)]).toEqual([0, [], []]);
  });

  it('are read though they are shared, and their raw file is emptied, in the middle of it', () => {
    let shareNow: (() => void) | undefined;
    const wrap = (files: StoreFiles): StoreFiles => ({
      ...files,
      read(name, at, into) {
        shareNow?.();
        return files.read(name, at, into);
      },
    });
    using racing = openTestStore(store.folder, { wrap });
    const { tree, parts } = racing;
    const { id } = tree.make(ROOT, 'a', FILE);
    tree.write(id, 0, text(LONG));
    shareNow = () => {
      shareNow = undefined;
      racing.deduplicate(id);
      // As it is, for a moment, before it goes.
      parts.files.truncate(`raw/${id}`, 0);
    };
    const into = new Uint8Array(LONG.length);
    expect(tree.read(id, 0, into)).toBe(LONG.length);
    expect(Buffer.from(into).toString()).toBe(LONG);
  });

  it('are not given up for a content when they have changed since', () => {
    const { tree, parts } = store;
    const id = fileWith('a', LONG);
    const seen = tree.node(id);
    const content = parts.database.transact(() =>
      parts.database.addContent({ size: LONG.length, hash: Buffer.alloc(32), container: '', record: null }),
    );
    tree.write(id, 0, text('other'));
    expect(tree.share(seen, content)).toBe(false);
    expect(contentOf(id)).toBe(`other${LONG.slice(5)}`);
  });

  it('tell by the times that they have changed, however coarse the clock', () => {
    using coarse = openTestStore(store.folder, { nowNs: () => 5n });
    const { tree } = coarse;
    const { id } = tree.make(ROOT, 'a', FILE);
    const times = [1, 2, 3].map((n) => {
      tree.write(id, 0, Buffer.of(n));
      return tree.node(id).ctimeNs;
    });
    expect(new Set(times).size).toBe(3);
  });
});

describe('a file without a name', () => {
  it('lives until the last use ends', () => {
    const { tree } = store;
    const id = fileWith('a', 'abc');
    for (let n = 0; n < 2; n++) tree.open(id);
    tree.unlink(ROOT, 'a');
    expect(tree.node(id).links).toBe(0);
    expect(() => tree.link(id, ROOT, 'b')).toThrow(failing('ENOENT'));
    tree.release(id);
    tree.write(id, 3, text('d'));
    tree.sync(id);
    expect(contentOf(id)).toBe('abcd');
    tree.release(id);
    expect(() => tree.node(id)).toThrow(failing('ESTALE'));
    tree.settle();
    expect(store.parts.files.names('raw')).toEqual([]);
  });

  it('keeps what it shares so long', () => {
    const { tree, parts } = store;
    const id = fileWith('a', LONG);
    store.deduplicate(id);
    tree.open(id);
    tree.make(ROOT, 'b', FILE);
    tree.rename(ROOT, 'b', ROOT, 'a');
    expect(contentOf(id)).toBe(LONG);
    tree.release(id);
    expect(parts.database.contentsAfter(0, 10)).toEqual([]);
  });

  it('is freed after a crash, with its bytes and what else was left', () => {
    const { tree, parts } = store;
    const [kept, orphan] = [fileWith('kept', 'kept'), fileWith('gone', 'gone')];
    tree.open(orphan);
    tree.unlink(ROOT, 'gone');
    parts.files.write('raw/4711', 0, text('stray'));
    parts.files.write('raw/no number', 0, text('foreign'));
    tree.calm(kept);
    parts.files.write(`raw/${kept}`, 4, text('beyond the end'));
    const folder = tree.mkdir(ROOT, 'folder', FOLDER);
    tree.open(folder.id);
    tree.rmdir(ROOT, 'folder');
    using again = openTestStore(store.folder);
    again.tree.recover();
    expect([...parts.files.names('raw')].sort()).toEqual([String(kept), 'no number']);
    expect(parts.files.size(`raw/${kept}`)).toBe(4);
    expect(contentOf(kept, again)).toBe('kept');
    expect(again.parts.database.nodesAfter(0, 10).map(({ id }) => id)).toEqual([ROOT, kept]);
  });
});

describe('in a transaction of the caller', () => {
  it('makes folders and files, in place of others', () => {
    const { tree, parts } = store;
    const old = fileWith('file', LONG);
    const times = { atimeNs: 1n, mtimeNs: 2n };
    const made = parts.database.transact(() => {
      const a = tree.acts.ensureFolder(ROOT, 'a', FOLDER);
      expect(tree.acts.ensureFolder(ROOT, 'a', { ...FOLDER, mode: 0 })).toEqual(
        expect.objectContaining({ id: a.id, mode: 0o755 }),
      );
      expect(() => tree.acts.ensureFolder(ROOT, 'file', FOLDER)).toThrow(failing('ENOTDIR'));
      expect(() => tree.acts.addFile(ROOT, 'a', { ...FOLDER, ...times, content: null, size: 1 })).toThrow(
        failing('EISDIR'),
      );
      const attributes = new Map([['user.a', text('b')]]);
      return tree.acts.addFile(ROOT, 'file', { ...OWNER, ...times, mode: 0o600, content: null, size: 3, attributes });
    });
    expect(tree.lookup(ROOT, 'file').id).toBe(made.id);
    expect(made).toMatchObject({ ...OWNER, ...times, kind: 'file', mode: 0o600, size: 3, links: 1 });
    expect(Buffer.from(tree.getAttribute(made.id, 'user.a')).toString()).toBe('b');
    expect(() => tree.node(old)).toThrow(failing('ESTALE'));
    tree.settle();
    expect(parts.files.names('raw')).toEqual([]);
    expect(parts.database.damages()).toEqual([]);
  });

  it('has done nothing where that fails', () => {
    const { tree, parts } = store;
    const old = fileWith('file', LONG);
    store.deduplicate(old);
    const attempt = (): void =>
      parts.database.transact(() => {
        tree.acts.mkdir(ROOT, 'a', FOLDER);
        tree.acts.unlink(ROOT, 'file');
        tree.acts.rename(ROOT, 'nothing', ROOT, 'b');
      });
    expect(attempt).toThrow(failing('ENOENT'));
    tree.settle();
    expect(contentOf(old)).toBe(LONG);
    expect(() => tree.lookup(ROOT, 'a')).toThrow(failing('ENOENT'));
    expect(parts.database.damages()).toEqual([]);
  });
});

describe('the disk', () => {
  /** What is done to files and to the tables, in order, while `work` runs. */
  function acts(work: (recorded: TestStore) => void): string[] {
    const done: string[] = [];
    const note = <A extends unknown[], T>(act: string, does: (...given: A) => T): ((...given: A) => T) => {
      return (...given) => {
        if (typeof given[0] !== 'string' || given[0].startsWith('raw')) done.push(`${act} ${given[0] ?? ''}`.trim());
        return does(...given);
      };
    };
    using recorded = openTestStore(store.folder, {
      wrap: ({ write, truncate, sync, syncFolder, remove, ...rest }) => ({
        ...rest,
        write: note('write', write),
        truncate: note('truncate', truncate),
        sync: note('sync', sync),
        syncFolder: note('sync', syncFolder),
        remove: note('remove', remove),
      }),
      wrapDatabase: (database) => ({
        ...database,
        sync: note('sync tables', database.sync),
        transact: (transaction) => {
          const result = database.transact(transaction);
          done.push('commit');
          return result;
        },
      }),
    });
    work(recorded);
    return done;
  }

  it('holds a copy of shared bytes before they are given up', () => {
    const id = fileWith('a', LONG);
    store.deduplicate(id);
    const done = acts(({ tree }) => tree.write(id, 0, text('x')));
    expect(done).toEqual([
      ...['commit', `write raw/${id}`, 'commit', `sync raw/${id}`, 'sync raw'],
      ...['commit', `truncate raw/${id}`, 'commit', `write raw/${id}`],
    ]);
  });

  it('holds what makes bytes needless before they go, and they go together', () => {
    const ids = Array.from({ length: 3 }, (_, n) => fileWith(`${n}`, 'abc'));
    const done = acts(({ tree }) => {
      for (const name of ['0', '1', '2']) tree.unlink(ROOT, name);
      tree.settle();
      tree.settle();
    });
    const [a, b, c] = ids.map((id) => `raw/${id}`);
    expect(done).toEqual([
      ...['commit', 'commit', 'commit', 'sync tables'],
      ...[a, b, c].flatMap((file) => [`truncate ${file}`, `remove ${file}`]),
      'commit',
    ]);
  });

  it('gets back by itself what many files took', () => {
    for (let n = 0; n < 64; n++) fileWith(`${n}`, 'abc');
    for (let n = 0; n < 63; n++) store.tree.unlink(ROOT, `${n}`);
    expect(store.parts.files.names('raw')).toHaveLength(64);
    store.tree.unlink(ROOT, '63');
    expect(store.parts.files.names('raw')).toEqual([]);
  });

  it('says by the raw file how long a file is while it is written to, in one commit', () => {
    const id = fileWith('a', 'abcdef');
    store.tree.calm(id);
    const raw = `raw/${id}`;
    // What lies beyond the end was left by a crash, and must not come back.
    store.parts.files.write(raw, 6, text('beyond'));
    const done = acts(({ tree }) => {
      tree.write(id, 6, text('g'));
      tree.write(id, 0, text('A'));
      tree.change(id, { size: 3 });
      tree.write(id, 5, text('y'));
    });
    expect(done).toEqual([
      ...[`truncate ${raw}`, `sync ${raw}`, `truncate ${raw}`, 'commit'],
      ...[`write ${raw}`, `write ${raw}`, 'commit', `truncate ${raw}`, `write ${raw}`],
    ]);
    expect(contentOf(id)).toBe('Abc\0\0y');
  });

  it('holds the bytes of a file before it gets another name', () => {
    const [one, two] = [fileWith('one', '1'), fileWith('two', '2')];
    expect(acts(({ tree }) => tree.rename(ROOT, 'one', ROOT, 'two', 'exchange'))).toEqual([
      ...[`sync raw/${one}`, 'sync raw', `sync raw/${two}`, 'sync raw', 'commit'],
    ]);
    expect(acts(({ tree }) => tree.rename(ROOT, 'two', ROOT, 'one'))).toEqual([
      `sync raw/${one}`,
      'sync raw',
      'commit',
    ]);
    expect(acts(({ tree }) => tree.sync(one))).toEqual([`sync raw/${one}`, 'sync raw', 'sync tables']);
    expect(acts(({ tree }) => tree.sync(ROOT))).toEqual(['sync tables']);
  });

  it('that is full is told, after room was made of what is needless', () => {
    let room = Number.POSITIVE_INFINITY;
    using full = openTestStore(store.folder, {
      wrap: (files) => ({
        ...files,
        write(name, at, bytes) {
          if (bytes.length > room) throw new AppError('store/disk-full', 'No room.', { kind: 'exhausted' });
          files.write(name, at, bytes);
        },
        truncate(name, length) {
          room += Math.max(0, (files.size(name) ?? 0) - length);
          files.truncate(name, length);
        },
      }),
    });
    const { tree } = full;
    const { id } = tree.make(ROOT, 'new', FILE);
    fileWith('old', '0123456789');
    room = 0;
    expect(() => tree.write(id, 0, text('abc'))).toThrow(failing('ENOSPC'));
    expect(tree.node(id)).toMatchObject({ size: 0 });
    tree.unlink(ROOT, 'old');
    expect(tree.write(id, 0, text('abc'))).toBe(3);
    expect(contentOf(id, full)).toBe('abc');
  });

  it('that has lost a piece is told, with what the store says of it', () => {
    const id = fileWith('a', 'abc');
    store.parts.files.remove(`raw/${id}`);
    const trouble = expect.objectContaining({
      ...{ name: 'PosixError', code: 'EIO' },
      cause: expect.objectContaining({ name: 'AppError', code: 'store/missing-piece' }),
    });
    expect(() => contentOf(id)).toThrow(trouble);
    expect(() => store.tree.sync(id)).toThrow(trouble);
    // What was lost does not come again as zeros.
    expect(() => store.tree.write(id, 1, text('x'))).toThrow(trouble);
    store.tree.change(id, { size: 0 });
    store.tree.write(id, 0, text('new'));
    expect(contentOf(id)).toBe('new');
  });
});

describe('two processes', () => {
  it('see what the other did', () => {
    using other = openTestStore(store.folder);
    const { id } = other.tree.make(ROOT, 'a', FILE);
    store.tree.write(id, 0, text('one'));
    other.tree.write(id, 3, text(' two'));
    expect([contentOf(id), contentOf(id, other)]).toEqual(['one two', 'one two']);
    store.deduplicate(id);
    expect(contentOf(id, other)).toBe('one two');
    // The raw file that the other has open goes, and another of the same name comes.
    store.tree.settle();
    store.tree.write(id, 0, text('ONE'));
    expect([contentOf(id), contentOf(id, other)]).toEqual(['ONE two', 'ONE two']);
    other.tree.write(id, 4, text('TWO'));
    store.tree.unlink(ROOT, 'a');
    expect(() => other.tree.write(id, 0, text('x'))).toThrow(failing('ESTALE'));
    store.tree.settle();
    expect(store.parts.files.names('raw')).toEqual([]);
  });

  it.each([
    ['writes', (other: TestStore, id: number) => void other.tree.write(id, 0, text('OTHER'))],
    ['cuts', (other: TestStore, id: number) => void other.tree.change(id, { size: 0 })],
    ['removes', (other: TestStore) => other.tree.unlink(ROOT, 'a')],
  ])('do not spoil a copy that one makes while the other %s', (_, meddle) => {
    const bytes = LONG.repeat(200);
    const id = fileWith('a', bytes);
    store.deduplicate(id);
    store.tree.settle();
    using other = openTestStore(store.folder);
    let slices = 0;
    using slow = openTestStore(store.folder, {
      wrapContents: (contents) => ({
        read(content, offset, into) {
          slices += 1;
          if (slices === 3) meddle(other, id);
          return contents.read(content, offset, into);
        },
      }),
    });
    let isThere = true;
    try {
      slow.tree.write(id, 10, text('SLOW'));
    } catch (error) {
      expect(error).toEqual(failing('ESTALE'));
      isThere = false;
    }
    expect(slices).toBeGreaterThanOrEqual(3);
    if (isThere) {
      const size = other.tree.node(id).size;
      expect(contentOf(id).slice(10)).toBe(`SLOW${size === bytes.length ? bytes.slice(14) : ''}`);
      expect(contentOf(id).slice(0, 5)).toBe(size === bytes.length ? 'OTHER' : '\0'.repeat(5));
    }
    for (const { tree } of [store, other, slow]) tree.settle();
    store.tree.recover();
    expect(store.parts.files.names('raw')).toEqual(isThere ? [String(id)] : []);
    expect(store.parts.database.contentsAfter(0, 10)).toEqual([]);
    expect(store.parts.database.damages()).toEqual([]);
  });
});
