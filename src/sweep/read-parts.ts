/**
 * Reads one part of many files: in the order of the inodes, which on most file systems is that of the disk; as many at
 * once as each device takes; and what was read before not at all. What fails in passing is tried again later.
 */
import type { Class } from './contents.ts';
import { createDigests, type Digests } from './digests.ts';
import { ctimeMs, deviceOf, type FileTable, inodeOf, isSameDevice, pathAt, sizeOf } from './file-table.ts';
import type { HashKind, Part, ReadFailure, Readings } from './ports.ts';
import { type Run, runJobs } from './run.ts';

/** A job is some 10 ms of work from memory: few messages, and no thread is long without work at the end. Chosen. */
const FILES_PER_JOB = 256;
const BYTES_PER_JOB = 8 * 2 ** 20;
/** Files that may be equal stay together up to here, for of equal ones only the first need be hashed. Chosen. */
const MOST_BYTES_PER_JOB = 128 * 2 ** 20;

/** What a kill may cost: a few seconds of reading. Chosen. */
const BYTES_BETWEEN_KEEPS = 2 ** 30;

/** A stamp this young may not change with the next write: the clocks of file systems are coarse (FAT: 2 s). */
const SETTLED_MS = 2_000;

/** Files of the table, and of each the place of its entry. */
interface Reading {
  readonly table: FileTable;
  readonly files: readonly number[];
  /** Of each a number: which may be equal. */
  readonly classOf: Uint32Array;
  readonly part: Part;
  readonly kind: HashKind;
  readonly digests: Digests;
}

/**
 * An entry for each file of the classes in turn; unknown where it could not be read, which is tallied.
 * @throws AppError `run/cancelled`
 */
export async function readParts(table: FileTable, classes: readonly Class[], part: Part, run: Run): Promise<Digests> {
  const kind = kindOf(part, run);
  const files = classes.flat();
  const digests = createDigests(files.length, kind.entryBytes);
  const unread: number[] = [];
  for (let place = 0; place < files.length; place++) {
    if (!run.memory.recall(kind, table.stamps, files[place]!, digests.bytes, place)) unread.push(place);
  }
  run.tally.rememberedFiles += files.length - unread.length;
  if (unread.length === 0) return digests;
  const classOf = Uint32Array.from(classes.flatMap((class_, number) => class_.map(() => number)));
  try {
    await readWithRetries({ table, files, classOf, part, kind, digests }, unread, run);
  } finally {
    // Also what an interrupted run has read.
    run.memory.keep();
  }
  return digests;
}

/** Is this part of each of them known already? */
export function areRemembered(table: FileTable, files: readonly number[], part: Part, run: Run): boolean {
  const kind = kindOf(part, run);
  const { bytes } = createDigests(1, kind.entryBytes);
  return files.every((file) => run.memory.recall(kind, table.stamps, file, bytes, 0));
}

function kindOf({ kind, bytes }: Part, { request, digestBytes }: Run): HashKind {
  return { name: `${request.hashing.algorithm}/${kind}/${bytes}`, entryBytes: digestBytes + 1 };
}

async function readWithRetries(reading: Reading, unread: readonly number[], run: Run): Promise<void> {
  const { times, delaySeconds } = run.request.retries;
  let left = unread;
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt > 0) await run.sleep(delaySeconds * 1000 * 2 ** (attempt - 1));
    const again: number[] = [];
    await readOnce(reading, left, run, (place, { code, message, isTransient }) => {
      if (isTransient && attempt < times) again.push(place);
      else run.tally.failures.push({ path: pathAt(reading.table, reading.files[place]!), code, message });
    });
    left = again;
  }
}

/** The places of one device's files in the order of inodes, and how many jobs of it are in hand. */
interface Lane {
  readonly limit: number;
  readonly places: readonly number[];
  at: number;
  inHand: number;
}

