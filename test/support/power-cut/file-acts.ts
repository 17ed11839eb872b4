/** Random acts on the files of a small folder, to hold a file system against another. */
import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';

interface Place {
  at(name: string): string;
  /** Files that are open, by slot. */
  readonly open: Map<number, number>;
}

/** Gives what came of it, of which nothing depends on the place. */
export type FileAct = (place: Place) => unknown;

const name = fc.constantFrom('a', 'b', 'p', 'p/a', 'p/b', 'p/q', 'p/q/a', 'ü \n');
const [from, to, target] = [name, name, name];
const slot = fc.nat(2);
/** Around the borders of pages, and far out, where holes are. */
const position = fc.oneof(
  fc.nat(100),
  fc.integer({ min: 4000, max: 4200 }),
  fc.integer({ min: 8100, max: 8300 }),
  fc.nat(70_000),
);
const size = position;
const length = fc.oneof(fc.nat(20), fc.integer({ min: 4000, max: 4200 }), fc.nat(20_000));
const byte = fc.integer({ min: 1, max: 255 });
const flags = fc.constantFrom('r', 'r+', 'w', 'w+', 'wx', 'a', 'a+');
const mode = fc.constantFrom(0o600, 0o755, 0o4711);

/** What is chosen, then what is done with it. */
function act<T>(chosen: fc.Arbitrary<T>, does: (place: Place, chosen: T) => unknown): fc.Arbitrary<FileAct> {
  return chosen.map((one) => {
    const spoken = (): string => `${does} of ${JSON.stringify(one)}`;
    return Object.assign((place: Place) => does(place, one), { [fc.toStringMethod]: spoken });
  });
}

/** Where none is open, EBADF comes of it, everywhere. */
const fileIn = ({ open }: Place, slot: number): number => open.get(slot) ?? 1_000_000;

const onNames = [
  act(fc.record({ name, size }), ({ at }, { name, size }) => truncateSync(at(name), size)),
  act(fc.record({ from, to }), ({ at }, { from, to }) => renameSync(at(from), at(to))),
  act(fc.record({ from, to }), ({ at }, { from, to }) => linkSync(at(from), at(to))),
  act(name, ({ at }, name) => unlinkSync(at(name))),
  act(name, ({ at }, name) => mkdirSync(at(name))),
  act(name, ({ at }, name) => rmdirSync(at(name))),
  act(fc.record({ target, name }), ({ at }, { target, name }) => symlinkSync(target, at(name))),
  act(fc.record({ name, mode }), ({ at }, { name, mode }) => chmodSync(at(name), mode)),
  act(name, ({ at }, name) => treeOf(at(name))),
];

const onOpenFiles = [
  act(fc.record({ slot, position, length, byte }), (place, { slot, position, length, byte }) =>
    writeSync(fileIn(place, slot), Buffer.alloc(length, byte), 0, length, position),
  ),
  act(fc.record({ slot, position, length }), (place, { slot, position, length }) => {
    const into = Buffer.alloc(length);
    return [readSync(fileIn(place, slot), into, 0, length, position), into.toString('latin1')];
  }),
  act(fc.record({ slot, size }), (place, { slot, size }) => ftruncateSync(fileIn(place, slot), size)),
  act(slot, (place, slot) => fsyncSync(fileIn(place, slot))),
  act(slot, (place, slot) => factsOf(fstatSync(fileIn(place, slot)))),
];

const opening = act(fc.record({ slot, name, flags }), (place, { slot, name, flags }) => {
  close(place, slot);
  place.open.set(slot, openSync(place.at(name), flags, 0o640));
});

export const fileActs: fc.Arbitrary<FileAct[]> = fc.array(
  fc.oneof(
    { arbitrary: opening, weight: 4 },
    { arbitrary: act(slot, close), weight: 1 },
    { arbitrary: fc.oneof(...onNames), weight: 7 },
    { arbitrary: fc.oneof(...onOpenFiles), weight: 8 },
  ),
  { minLength: 20, maxLength: 80, size: 'max' },
);

/** Does them all, one after the other, and gives what came of each: a value, or the code of the error. Nothing stays open. */
export function doAll(acts: readonly FileAct[], folder: string): unknown[] {
  const place: Place = { at: (name) => path.join(folder, name), open: new Map() };
  const outcomes = acts.map((act) => outcomeOf(() => act(place)));
  for (const slot of [...place.open.keys()]) close(place, slot);
  return outcomes;
}

function outcomeOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    // Without a code it is a mistake in the acts.
    return (error as NodeJS.ErrnoException).code ?? error;
  }
}

function close({ open }: Place, slot: number): void {
  const file = open.get(slot);
  open.delete(slot);
  if (file !== undefined) closeSync(file);
}

/** All below, by name: kind and mode, number of names, size and content. */
export function treeOf(root: string): unknown {
  const stats = lstatSync(root);
  if (stats.isSymbolicLink()) return readlinkSync(root);
  if (!stats.isDirectory()) return { ...factsOf(stats), content: readFileSync(root, 'latin1') };
  const names = readdirSync(root).sort();
  return { ...factsOf(stats), content: names.map((name) => [name, treeOf(path.join(root, name))]) };
}

function factsOf(stats: Stats): Readonly<Record<string, unknown>> {
  return { mode: stats.mode, nlink: stats.nlink, ...(stats.isFile() && { size: stats.size }) };
}
