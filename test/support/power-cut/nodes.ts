/**
 * The files and folders that the kernel knows by number. Each is held by a descriptor that only points (`O_PATH`) and is
 * reached through `/proc/self/fd`, so that a renamed folder and a file without a name cost nothing, and the number of an
 * inode is not used again while it is held.
 */
import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, utimesSync } from 'node:fs';
import { createHeldFile, type HeldFile } from './held-file.ts';
import { openPlatter } from './platter.ts';
import { type Attributes, ROOT_ID } from './protocol.ts';
import { Refusal } from './refusal.ts';

export interface Node {
  readonly id: number;
  readonly ino: bigint;
  /** Points to the file in the backing folder. */
  readonly pointer: number;
  /** Where it was last seen. */
  readonly names: Map<string, Place>;
  /** How often the kernel was told of it and has not forgotten. */
  lookups: number;
  opens: number;
  /** A file's changes; there from the first use on. */
  held: HeldFile | undefined;
  closeHeld: (() => void) | undefined;
  /** Nanoseconds, while they are not on the disk. */
  mtimeNs: bigint | undefined;
  /** Nanoseconds; of the last change, which the disk may see later. */
  ctimeNs: bigint | undefined;
}

interface Place {
  readonly folder: Node;
  readonly name: string;
}

export interface Nodes {
  readonly root: Node;
  /** @throws Refusal ENOENT */
  get(id: number): Node;
  /** Gives the file of this name to the kernel once more. */
  take(folder: Node, name: string): Node;
  forget(id: number, lookups: number): void;
  /** Those with changes that are not on the disk, in the order in which they were first known. */
  dirty(): (Node & { readonly held: HeldFile })[];
}

const O_PATH = 0o10_000_000;
/** What `utimes` of libuv keeps. */
export const TIME_GRANULARITY = 1000;
const SECTOR = 512n;

export function openNodes(backing: string): Nodes {
  let lastId = ROOT_ID;
  const byIno = new Map<bigint, Node>();
  const byId = new Map<number, Node>();
  const add = (id: number, pointer: number): Node => {
    const unknown = { held: undefined, closeHeld: undefined, mtimeNs: undefined, ctimeNs: undefined };
    const { ino } = fstatSync(pointer, { bigint: true });
    const node = { id, ino, pointer, names: new Map(), lookups: 0, opens: 0, ...unknown };
    byIno.set(ino, node);
    byId.set(id, node);
    return node;
  };
  const root = add(ROOT_ID, openSync(backing, O_PATH | constants.O_DIRECTORY));

  function known(pointer: number): Node | undefined {
    const node = byIno.get(fstatSync(pointer, { bigint: true }).ino);
    if (node !== undefined) closeSync(pointer);
    return node;
  }

  return {
    root,
    get(id) {
      const node = byId.get(id);
      if (node === undefined) throw new Refusal('ENOENT');
      return node;
    },
    take(folder, name) {
      const pointer = openSync(pathIn(folder, name), O_PATH | constants.O_NOFOLLOW);
      const node = known(pointer) ?? add(++lastId, pointer);
      node.names.set(`${folder.id}/${name}`, { folder, name });
      node.lookups += 1;
      return node;
    },
    forget(id, lookups) {
      const node = byId.get(id);
      if (node === undefined || node === root) return;
      node.lookups -= lookups;
      if (node.lookups > 0 || (node.held?.isDirty && fstatSync(node.pointer).nlink > 0)) return;
      byIno.delete(node.ino);
      byId.delete(id);
      node.closeHeld?.();
      closeSync(node.pointer);
    },
    dirty: () => [...byId.values()].filter((node) => node.held?.isDirty) as (Node & { readonly held: HeldFile })[],
  };
}

/** Leads to the file itself, whatever it is called, also where it has no name any more. */
export function pathOf({ pointer }: Node): string {
  return `/proc/self/fd/${pointer}`;
}

export function pathIn(folder: Node, name: string): Buffer {
  return Buffer.from(`${pathOf(folder)}/${name}`, 'latin1');
}

/** A path that ends in a name of the file, for what cannot be done without. @throws Refusal ENOENT */
export function namedPath(node: Node): Buffer {
  for (const [key, { folder, name }] of node.names) {
    const path = pathIn(folder, name);
    if (lstatSync(path, { bigint: true, throwIfNoEntry: false })?.ino === node.ino) return path;
    node.names.delete(key);
  }
  throw new Refusal('ENOENT');
}

export function heldOf(node: Node): HeldFile {
  if (node.held === undefined) {
    const platter = openPlatter(pathOf(node));
    node.held = createHeldFile(platter);
    node.closeHeld = platter.close;
  }
  return node.held;
}

/** As the disk would look if all were on it, times to the microsecond. */
export function attributesOf(node: Node): Attributes {
  const disk = fstatSync(node.pointer, { bigint: true });
  const size = BigInt(node.held?.size ?? disk.size);
  return {
    ...pick(disk),
    size,
    blocks: node.held?.isDirty ? (size + SECTOR - 1n) / SECTOR : disk.blocks,
    atimeNs: toMicroseconds(disk.atimeNs),
    mtimeNs: toMicroseconds(node.mtimeNs ?? disk.mtimeNs),
    ctimeNs: toMicroseconds(node.ctimeNs ?? disk.ctimeNs),
  };
}

function pick({ ino, mode, nlink, uid, gid, rdev }: BigIntStats): Omit<Attributes, 'size' | 'blocks' | `${string}Ns`> {
  return { ino, mode, nlink, uid, gid, rdev };
}

function toMicroseconds(timeNs: bigint): bigint {
  const grain = BigInt(TIME_GRANULARITY);
  return timeNs - (((timeNs % grain) + grain) % grain);
}

/** Its bytes changed now. */
export function touch(node: Node): void {
  node.mtimeNs = nowNs();
  node.ctimeNs = node.mtimeNs;
}

export function nowNs(): bigint {
  return BigInt(Math.floor((performance.timeOrigin + performance.now()) * 1000)) * BigInt(TIME_GRANULARITY);
}

/** Puts times on the disk. */
export function setTimes(node: Node, times: { readonly atimeNs?: bigint; readonly mtimeNs?: bigint }): void {
  const disk = fstatSync(node.pointer, { bigint: true });
  const { atimeNs = disk.atimeNs, mtimeNs = node.mtimeNs ?? disk.mtimeNs } = times;
  utimesSync(pathOf(node), secondsOf(atimeNs), secondsOf(mtimeNs));
  node.mtimeNs = undefined;
}

/** As text, which may be negative, and half a microsecond later, as what is below a microsecond is cut off. */
function secondsOf(timeNs: bigint): string {
  return `${(Number(toMicroseconds(timeNs) / BigInt(TIME_GRANULARITY)) + 0.5) / 1e6}`;
}
