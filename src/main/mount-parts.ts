/** What the threads of a mount's server stand on: each has its own way to the store, and some memory that all share. */
import {
  type ContentReader,
  createBlobReader,
  createContentReader,
  createTree,
  makeOpensMemory,
  openSharedOpens,
  type StoreDatabase,
  type StoreFiles,
} from '#store';
import { makeInHandMemory, makeTurnMemory, openTurns, ownTurn, type Turn } from '../adapters/fuse/index.ts';
import {
  makeNodeVersions,
  makeWholeFoldersMemory,
  openStoreDatabase,
  openStoreFiles,
  openWholeFolders,
} from '../adapters/store/index.ts';

/** How a thread is started. */
export interface ThreadStart {
  readonly store: string;
  readonly descriptor: number;
  /** From 0. */
  readonly thread: number;
  /** Like no thread before it, of this server or another of the same mount. */
  readonly server: number;
  readonly memory: SharedMemory;
}

export interface SharedMemory {
  readonly turns: SharedArrayBuffer;
  readonly inHand: SharedArrayBuffer;
  readonly wholeFolders: SharedArrayBuffer;
  readonly nodeVersions: SharedArrayBuffer;
  readonly opens: SharedArrayBuffer;
  /** How often there was made room: {@link awaitRoom}. */
  readonly room: SharedArrayBuffer;
}

export interface ThreadParts extends Disposable {
  readonly files: StoreFiles;
  readonly database: StoreDatabase;
  readonly contents: ContentReader;
  readonly opens: ReturnType<typeof openSharedOpens>;
  /** The thread's own. */
  readonly reading: Turn;
  /** Nobody of this process writes meanwhile. */
  readonly alone: <T>(work: () => T) => T;
}

/** How long a commit of another process is waited for. Chosen: the longest takes some seconds. */
const WAIT_MS = 60_000;
/** Between looks whether it has ended. Chosen. */
const BUSY_WAIT_MS = 2;
/** Who has no room waits no longer for some. Chosen. */
const ROOM_WAIT_MS = 5000;

export function makeSharedMemory(threads: number): SharedMemory {
  return {
    turns: makeTurnMemory(),
    inHand: makeInHandMemory(threads),
    wholeFolders: makeWholeFoldersMemory(),
    nodeVersions: makeNodeVersions(),
    opens: makeOpensMemory(),
    room: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
  };
}

/** @param isFirst has no other thread of this process the store open? */
export function openThreadParts(store: string, memory: SharedMemory, isFirst: boolean): ThreadParts {
  using stack = new DisposableStack();
  const { reading: everybodys, writing } = openTurns(memory.turns);
  const reading = ownTurn(everybodys);
  const pause = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  // Others read requests, and write bytes, meanwhile.
  const onBusy = (): void => {
    reading.give();
    writing.give();
    Atomics.wait(pause, 0, 0, BUSY_WAIT_MS);
    writing.take();
  };
  const { nodeVersions } = memory;
  const wholeFolders = openWholeFolders(memory.wholeFolders);
  const files = stack.use(openStoreFiles(store));
  const alone = <T>(work: () => T): T => {
    writing.take();
    try {
      return work();
    } finally {
      writing.give();
    }
  };
  const connection = stack.use(
    openStoreDatabase(store, WAIT_MS, { wholeFolders, nodeVersions, isOpenHere: !isFirst, onBusy }),
  );
  const database: StoreDatabase = { ...connection, transact: (work) => alone(() => connection.transact(work)) };
  const contents = createContentReader(database, createBlobReader(files, database.blob));
  const owned = stack.move();
  const opens = openSharedOpens(memory.opens);
  return { files, database, contents, opens, reading, alone, [Symbol.dispose]: () => owned.dispose() };
}

/** What was left by a crash goes: nobody else can have it, for nobody else serves this store. */
export function freeLeft(parts: ThreadParts): void {
  const { database, files } = parts;
  const isLeft = (name: string): boolean => !database.node(Number(name))?.isRaw;
  const hasLeft = database.orphans().length > 0 || files.names('raw').some(isLeft);
  // What a damaged row does not say to be there would go. Looking at every row takes long.
  if (hasLeft && database.damages().length === 0) createTree({ ...parts, nowNs }).recover();
}

/** Waits until room was made, by {@link tellRoom}, after it was asked for. */
export function awaitRoom({ room }: SharedMemory, ask: () => void): void {
  const times = new Int32Array(room);
  const before = Atomics.load(times, 0);
  ask();
  Atomics.wait(times, 0, before, ROOM_WAIT_MS);
}

export function tellRoom({ room }: SharedMemory): void {
  const times = new Int32Array(room);
  Atomics.add(times, 0, 1);
  Atomics.notify(times, 0);
}

/** Not finer than this is the clock that is set. */
const CLOCK_NS = 2_000_000n;
let ahead = 0n;

/** The time of day, fine enough to tell two changes that follow one another. */
export function nowNs(): bigint {
  const day = BigInt(Date.now()) * 1_000_000n;
  const running = process.hrtime.bigint();
  const now = running + ahead;
  if (day <= now && now < day + CLOCK_NS) return now;
  // The clock was set, or this is the first time.
  ahead = day - running;
  return day;
}
