/** Two worlds held against each other, operation by operation. */
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { decided, type Operation, type Path, type PathChoice } from './operations.ts';
import { ABOVE, type Seen, type World } from './world.ts';

const TOP = ['', ...ABOVE.slice(1)].join('/');

/**
 * Does the operations in both, and holds answers, errors and all that is to be seen afterwards against each other.
 * @param isFine times tell changes that follow one another at once, see {@link hasFineTimes}
 * @param performed how often each operation came to which end; is added to
 */
export function compare(
  tree: World,
  disk: World,
  operations: readonly Operation<PathChoice>[],
  isFine: boolean,
  performed: Map<string, number>,
): void {
  let before = { tree: tree.look(), disk: disk.look() };
  for (const [at, choice] of operations.entries()) {
    const one = decided(choice, pathsIn(before.disk), slotsIn(before.disk));
    const said = `step ${at}: ${show(one)}`;
    if (isForKernel(one, before.tree)) continue;
    const answers = { tree: answerOf(tree, one), disk: answerOf(disk, one) };
    expect(answers.tree, said).toEqual(answers.disk);
    const key = `${one.act} ${'error' in answers.tree ? answers.tree.error : 'done'}`;
    performed.set(key, (performed.get(key) ?? 0) + 1);
    const after = { tree: tree.look(), disk: disk.look() };
    const moved = { tree: comparable(before.tree, after.tree), disk: comparable(before.disk, after.disk) };
    if (!isFine) forgetCoarse(moved.tree, moved.disk);
    expect(moved.tree, said).toEqual(moved.disk);
    before = after;
  }
}

type Answer = { readonly value: unknown } | { readonly error: string };

function answerOf(world: World, one: Operation): Answer {
  try {
    return { value: world.perform(one) };
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== 'string' || !code.startsWith('E') || code.startsWith('ERR_') || code === 'EIO') throw error;
    return { error: code };
  }
}

/** Of what is there; below the top folder, where the operations begin. */
function pathsIn(seen: ReadonlyMap<string, Seen>): { paths: Path[]; files: Path[]; folders: Path[] } {
  const below = [...seen].filter(([name]) => name.startsWith(TOP));
  const pathOf = (name: string): Path => name.slice(TOP.length).split('/').slice(1);
  const folders = below.filter(([, { kind }]) => kind === 'folder' || kind === 'symlink');
  return {
    paths: below.map(([name]) => pathOf(name)).filter(({ length }) => length > 0),
    files: below.filter(([, { kind }]) => kind === 'file').map(([name]) => pathOf(name)),
    folders: folders.map(([name]) => pathOf(name)),
  };
}

function slotsIn(seen: ReadonlyMap<string, Seen>): { files: number[]; folders: number[] } {
  const open = [...seen].filter(([name]) => name.startsWith('#'));
  const slots = (isFolder: boolean): number[] =>
    open.filter(([, { kind }]) => (kind === 'folder') === isFolder).map(([name]) => Number(name.slice(1)));
  return { files: slots(false), folders: slots(true) };
}

/** Opening a pipe or a device, and following a symbolic link, is the kernel's affair. */
function isForKernel(one: Operation, seen: ReadonlyMap<string, Seen>): boolean {
  if (one.act !== 'open' && one.act !== 'resize') return false;
  const kind = seen.get([TOP, ...one.path].join('/'))?.kind ?? 'file';
  return !['file', 'folder'].includes(kind) && (kind !== 'symlink' || one.act === 'resize');
}

type Comparable = Map<string, Omit<Seen, 'id' | 'times'> & { sameAs: string; moved: Record<string, boolean> }>;

/** Without what differs between worlds: numbers become the first path of the node, times become whether they moved. */
function comparable(before: ReadonlyMap<string, Seen>, after: ReadonlyMap<string, Seen>): Comparable {
  const old = new Map([...before.values()].map(({ id, times }) => [id, times]));
  const firsts = new Map<string, string>();
  const compared: Comparable = new Map();
  for (const [name, { id, times, ...seen }] of after) {
    if (!firsts.has(id)) firsts.set(id, name);
    const were = old.get(id);
    const moved = (key: keyof typeof times): boolean => were !== undefined && were[key] !== times[key];
    compared.set(name, {
      ...seen,
      sameAs: firsts.get(id) as string,
      moved: { atime: moved('atime'), mtime: moved('mtime'), ctime: moved('ctime') },
    });
  }
  return compared;
}

/** Where the system's clock is coarse, a time that ought to have moved may have stayed. */
function forgetCoarse(tree: Comparable, disk: Comparable): void {
  for (const [name, { moved }] of tree) {
    const there = disk.get(name)?.moved;
    for (const key of Object.keys(moved)) if (there?.[key] === false) moved[key] = false;
  }
}

/** Do times tell changes that follow one another at once? Since Linux 6.13 they do on a disk. */
export function hasFineTimes(folder: string): boolean {
  const file = path.join(folder, 'probe');
  const times = new Set<bigint>();
  for (let n = 0; n < 10; n++) {
    writeFileSync(file, String(n));
    times.add(statSync(file, { bigint: true }).mtimeNs);
  }
  return times.size === 10;
}

function show(one: Operation): string {
  return JSON.stringify(one, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
}
