/** Nodes and figures of the store as the library takes them. */

import type { Node, NodeKind, TreeStatistics } from '#store';
import type * as Fuse from './library-types.ts';

const NS = 1_000_000_000n;
const BLOCK_BYTES = 4096;
const SECTOR_BYTES = 512;
const NAME_MAX = 255;
/** There is no end to them but the disk's. Chosen: programs warn of small numbers, and macOS counts in 32 bits. */
const MOST_NEW_NODES = 2 ** 31;
/** macOS counts blocks in 32 bits, too. */
const MOST_BLOCKS = 2 ** 32 - 1;

/** The upper bits of a mode. */
const KIND_BITS: Readonly<Record<NodeKind, number>> = {
  fifo: 0o010000,
  'character-device': 0o020000,
  folder: 0o040000,
  'block-device': 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
};
const KINDS = new Map(Object.entries(KIND_BITS).map(([kind, bits]) => [bits, kind as NodeKind]));

/** @param mode with the kind in its upper bits; without kind, as `mknod` may be asked, it is a file */
export function kindOfMode(mode: number): NodeKind | undefined {
  const bits = mode & 0o170000;
  return bits === 0 ? 'file' : KINDS.get(bits);
}

export function modeOf({ kind, mode }: Node): number {
  return KIND_BITS[kind] | mode;
}

/** Its number is the library's to give. @param links how many names it seems to have */
export function statsOf(node: Node, links: number = node.links): Fuse.Stats {
  const { uid, gid, size, device, atimeNs, mtimeNs, ctimeNs } = node;
  return {
    ...{ mode: modeOf(node), uid, gid, size, nlink: links, rdev: device },
    ...{ blksize: BLOCK_BYTES, blocks: sectorsOf(node) },
    ...{ atime: timespecOf(atimeNs), mtime: timespecOf(mtimeNs), ctime: timespecOf(ctimeNs) },
  };
}

/** What the file would take on a disk that shares nothing; programs take a file without blocks for a hole. */
function sectorsOf({ kind, size, content, isRaw }: Node): number {
  const isHole = content === null && !isRaw;
  return kind !== 'file' || isHole ? 0 : Math.ceil(size / BLOCK_BYTES) * (BLOCK_BYTES / SECTOR_BYTES);
}

function timespecOf(time: bigint): Fuse.Timespec {
  const rest = ((time % NS) + NS) % NS;
  return { seconds: (time - rest) / NS, nanoseconds: Number(rest) };
}

/** Nanoseconds since 1970. */
export function timeOf({ seconds, nanoseconds }: Fuse.Timespec): bigint {
  return BigInt(seconds) * NS + BigInt(nanoseconds);
}

/** Files count as long as they are, so that what sharing saves shows beside the disk's own figures. */
export function figuresOf({ freeBytes, availableBytes, logicalBytes, nodes }: TreeStatistics): Fuse.Statfs {
  let block = BLOCK_BYTES;
  while ((freeBytes + logicalBytes) / block > MOST_BLOCKS) block *= 2;
  const blocksOf = (bytes: number): number => Math.floor(bytes / block);
  return {
    ...{ bsize: block, frsize: block, namemax: NAME_MAX },
    blocks: blocksOf(freeBytes) + blocksOf(logicalBytes),
    ...{ bfree: blocksOf(freeBytes), bavail: blocksOf(availableBytes) },
    ...{ files: nodes + MOST_NEW_NODES, ffree: MOST_NEW_NODES, favail: MOST_NEW_NODES },
  };
}
