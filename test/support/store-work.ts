/**
 * Work upon a store as recorders, editors and the background do it, chosen by seed: files imported, written, changed, renamed,
 * removed, deduplicated, garbage collected. Tells beforehand what may become of which file, and what was acknowledged. It
 * knows nothing of the time before it began, but looks what is there.
 */
import { createCipheriv } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createSources } from '#adapters/files';
import { AppError, type BytePath, noProgress } from '#kernel';
import {
  collectGarbage,
  createIngest,
  deduplicate,
  type Ingest,
  importItems,
  type Node,
  PosixError,
  ROOT,
  type Tree,
} from '#store';
import { createRandom } from './music.ts';
import type { TestStore } from './store.ts';
import { ANYTHING, exactly, outside, type States, type Told } from './store-claims.ts';

export interface WorkPlace {
  readonly store: string;
  /** Where files lie that are to be imported; what lies there from a work before is imported first. */
  readonly sources: string;
  /** Of its own folders in the store: works of several names do not touch one another's files. */
  readonly name: string;
  readonly seed: number;
  /** Is a thing acknowledged as soon as it is done (but for imports, which do more), or when it was synced? */
  readonly acknowledged: 'done' | 'synced';
  /** Now and then it imports a file so long that it is committed in parts. */
  readonly hasLong?: boolean;
  /** The disk may refuse to read: SQLite says of that what it says of damage. */
  readonly hasBadReads?: boolean;
}

export type Act = keyof typeof WEIGHTS;

export interface Work extends Disposable {
  /** One act, on the store that is opened for the first. `recover` is for who is alone with it. @returns the code where it was refused */
  perform(act: Act): Promise<string | undefined>;
  /** One act by chance. @returns as {@link Work.perform} */
  step(): Promise<string | undefined>;
}

/** How often each is chosen. */
const WEIGHTS = {
  import: 3,
  create: 4,
  write: 4,
  resize: 2,
  move: 1,
  unlink: 3,
  deduplicate: 5,
  collect: 2,
  settle: 1,
  reopen: 1,
  recover: 0,
};
/** Files of one work; above this more go than come. */
const MANY = 14;
const SONGS = 6;
const MOST_BYTES = 300_000;
const LONG_BYTES = 70 << 20;
const OWNER = { uid: 1, gid: 2 };
const REFUSALS: readonly string[] = ['store/disk-error', 'store/disk-full', 'store/locked'];
const quiet = { signal: new AbortController().signal, progress: noProgress };

