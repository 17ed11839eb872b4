/**
 * What a sweep refuses to start with: folders that overlap, by whatever names, links or mounts they are reached. Two
 * folders are one if device and inode are equal, so spelling, case and symlinks cannot hide it.
 */
import { isInTrashFolder } from '#filing';
import { AppError, type BytePath, displayPath, isUnder } from '#kernel';
import type { FolderPlace, PlaceOf } from './ports.ts';
import type { SweepRequest } from './request.ts';

export type Role = 'reference' | 'source' | 'output';

/** A folder of the request, and where it really lies. */
export interface Root {
  readonly role: Role;
  readonly path: BytePath;
  /** `device:inode`; `undefined` for an output that is not there yet. */
  readonly key: string | undefined;
  readonly place: FolderPlace;
}

export interface Roots {
  /** Real folders, none within another one. */
  readonly references: readonly Root[];
  readonly sources: readonly Root[];
  readonly output: Root | null;
}

/**
 * Real folders that do not overlap.
 * @throws AppError `usage/too-few` where something is not said, `files/missing`, `files/not-regular`, and
 * `sweep/overlap` (refused)
 */
export function guardRoots(request: SweepRequest, placeOf: PlaceOf): Roots {
  assertComplete(request);
  const references = request.references.map((path) => standing(path, 'reference', placeOf));
  const sources = request.sources.map((path) => standing(path, 'source', placeOf));
  const output = request.output === null ? null : outputAt(request.output, placeOf);
  const others = output === null ? sources : [...sources, output];
  for (const [at, root] of others.entries()) {
    for (const other of [...references, ...others.slice(0, at)]) assertApart(root, other);
  }
  return { references: references.filter((root, at) => !isWithinOthers(root, at, references)), sources, output };
}

function assertComplete({ sources, output, mode, by, references }: SweepRequest): void {
  if (sources.length === 0) throw usage('A sweep needs a folder to look for duplicates in.', 'Name it with --source.');
  if (mode === 'move' && output === null) {
    throw usage('Duplicates are moved, and nobody said where to.', 'Name a folder with --output, or use --mode trash.');
  }
  if (mode !== 'move' && output !== null) {
    throw usage(`--output is for moved files, and --mode ${mode} moves none.`, 'Leave one of the two out.');
  }
  if (by !== 'bytes' && (mode === 'hardlink' || mode === 'reflink')) {
    throw new AppError('usage/bad-value', `A ${mode} would put other bytes in the place of a file.`, {
      kind: 'usage',
      hint: `Use --by bytes with --mode ${mode}, or --mode move, trash or symlink.`,
    });
  }
  for (const path of [...references, ...sources, ...(output === null ? [] : [output])]) {
    if (path === '') throw usage('The name of a folder is empty.', 'A variable in the command may not be set.');
  }
}

function usage(message: string, hint: string): AppError {
  return new AppError('usage/too-few', message, { kind: 'usage', hint });
}

function standing(path: BytePath, role: Role, placeOf: PlaceOf): Root {
  const place = placeOf(path);
  if (place.kind === 'nothing') {
    throw new AppError('files/missing', `The ${role} ${displayPath(path)} does not exist.`, {
      kind: 'missing',
      hint: 'Check the spelling, and whether the disk that holds it is connected.',
    });
  }
  return rootAt(place, role, path);
}

function outputAt(path: BytePath, placeOf: PlaceOf): Root {
  return rootAt(placeOf(path), 'output', path);
}

function rootAt(place: FolderPlace, role: Role, path: BytePath): Root {
  if (place.kind === 'other') {
    throw new AppError('files/not-regular', `The ${role} ${displayPath(path)} is not a folder.`, {
      kind: 'usage',
      hint: 'A sweep works on folders.',
    });
  }
  if (isInTrashFolder(place.path)) {
    throw new AppError('sweep/in-trash', `The ${role} ${displayPath(path)} lies in the trash, which is never swept.`, {
      kind: 'refused',
      hint: 'What lies there is on its way out; "reprise trash restore" takes it out.',
    });
  }
  return { role, place, path: place.path, key: place.kind === 'folder' ? place.keys[0] : undefined };
}

function assertApart(one: Root, other: Root): void {
  const same = one.key !== undefined && one.key === other.key;
  if (!same && !isWithin(one, other) && !isWithin(other, one)) return;
  const [inner, outer] = isWithin(one, other) ? [one, other] : [other, one];
  throw overlap(
    same || one.path === other.path
      ? `The ${one.role} ${displayPath(one.path)} and the ${other.role} ${displayPath(other.path)} are one folder.`
      : `The ${inner.role} ${displayPath(inner.path)} lies within the ${outer.role} ${displayPath(outer.path)}.`,
  );
}

/** Does it lie in the other one, or is it the other one? */
function isWithin(inner: Root, outer: Root): boolean {
  return isUnder(inner.path, outer.path) || (outer.key !== undefined && inner.place.keys.includes(outer.key));
}

function isWithinOthers(root: Root, at: number, all: readonly Root[]): boolean {
  return all.some((other, place) => place !== at && isWithin(root, other) && (place < at || !isWithin(other, root)));
}

/** Refused, for a file could be taken for its own copy. */
export function overlap(message: string): AppError {
  return new AppError('sweep/overlap', `${message} Nothing was done.`, {
    kind: 'refused',
    hint: 'A file there would count as its own duplicate. Name folders that have nothing in common.',
  });
}
