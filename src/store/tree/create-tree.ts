import { AppError } from '#kernel';
import type { ContentReader } from '../contents.ts';
import { createNamedNodes } from '../named-nodes.ts';
import type { StoreDatabase, StoreFiles } from '../ports.ts';
import { getAttribute, listAttributes, removeAttribute, setAttribute } from './attributes.ts';
import { allocate, changeWithSize, punch, read, write } from './bytes.ts';
import { change } from './change.ts';
import { list, lookup, resolve } from './find.ts';
import { addFile, ensureFolder, share } from './import-acts.ts';
import { forgetOrphan, forgetUnnamed, open, recover, statistics, sync } from './life.ts';
import { link, make, mkdir, symlink } from './make.ts';
import { nodeOf, type TreeContext } from './nodes.ts';
import { createOpenNodes, type OpenNodes } from './open-nodes.ts';
import { calm, calmAll } from './own-bytes.ts';
import { asPosix, PosixError } from './posix-error.ts';
import { createRawFiles, type RawFiles } from './raw-files.ts';
import { rmdir, unlink } from './remove.ts';
import { rename, syncMoved } from './rename.ts';
import type { Tree, TreeActs } from './tree.ts';

export interface TreeParts {
  readonly files: StoreFiles;
  readonly database: StoreDatabase;
  readonly contents: ContentReader;
  /** Nanoseconds since 1970. */
  readonly nowNs: () => bigint;
  /** Where several processes share what is open; by default it is counted in this object. */
  readonly opens?: OpenNodes;
  /** Where another sees to it that bytes go which are not needed; by default this object does, now and then. */
  readonly raws?: RawFiles;
  /** Does something that no transaction of this process may come between, where several threads work on the tree. */
  readonly alone?: <T>(work: () => T) => T;
  /** Called between the pieces of long work: ends it by what it throws. */
  readonly checkWanted?: () => void;
  /** Called before so many bytes are copied: ends it by what it throws. */
  readonly checkRoom?: (bytes: number) => void;
}

/** The tree of an open store. */
export function createTree(parts: TreeParts): Tree {
  const { files, database, opens = createOpenNodes(), alone = (work) => work() } = parts;
  const { checkWanted = () => undefined, checkRoom = () => undefined } = parts;
  const raws = parts.raws ?? createRawFiles(files, database);
  const context: TreeContext = { ...parts, opens, raws, alone, checkWanted, checkRoom };
  const acts = createActs(context);
  const run = <T>(work: () => T): T => asPosix(() => withRoom(context, work));
  const act = <T>(work: () => T): T => run(() => database.transact(work));
  const look = <T>(work: () => T): T => asPosix(() => database.view(work));
  return {
    acts,
    lookup: (...given) => look(() => acts.lookup(...given)),
    make: (...given) => act(() => acts.make(...given)),
    mkdir: (...given) => act(() => acts.mkdir(...given)),
    symlink: (...given) => act(() => acts.symlink(...given)),
    link: (...given) => act(() => acts.link(...given)),
    unlink: (...given) => act(() => acts.unlink(...given)),
    rmdir: (...given) => act(() => acts.rmdir(...given)),
    rename: (...given) =>
      run(() => {
        syncMoved(context, ...given);
        database.transact(() => acts.rename(...given));
      }),
    change: (id, { size, ...rest }) =>
      size === undefined ? act(() => acts.change(id, rest)) : run(() => changeWithSize(context, id, { size, ...rest })),
    setAttribute: (...given) => act(() => acts.setAttribute(...given)),
    removeAttribute: (...given) => act(() => acts.removeAttribute(...given)),
    ensureFolder: (...given) => act(() => acts.ensureFolder(...given)),
    addFile: (...given) => act(() => acts.addFile(...given)),
    share: (...given) => act(() => acts.share(...given)),
    calm: (id) => act(() => acts.calm(id)),
    forget: (id) => act(() => acts.forget(id)),

    node: (id) => asPosix(() => nodeOf(context, id)),
    readlink: (id) => asPosix(() => targetOf(context, id)),
    list: (...given) => look(() => list(context, ...given)),
    resolve: (path) => look(() => resolve(context, path)),
    pathsOf: (nodes) => look(() => createNamedNodes(database).pathsOf(nodes)),
    open: (id, options = {}) => run(() => open(context, id, options)),
    release: (id) => {
      if (opens.end(id)) run(() => forgetUnnamed(context, id));
    },
    read: (...given) => asPosix(() => read(context, ...given)),
    write: (...given) => run(() => write(context, ...given)),
    allocate: (id, offset, length, { keepSize = false } = {}) =>
      run(() => allocate(context, id, offset, length, keepSize)),
    punch: (...given) => run(() => punch(context, ...given)),
    sync: (id) => asPosix(() => sync(context, id)),
    getAttribute: (...given) => asPosix(() => getAttribute(context, ...given)),
    listAttributes: (id) => asPosix(() => listAttributes(context, id)),
    statistics: () => asPosix(() => statistics(context)),
    settle: () =>
      asPosix(() => {
        calmAll(context);
        raws.settle();
      }),
    recover: () => asPosix(() => recover(context)),
  };
}

function createActs(context: TreeContext): TreeActs {
  return {
    lookup: (...given) => lookup(context, ...given),
    make: (...given) => make(context, ...given),
    mkdir: (...given) => mkdir(context, ...given),
    symlink: (...given) => symlink(context, ...given),
    link: (...given) => link(context, ...given),
    unlink: (...given) => unlink(context, ...given),
    rmdir: (...given) => rmdir(context, ...given),
    rename: (...given) => rename(context, ...given),
    change: (...given) => change(context, ...given),
    setAttribute: (...given) => setAttribute(context, ...given),
    removeAttribute: (...given) => removeAttribute(context, ...given),
    ensureFolder: (...given) => ensureFolder(context, ...given),
    addFile: (...given) => addFile(context, ...given),
    share: (...given) => share(context, ...given),
    calm: (id) => calm(context, id),
    forget: (id) => forgetOrphan(context, id),
  };
}

/** Does `work`, a second time where there was no room and some could be given back. */
function withRoom<T>({ raws }: TreeContext, work: () => T): T {
  const result = attempt();
  if (raws.hasMuchSpare) settleQuietly();
  return result;

  function attempt(): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'exhausted' || !raws.hasSpare) throw error;
      raws.settle();
      return work();
    }
  }
  function settleQuietly(): void {
    try {
      raws.settle();
    } catch {
      // The act itself is done; the next one tries again.
    }
  }
}

function targetOf(context: TreeContext, id: number): Uint8Array {
  const { target } = nodeOf(context, id);
  if (target === null) throw new PosixError('EINVAL');
  return target;
}
