/**
 * In which order files are read. Spacious files (lossless, films) keep the disk busy, compact ones (mp3 …) the
 * cores; taking from both in proportion to what is left keeps both busy to the end. Within each kind the order of
 * the folders is kept, so that a disk's head moves little. A spinning disk gets few readers at once.
 */
import { isSpacious } from '#audio';
import { type BytePath, extensionOf } from '#kernel';

/** One thing to read. */
export interface Reading {
  readonly path: BytePath;
  readonly device: bigint;
  readonly sizeBytes: number;
}

export interface Schedule<Item extends Reading> {
  /**
   * The next item to start, or `undefined` while every device that has one left is at its limit (and at the end).
   * An item that is as long as one in hand, hence perhaps a copy of it, is put off where another can be started.
   */
  next(inHand: readonly Item[]): Item | undefined;
}

/** Smaller files are decoded sooner than they are told apart. Chosen. */
const WORTH_WAITING_BYTES = 1 << 18;
/** How far ahead an item may be started instead of one that is put off. Chosen. */
const LOOK_AHEAD = 16;

/**
 * Plans the reading of `items`, which come in the folders' order. `limitOf` says how many spacious ones a device takes
 * at once; four compact ones count as one.
 */
export function createSchedule<Item extends Reading>(
  items: readonly Item[],
  limitOf: (device: bigint) => number,
): Schedule<Item> {
  const lanes = [...Map.groupBy(items, laneOf).values()].map((lane) => createLane(lane));
  return {
    next: (inHand) => {
      const open = lanes.filter((lane) => lane.left.length > 0 && isFree(lane, inHand, limitOf));
      return leastDone(open)?.take(inHand);
    },
  };
}

function laneOf({ device, path }: Reading): string {
  return `${device} ${isSpacious(extensionOf(path))}`;
}

function isFree(lane: Lane<Reading>, inHand: readonly Reading[], limitOf: (device: bigint) => number): boolean {
  const here = inHand.filter((item) => item.device === lane.device);
  return here.reduce((load, item) => load + loadOf(item), loadOf(lane.first)) <= Math.max(1, limitOf(lane.device));
}

/** How much of a reader a file is: a compact one is decoded most of the time it is in hand. Chosen. */
function loadOf(item: Reading | undefined): number {
  return item === undefined || isSpacious(extensionOf(item.path)) ? 1 : 1 / 4;
}

interface Lane<Item extends Reading> {
  readonly device: bigint;
  /** All of a lane are of one kind. */
  readonly first: Item | undefined;
  /** Not started yet, the next one last. */
  readonly left: Item[];
  /** Bytes started ÷ all bytes of the lane, 0 … 1. */
  share(): number;
  take(inHand: readonly Item[]): Item | undefined;
}

function createLane<Item extends Reading>(items: readonly Item[]): Lane<Item> {
  const left = items.toReversed();
  // Even an empty file takes a turn.
  const weight = (item: Item): number => item.sizeBytes + 1;
  const total = items.reduce((sum, item) => sum + weight(item), 0);
  let started = 0;
  return {
    device: items[0]?.device ?? 0n,
    first: items[0],
    left,
    share: () => started / total,
    take: (inHand) => {
      const [item] = left.splice(choose(left, inHand), 1);
      if (item !== undefined) started += weight(item);
      return item;
    },
  };
}

/** Where in `left` the next item is: the last place, unless something in hand is as long. */
function choose(left: readonly Reading[], inHand: readonly Reading[]): number {
  const sizes = new Set(inHand.map((item) => item.sizeBytes).filter((size) => size >= WORTH_WAITING_BYTES));
  const last = left.length - 1;
  for (let at = last; at >= 0 && at > last - LOOK_AHEAD; at -= 1) {
    if (!sizes.has(left[at]?.sizeBytes ?? 0)) return at;
  }
  return last;
}

/** Ties go to the lane that comes first. */
function leastDone<Item extends Reading>(lanes: readonly Lane<Item>[]): Lane<Item> | undefined {
  return lanes.reduce<Lane<Item> | undefined>(
    (best, lane) => (best === undefined || lane.share() < best.share() ? lane : best),
    undefined,
  );
}
