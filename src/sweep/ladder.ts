/**
 * Which files are equal: by size, by their first bytes, where they are long by their last bytes, and by all bytes. Each
 * rung reads only what the one before could not tell apart. From the disk nothing is read twice: the ends of a file
 * that is then read as a whole are still in the system's memory.
 */
import { createFilter, type FileFilter, isAudioExtension } from '#audio';
import { baseName, extensionOf, folderOf } from '#kernel';
import { type Candidates, type Class, candidatesBySize, isOfUse } from './contents.ts';
import { type Digests, groupEqual, hexDigest, LOOK, markOf } from './digests.ts';
import { type FileTable, fileAt, type SweptFile, sizeOf } from './file-table.ts';
import type { Part } from './ports.ts';
import { areRemembered, readParts } from './read-parts.ts';
import type { Run } from './run.ts';

/** A page: asked for more, Linux reads 64 KiB ahead instead of 16. */
const END_BYTES = 4096;
/** A shorter file is read as a whole about as fast as its end is found. Chosen. */
const TAIL_FROM_BYTES = 2 ** 20;

/** Files that are equal as far as was asked, at least two, one of them of the source. */
export interface TwinSet {
  readonly files: readonly SweptFile[];
  readonly sizeBytes: number;
  /** Of all bytes, hex; `null` where not all were hashed. */
  readonly digest: string | null;
}

/** @throws AppError `run/cancelled` */
export async function findTwins(table: FileTable, run: Run): Promise<TwinSet[]> {
  const mostBytes = run.request.hashing.mostBytes ?? Number.POSITIVE_INFINITY;
  const { includes } = createFilter(run.request.filter);
  const search: Search = { table, run, includes, looks: new Map(), ...candidatesBySize(table, run) };
  const head: Part = { kind: 'head', bytes: Math.min(END_BYTES, mostBytes) };
  const whole: Part = { kind: 'whole', bytes: mostBytes };
  const headed = (await split(search, search.classes, head)).filter((found) => hasSound(found, search));
  for (const { class_, digests, place } of headed) {
    for (const file of class_) search.looks.set(file, markOf(digests, place));
  }
  const isRead = ({ sizeBytes }: Split): boolean => Math.min(sizeBytes, mostBytes) <= head.bytes;
  const ended = await tellApartByEnds(
    search,
    headed.filter((found) => !isRead(found)),
    whole,
  );
  const hashed = await split(search, ended, whole);
  return [...headed.filter(isRead), ...hashed].flatMap((found) => twinSet(found, search, mostBytes) ?? []);
}

interface Search extends Candidates {
  readonly table: FileTable;
  readonly run: Run;
  /** What the first bytes of a file look like; all of a class begin alike. */
  readonly looks: Map<number, number>;
  readonly includes: FileFilter['includes'];
}

/** Files with equal digests of a part. */
interface Split {
  readonly class_: Class;
  readonly sizeBytes: number;
  readonly digests: Digests;
  /** Of one of them, for all. */
  readonly place: number;
}

/** Tells the files of each class apart by a part of them, and drops what has no twin left. */
async function split({ table, run, otherNames }: Search, classes: readonly Class[], part: Part): Promise<Split[]> {
  const files = classes.flat();
  const digests = await readParts(table, classes, part, run);
  const found: Split[] = [];
  let from = 0;
  for (const { length } of classes) {
    for (const places of groupEqual(digests, from, length)) {
      const class_ = places.map((place) => files[place]!);
      if (!isOfUse(class_, table, otherNames)) continue;
      const [place = 0] = places;
      found.push({ class_, digests, place, sizeBytes: sizeOf(table, files[place]!) });
    }
    from += length;
  }
  return found;
}

async function tellApartByEnds(search: Search, splits: readonly Split[], whole: Part): Promise<Class[]> {
  const { table, run } = search;
  const isTailed = ({ sizeBytes, class_ }: Split): boolean =>
    sizeBytes >= TAIL_FROM_BYTES && !areRemembered(table, class_, whole, run);
  const { tailed = [], straight = [] } = Object.groupBy(splits, (found) => (isTailed(found) ? 'tailed' : 'straight'));
  const tail: Part = { kind: 'tail', bytes: END_BYTES };
  const ended = await split(
    search,
    tailed.map(({ class_ }) => class_),
    tail,
  );
  return [...straight, ...ended].map(({ class_ }) => class_);
}

/** Could one of them be a sound? */
function hasSound({ digests, place, class_ }: Split, { run }: Search): boolean {
  if (run.request.filter.extensions !== null || run.request.filter.include.length > 0) return true;
  if (markOf(digests, place) !== LOOK.other) return true;
  run.tally.notSound += class_.length;
  return false;
}

/** The set with all names of its files, but for those that are no sounds. */
function twinSet({ class_, sizeBytes, digests, place }: Split, search: Search, mostBytes: number): TwinSet | undefined {
  const { table, otherNames, looks, run } = search;
  const look = looks.get(class_[0]!);
  const all = class_.flatMap((file) => [file, ...(otherNames.get(file) ?? [])].map((name) => fileAt(table, name)));
  const files = all.filter(soundTest(look, search));
  run.tally.notSound += all.length - files.length;
  if (files.length < 2 || !files.some(({ root }) => root.role === 'source')) return undefined;
  return { files, sizeBytes, digest: sizeBytes <= mostBytes ? hexDigest(digests, place) : null };
}

/**
 * What is a sound: by its first bytes, where they do not tell by its name. Where extensions were named, or a pattern
 * asks for a file, that is all that counts.
 */
function soundTest(look: number | undefined, { run, includes }: Search): (file: SweptFile) => boolean {
  if (run.request.filter.extensions !== null || look === LOOK.sound) return () => true;
  return ({ path }) =>
    (look === LOOK.unclear && isAudioExtension(extensionOf(path))) || includes(baseName(path), folderOf(path));
}
