/** The tree as a mount works on it, where its disk has gone. */
import { expect, it } from 'vitest';
import { AppError } from '#kernel';
import { createMountedTree, type MountedTree } from '#store';
import { makeSharedMemory, nowNs, openThreadParts } from '../../src/main/mount-parts.ts';
import { createTestStore } from '../support/store.ts';

const ROOT = 1;
const OWNER = { uid: 7, gid: 8 };

/** Every act of it fails where `isGone` says so. */
function failing<T extends object>(target: T, isGone: () => boolean): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        if (isGone()) throw new AppError('store/io', 'the disk has gone', { kind: 'unavailable' });
        return value.apply(target, given);
      };
    },
  });
}

it('answers with EIO, whatever is asked', () => {
  using store = createTestStore();
  using parts = openThreadParts(store.folder, makeSharedMemory(1), true);
  let isGone = false;
  const tree = createMountedTree({
    ...parts,
    ...{ database: failing(parts.database, () => isGone), files: failing(parts.files, () => isGone) },
    ...{ nowNs, server: 0, clock: () => performance.now(), tell: () => undefined, makeRoom: () => undefined },
  });
  const { id } = tree.make(ROOT, 'file', { kind: 'file', mode: 0o644, ...OWNER });
  const again = { unique: 1, isResent: true };
  const acts: Readonly<Record<string, (given: MountedTree) => unknown>> = {
    node: ({ node }) => node(id),
    lookup: ({ lookup }) => lookup(ROOT, 'file'),
    list: ({ list }) => list(ROOT, 0, 10),
    open: ({ open }) => open(id),
    read: ({ read }) => read(id, 0, new Uint8Array(10)),
    write: ({ write }) => write(id, 0, new Uint8Array(10)),
    allocate: ({ allocate }) => allocate(id, 0, 10),
    sync: ({ sync }) => sync(id),
    forget: ({ forget }) => forget(id),
    rename: ({ rename }) => rename(ROOT, 'file', ROOT, 'other'),
    unlink: ({ unlink }) => unlink(ROOT, 'file'),
    once: ({ once }) =>
      once(
        again,
        () => 'done',
        () => 'again',
      ),
    getAttribute: ({ getAttribute }) => getAttribute(id, 'user.comment'),
    fact: ({ getAttribute }) => getAttribute(id, 'user.reprise.state'),
    setAttribute: ({ setAttribute }) => setAttribute(id, 'user.comment', new Uint8Array(1)),
    statistics: ({ statistics }) => statistics(),
  };
  isGone = true;
  const answers = Object.entries(acts).map(([name, act]) => {
    try {
      return [name, act(tree)];
    } catch (error) {
      return [name, error instanceof Error && 'code' in error ? `${error.name} ${error.code}` : error];
    }
  });
  expect(Object.fromEntries(answers)).toEqual(
    Object.fromEntries(Object.keys(acts).map((name) => [name, 'PosixError EIO'])),
  );
});