async function readOnce(
  reading: Reading,
  unread: readonly number[],
  run: Run,
  fail: (place: number, failure: ReadFailure) => void,
): Promise<void> {
  const { table, files, classOf, part } = reading;
  const { request, progress, tally, digestBytes } = run;
  const how = { part, digestBytes, algorithm: request.hashing.algorithm, blockBytes: request.hashing.blockBytes };
  const bytesOf = (place: number): number => Math.min(sizeOf(table, files[place]!), part.bytes);
  const totalBytes = unread.reduce((sum, place) => sum + bytesOf(place), 0);
  const lanes = lanesOf(reading, unread, run);
  const done = { items: 0, bytes: 0, keptBytes: 0 };
  await runJobs(
    run,
    run.reader.width * 2,
    () => nextJob(lanes, bytesOf, classOf),
    async ({ lane, job }) => {
      const paths = job.map((place) => pathAt(table, files[place]!));
      const sizes = Float64Array.from(job, (place) => sizeOf(table, files[place]!));
      const classes = Uint32Array.from(job, (place) => classOf[place]!);
      const readings = await run.reader.read({ paths, sizes, classes }, how);
      lane.inHand -= 1;
      take(reading, job, readings, run);
      for (const failure of readings.failures) fail(job[failure.index]!, failure);
      for (const place of job) done.bytes += bytesOf(place);
      done.items += job.length;
      if (done.bytes - done.keptBytes > BYTES_BETWEEN_KEEPS) {
        run.memory.keep();
        done.keptBytes = done.bytes;
      }
      progress({
        stage: STAGES[part.kind],
        items: done.items,
        totalItems: unread.length,
        bytes: done.bytes,
        totalBytes,
      });
    },
  );
  tally.readFiles += done.items;
  tally.readBytes += done.bytes;
}

const STAGES: Readonly<Record<Part['kind'], string>> = {
  head: 'Comparing beginnings',
  tail: 'Comparing ends',
  whole: 'Hashing',
};

/** Puts entries in their places, and remembers those whose stamp is old enough to tell a later write. */
function take({ table, files, kind, digests }: Reading, job: readonly number[], readings: Readings, run: Run): void {
  const { entryBytes } = kind;
  for (let i = 0; i < job.length; i++) {
    if (readings.digests[i * entryBytes] === 0) continue;
    const place = job[i]!;
    const file = files[place]!;
    digests.bytes.set(readings.digests.subarray(i * entryBytes, (i + 1) * entryBytes), place * entryBytes);
    if (ctimeMs(table, file) >= run.startedAt - SETTLED_MS) continue;
    run.memory.learn(kind, table.stamps, file, digests.bytes, place);
  }
}

/** By inode; where all bytes are read class by class, so that what may be equal comes together. */
function lanesOf(reading: Reading, unread: readonly number[], run: Run): Lane[] {
  const { table, files } = reading;
  const inodes = Float64Array.from(unread, (place) => inodeOf(table, files[place]!));
  const ranks = reading.part.kind === 'whole' ? classInodes(reading, unread, inodes) : inodes;
  const sorted = unread.map((_, i) => i).sort((a, b) => ranks[a]! - ranks[b]! || inodes[a]! - inodes[b]!);
  const lanes: (Lane & { readonly places: number[] })[] = [];
  for (const i of sorted) {
    const place = unread[i]!;
    const own = lanes.find(({ places }) => isSameDevice(table, files[places[0]!]!, files[place]!));
    if (own) own.places.push(place);
    else lanes.push({ limit: run.readersOf(deviceOf(table, files[place]!)), places: [place], at: 0, inHand: 0 });
  }
  return lanes;
}

/** Of each the lowest inode of its class. */
function classInodes({ classOf }: Reading, unread: readonly number[], inodes: Float64Array): Float64Array {
  const lowest = new Map<number, number>();
  for (const [i, place] of unread.entries()) {
    const number = classOf[place]!;
    lowest.set(number, Math.min(inodes[i]!, lowest.get(number) ?? Number.POSITIVE_INFINITY));
  }
  return Float64Array.from(unread, (place) => lowest.get(classOf[place]!)!);
}

function nextJob(
  lanes: readonly Lane[],
  bytesOf: (place: number) => number,
  classOf: Uint32Array,
): { readonly lane: Lane; readonly job: readonly number[] } | undefined {
  const lane = lanes.find(({ at, places, inHand, limit }) => at < places.length && inHand < limit);
  if (lane === undefined) return undefined;
  const from = lane.at;
  let bytes = 0;
  const isFull = (): boolean => {
    if (bytes < BYTES_PER_JOB) return lane.at - from >= FILES_PER_JOB;
    const goesOn = classOf[lane.places[lane.at]!] === classOf[lane.places[lane.at - 1]!];
    return !goesOn || bytes >= MOST_BYTES_PER_JOB;
  };
  while (lane.at < lane.places.length && !isFull()) {
    bytes += bytesOf(lane.places[lane.at]!);
    lane.at += 1;
  }
  lane.inHand += 1;
  return { lane, job: lane.places.slice(from, lane.at) };
}
