/** The tree of a store, asked as a kernel asks it: names are walked one by one, then it acts upon numbers of nodes. */
import type { Node } from '#store';
import { openTestStore, type TestStore } from '../store.ts';
import { DEVICE, filling, type Operation, type Path, SLOTS } from './operations.ts';
import { ABOVE, attributesAsText, type Seen, type World, WorldError } from './world.ts';

const MOST_ENTRIES = 1000;
const OWNER = { uid: 0, gid: 0 };

interface Handle {
  readonly node: number;
  readonly isFolder: boolean;
}

export interface TreeWorld extends World {
  readonly store: TestStore;
  /** Files whose bytes were given to the packs. */
  readonly shared: number;
}

/** @param folder of a store that was made */
export function createTreeWorld(folder: string, nowNs: () => bigint): TreeWorld {
  let store = openTestStore(folder, { nowNs });
  let shared = 0;
  const handles: (Handle | undefined)[] = Array.from({ length: SLOTS });
  const walked = (names: Path): string => ['', ...ABOVE, ...names].join('/');
  let top = store.tree.node(1);
  for (const name of ABOVE) top = store.tree.mkdir(top.id, name, { mode: 0o777, ...OWNER });

  /** The folder that a path's last name stands in, and that name. */
  const placeOf = (names: Path): [folder: number, name: string] => [
    store.tree.resolve(`${walked(names.slice(0, -1))}/`).id,
    names.at(-1) ?? '.',
  ];
  const nodeAt = (names: Path): Node => store.tree.lookup(...placeOf(names));

  function close(slot: number): void {
    const handle = handles[slot];
    handles[slot] = undefined;
    if (handle !== undefined) store.tree.release(handle.node);
  }
  function opened(slot: number, names: Path, isFolder: boolean, truncate: boolean): void {
    close(slot);
    const { id, kind } = nodeAt(names);
    if (isFolder && kind !== 'folder') throw new WorldError('ENOTDIR');
    store.tree.open(id, isFolder ? {} : { write: true, truncate });
    handles[slot] = { node: id, isFolder };
  }
  function openNode(slot: number, isFolder: boolean): number {
    const handle = handles[slot];
    if (handle?.isFolder !== isFolder) throw new WorldError('EBADF');
    return handle.node;
  }
  function reopen(isCrash: boolean): void {
    if (!isCrash) for (const slot of handles.keys()) close(slot);
    handles.fill(undefined);
    using _old = store;
    if (!isCrash) store.tree.settle();
    store = openTestStore(folder, { nowNs });
    store.tree.recover();
  }

  function perform(operation: Operation): unknown {
    const { tree } = store;
    switch (operation.act) {
      case 'make': {
        const { kind, mode } = operation;
        return void tree.make(...placeOf(operation.path), { kind, mode, ...OWNER, device: DEVICE });
      }
      case 'makeIn':
        return void tree.make(openNode(operation.slot, true), operation.name, { kind: 'file', mode: 0o644, ...OWNER });
      case 'mkdir':
        return void tree.mkdir(...placeOf(operation.path), { mode: operation.mode, ...OWNER });
      case 'symlink':
        return void tree.symlink(...placeOf(operation.path), operation.target, OWNER);
      case 'link':
        return void tree.link(nodeAt(operation.from).id, ...placeOf(operation.to));
      case 'unlink':
        return tree.unlink(...placeOf(operation.path));
      case 'rmdir':
        return tree.rmdir(...placeOf(operation.path));
      case 'rename':
        return tree.rename(...placeOf(operation.from), ...placeOf(operation.to), operation.flag);
      case 'open':
        return opened(operation.slot, operation.path, false, operation.truncate);
      case 'openFolder':
        return opened(operation.slot, operation.path, true, false);
      case 'close':
        return close(operation.slot);
      case 'sync':
        return tree.sync(openNode(operation.slot, false));
      case 'listIn':
        return namesIn(openNode(operation.slot, true));
      case 'read':
        return readFrom(openNode(operation.slot, false), operation.offset, operation.length);
      case 'write':
        return tree.write(openNode(operation.slot, false), operation.offset, filling(operation));
      case 'resize':
        return void tree.change(nodeAt(operation.path).id, { size: operation.size });
      case 'resizeOpen':
        return void tree.change(openNode(operation.slot, false), { size: operation.size });
      case 'allocate': {
        const { offset, length, keepSize } = operation;
        return tree.allocate(openNode(operation.slot, false), offset, length, { keepSize });
      }
      case 'punch':
        return tree.punch(openNode(operation.slot, false), operation.offset, operation.length);
      case 'chmod':
        return void tree.change(nodeAt(operation.path).id, { mode: operation.mode });
      case 'chown':
        return void tree.change(nodeAt(operation.path).id, { uid: operation.uid, gid: operation.gid });
      case 'utimes': {
        const { atimeNs, mtimeNs } = tree.change(nodeAt(operation.path).id, {
          ...{ atimeNs: operation.atimeNs, mtimeNs: operation.mtimeNs },
        });
        return [operation.atimeNs && atimeNs, operation.mtimeNs && mtimeNs];
      }
      case 'readlink':
        return textOf(tree.readlink(nodeAt(operation.path).id));
      case 'list':
        return namesIn(tree.resolve(`${walked(operation.path)}/`).id);
      case 'setAttribute': {
        const { name, value, flag } = operation;
        return tree.setAttribute(nodeAt(operation.path).id, name, Buffer.from(value), flag);
      }
      case 'getAttribute':
        return Buffer.from(tree.getAttribute(nodeAt(operation.path).id, operation.name)).toString('latin1');
      case 'removeAttribute':
        return tree.removeAttribute(nodeAt(operation.path).id, operation.name);
      case 'listAttributes':
        return tree.listAttributes(nodeAt(operation.path).id).map(textOf);
      case 'reopen':
        return reopen(operation.isCrash);
      case 'share':
        return share(operation.path);
      case 'settle':
        return tree.settle();
    }
  }

  /** Nobody can see it, so nothing comes of it, whether it was possible or not. */
  function share(names: Path): void {
    let node: Node;
    try {
      node = nodeAt(names);
    } catch {
      return;
    }
    if (!node.isRaw || node.size === 0) return;
    store.deduplicate(node.id);
    shared += 1;
  }

  /** In pages of two, so that the places between them are seen. */
  function namesIn(folder: number): string[] {
    const names: string[] = [];
    for (let last = 0; ; ) {
      const page = store.tree.list(folder, last, 2);
      names.push(...page.map(({ name }) => textOf(name)));
      const end = page.at(-1);
      if (end === undefined) return names.sort();
      last = end.cookie;
    }
  }

  function readFrom(file: number, offset: number, length: number): string {
    const into = Buffer.alloc(length, 'x');
    return into.toString('latin1', 0, store.tree.read(file, offset, into));
  }

  function look(): ReadonlyMap<string, Seen> {
    const { tree } = store;
    const seen = new Map<string, Seen>();
    const visit = (name: string, node: Node): void => {
      seen.set(name, describe(node, attributesOf(node.id)));
      if (node.kind !== 'folder') return;
      const entries = tree.list(node.id, 0, MOST_ENTRIES).map((entry) => [textOf(entry.name), entry.node] as const);
      for (const [child, its] of entries.sort(([one], [two]) => (one < two ? -1 : 1))) visit(`${name}/${child}`, its);
    };
    visit('', tree.lookup(1, ABOVE[0] as string));
    for (const [slot, handle] of handles.entries())
      if (handle !== undefined) seen.set(`#${slot}`, describe(tree.node(handle.node), ''));
    return seen;
  }

  function attributesOf(id: number): string {
    const { tree } = store;
    return attributesAsText(tree.listAttributes(id).map((name) => [textOf(name), tree.getAttribute(id, name)]));
  }

  function describe(node: Node, attributes: string): Seen {
    const { kind, mode, uid, gid, links, size, device } = node;
    const target = node.target && textOf(node.target);
    const bytes = kind === 'file' ? readFrom(node.id, 0, size + 1) : (target ?? '');
    return {
      ...{ kind, mode, uid, gid, links, size, device, bytes, attributes, id: String(node.id) },
      times: { atime: node.atimeNs, mtime: node.mtimeNs, ctime: node.ctimeNs },
    };
  }

  return {
    perform,
    look,
    get store() {
      return store;
    },
    get shared() {
      return shared;
    },
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