/** @param open opens the store of the place, again and again */
export function createWork(
  { store: folder, sources, name, seed, acknowledged, hasLong = false, hasBadReads = false }: WorkPlace,
  open: () => TestStore,
  tell: (told: Told) => void,
): Work {
  const random = createRandom(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const chosen = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T;
  let store: TestStore;
  let ingest: Ingest;
  let isOpen = false;
  /** What is not known exactly: left alone from here on. */
  const doubtful = new Set<string>();
  let concerned: readonly string[] = [];
  let made = 0;

  function may(states: States): void {
    concerned = [...concerned, ...Object.keys(states)];
    tell({ may: states });
  }

  /** @param node whose sync makes it safe. @returns false where it is left unsafe */
  function acknowledge(states: States, node: number): boolean {
    if (acknowledged === 'synced' && random() < 0.2) {
      for (const file of Object.keys(states)) doubtful.add(file);
      return false;
    }
    if (acknowledged === 'synced') store.tree.sync(node);
    tell({ are: states });
    return true;
  }

  function recording(): Uint8Array {
    if (random() < 0.1) return new Uint8Array(below(100));
    const pieces = Array.from({ length: 1 + below(4) }, () => {
      if (random() < 0.3) return sound(seed * 100 + ++made, below(40_000));
      const song = sound(below(SONGS), MOST_BYTES);
      const from = below(MOST_BYTES / 2);
      return song.subarray(from, from + below(MOST_BYTES / 2));
    });
    return Uint8Array.from(Buffer.concat(pieces));
  }

  const own = (): Found[] =>
    filesIn(store.tree).filter(({ path: file }) => file.startsWith(`${name}/`) || file.startsWith(`${name}-`));
  const known = (): Found[] => own().filter(({ path: file }) => !doubtful.has(file));

  function newName(end: string): string {
    made += 1;
    return `${name}/${seed}-${made}${end}`;
  }

  function ownFolder(): number {
    return store.tree.ensureFolder(ROOT, name, { ...OWNER, mode: 0o755 }).id;
  }

  function addSource(): void {
    const source = `${name}-${seed}-${++made}`;
    const unfinished = path.join(sources, `.${source}`);
    mkdirSync(unfinished);
    for (let n = below(4); n >= 0; n--) writeFileSync(path.join(unfinished, `${n}.mp3`), recording());
    if (hasLong && random() < 0.02) writeFileSync(path.join(unfinished, 'long.mp3'), sound(seed, LONG_BYTES));
    renameSync(unfinished, path.join(sources, source));
  }

  async function importSource(source: string): Promise<void> {
    const from = path.join(sources, source);
    const states = Object.fromEntries(
      readdirSync(from).map((file) => [`${source}/${file}`, exactly(readFileSync(path.join(from, file)))]),
    );
    may(states);
    const items = createSources(folder as BytePath).itemsBelow(from as BytePath);
    const place = { database: store.parts.database, acts: store.tree.acts };
    const report = await importItems(place, ingest, items, {
      ...{ ...quiet, isThorough: random() < 0.3, dryRun: false },
      onFile: ({ outcome }) => {
        if (outcome.kind === 'failed') throw new Error(`An import failed: ${outcome.failure.message}`);
      },
    });
    if (report.renamed > 0) throw new Error(`${source} came in beside itself.`);
    tell({ are: states });
    rmSync(from, { recursive: true });
  }

  function opened<T>(node: number, work: () => T): T {
    store.tree.open(node, { write: true });
    try {
      return work();
    } finally {
      store.tree.release(node);
    }
  }

  /** Writes in pieces, with gaps and overlaps. @returns what the file holds then */
  function fill(node: number): Uint8Array {
    const { tree } = store;
    const bytes = recording();
    let held: Uint8Array = new Uint8Array();
    for (let at = 0, pieces = 1 + below(5); pieces > 0; pieces--) {
      const piece = pieces === 1 ? bytes.subarray(at) : bytes.subarray(at, at + below(bytes.length));
      const from = random() < 0.8 ? at : below(held.length + 5000);
      tree.write(node, from, piece);
      held = written(held, from, piece);
      at += piece.length;
      if (random() < 0.3) tree.sync(node);
      if (random() < 0.1) {
        const size = below(held.length + 5000);
        tree.change(node, { size });
        held = resized(held, size);
      }
    }
    return held;
  }

  const acts: Record<Act, () => void | Promise<void>> = {
    async import() {
      if (!hasSources()) addSource();
      for (const source of readdirSync(sources)) if (source.startsWith(`${name}-`)) await importSource(source);
    },
    create() {
      const [from, old] = [newName('.part'), known()];
      const to = old.length > 0 && random() < 0.3 ? chosen(old).path : newName('.mp3');
      may({ [from]: ANYTHING });
      const { tree } = store;
      const node = tree.make(ownFolder(), nameIn(from), { ...OWNER, kind: 'file', mode: 0o644 }).id;
      const bytes = opened(node, () => fill(node));
      const isSafe = acknowledged === 'done' || random() < 0.6;
      if (isSafe) {
        if (acknowledged === 'synced') tree.sync(node);
        tell({ are: { [from]: exactly(bytes) } });
      }
      may({ [from]: null, [to]: exactly(bytes) });
      if (isSafe) tell({ moves: [from, to], file: exactly(bytes) });
      const target = folderOf(tree, to);
      tree.rename(ownFolder(), nameIn(from), target, nameIn(to));
      acknowledge({ [from]: null, [to]: exactly(bytes) }, target);
    },
    write() {
      const file = one(known());
      if (file === undefined) return;
      const held = bytesOf(store.tree, file.node);
      const piece = recording().subarray(0, 60_000);
      const from = chosen([held.length, below(held.length + 1), held.length + below(20_000)]);
      may({ [file.path]: outside(held, from, from + piece.length) });
      const cut = below(piece.length);
      opened(file.node.id, () => {
        store.tree.write(file.node.id, from, piece.subarray(0, cut));
        store.tree.write(file.node.id, from + cut, piece.subarray(cut));
      });
      acknowledge({ [file.path]: exactly(written(held, from, piece)) }, file.node.id);
    },
    resize() {
      const file = one(known());
      if (file === undefined) return;
      const held = bytesOf(store.tree, file.node);
      const size = random() < 0.2 ? 0 : below(held.length * 1.3);
      const state = { [file.path]: exactly(resized(held, size)) };
      may(state);
      store.tree.change(file.node.id, { size });
      acknowledge(state, file.node.id);
    },
    move() {
      const file = one(known());
      if (file === undefined) return;
      const to = newName('.mp3');
      const claim = exactly(bytesOf(store.tree, file.node));
      may({ [file.path]: null, [to]: claim });
      tell({ moves: [file.path, to], file: claim });
      store.tree.rename(folderOf(store.tree, file.path), nameIn(file.path), ownFolder(), nameIn(to));
      acknowledge({ [file.path]: null, [to]: claim }, ROOT);
    },
    unlink() {
      for (const file of known().filter(() => random() < 0.3)) {
        const { tree } = store;
        const held = bytesOf(tree, file.node);
        const target = folderOf(tree, file.path);
        may({ [file.path]: null });
        const remove = (): boolean => {
          tree.unlink(target, nameIn(file.path));
          return acknowledge({ [file.path]: null }, target);
        };
        if (random() < 0.7) remove();
        else
          opened(file.node.id, () => {
            const at = below(5000);
            // Where the name is not safely gone, it may come back, and with it what is written now.
            if (!remove()) may({ [file.path]: outside(held, at, at + 5000) });
            tree.write(file.node.id, at, sound(1, 5000));
          });
      }
    },
    deduplicate() {
      const file = one(own().filter(({ node }) => node.isRaw && node.size > 0));
      if (file === undefined) return;
      const sharing = deduplicate(store.parts, store.tree, ingest, file.node.id);
      let step = sharing.next();
      while (!step.done) step = sharing.next();
      if (!step.value) throw new Error(`${file.path} was not shared, although nobody changed it.`);
    },
    async collect() {
      store.tree.settle();
      await collectGarbage(store.parts, { ...quiet, dryRun: false });
    },
    settle: () => store.tree.settle(),
    reopen,
    recover: () => store.tree.recover(),
  };

  function hasSources(): boolean {
    return readdirSync(sources).some((source) => source.startsWith(`${name}-`));
  }

  function one(files: readonly Found[]): Found | undefined {
    return files.length === 0 ? undefined : chosen(files);
  }

  function close(): void {
    if (isOpen) store[Symbol.dispose]();
    isOpen = false;
  }

  function reopen(): void {
    close();
    store = open();
    isOpen = true;
    ingest = createIngest(store.parts);
  }

  async function perform(act: Act): Promise<string | undefined> {
    concerned = [];
    try {
      // It may have been refused before.
      if (!isOpen) reopen();
      await acts[act]();
      tell({ done: act });
      return undefined;
    } catch (error) {
      const code = refusalIn(error, hasBadReads ? [...REFUSALS, 'store/damaged'] : REFUSALS);
      if (code === undefined) throw error;
      for (const file of concerned) doubtful.add(file);
      tell({ refused: act, code });
      return code;
    }
  }

  function next(): Act {
    if (hasSources()) return 'import';
    const isMany = own().length > MANY;
    const weights = { ...WEIGHTS, ...(isMany && { import: 0, create: 1, unlink: 9 }) };
    return chosen(Object.entries(weights).flatMap(([act, weight]) => new Array<Act>(weight).fill(act as Act)));
  }

  return {
    perform,
    step: () => perform(isOpen ? next() : 'reopen'),
    [Symbol.dispose]: close,
  };
}

/** The code where the disk refuses, or another process takes long, and not the store is wrong. */
function refusalIn(error: unknown, refusals: readonly string[]): string | undefined {
  const reason = error instanceof PosixError && error.cause !== undefined ? error.cause : error;
  if (reason instanceof AppError && refusals.includes(reason.code)) return reason.code;
  return reason instanceof PosixError && reason.code === 'ENOSPC' ? reason.code : undefined;
}

export interface Found {
  readonly path: string;
  readonly node: Node;
}

/** All files of a store, by paths without a leading slash. */
export function filesIn(tree: Tree, folder: number = ROOT, before = ''): Found[] {
  return tree.list(folder, 0, 100_000).flatMap(({ name, node }) => {
    const here = `${before}${Buffer.from(name)}`;
    return node.kind === 'folder' ? filesIn(tree, node.id, `${here}/`) : [{ path: here, node }];
  });
}

export function bytesOf(tree: Tree, { id, size }: Node): Uint8Array {
  const bytes = new Uint8Array(size);
  const length = tree.read(id, 0, bytes);
  if (length !== size) throw new Error(`Node ${id} gives ${length} of its ${size} bytes.`);
  return bytes;
}

/** A folder for files that are to be imported. What a work before was still making is gone. */
export function prepareSources(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder))
    if (name.startsWith('.')) rmSync(path.join(folder, name), { recursive: true });
}

function folderOf(tree: Tree, file: string): number {
  return tree.resolve(`/${path.dirname(file)}`).id;
}

const nameIn = (file: string): string => path.basename(file);

function written(held: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
  if (piece.length === 0) return held;
  const bytes = resized(held, Math.max(held.length, at + piece.length));
  bytes.set(piece, at);
  return bytes;
}

function resized(held: Uint8Array, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(held.subarray(0, size));
  return bytes;
}

const sounds = new Map<string, Uint8Array>();

/** Noise, always the same for a seed. */
function sound(seed: number, length: number): Uint8Array {
  const key = Buffer.alloc(16);
  key.writeDoubleLE(seed);
  const name = `${seed} ${length}`;
  const bytes = sounds.get(name) ?? createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(new Uint8Array(length));
  if (seed < SONGS && length === MOST_BYTES) sounds.set(name, bytes);
  return bytes;
}
