/**
 * Compares a root with what the catalogue knows of it, without reading a file. What did not change costs a look at
 * its directory entry and one comparison.
 */
import { AppError, type BytePath, displayPath, isUnder, joinPath } from '#kernel';
import { type KnownFile, listingOf, type StampKey } from './model.ts';
import type { FileTree, FoundFolder } from './ports.ts';
import type { ScanFailure, ScanSkip } from './scan-report.ts';
import type { Run } from './scan-run.ts';

/** A file that was found, and what the catalogue knows of its path. */
export interface Visit {
  readonly path: BytePath;
  readonly stamp: StampKey;
  readonly file: KnownFile | undefined;
}

/** A known file as it is found now. */
export interface Revisit extends Visit {
  readonly file: KnownFile;
}

/** What one look at a root showed. */
export interface Survey {
  readonly root: BytePath;
  readonly seen: number;
  /** Under paths that are not known, with another stamp than the known one, or due: in the folders' order. */
  readonly unsettled: readonly Visit[];
  /** The same bytes for certain, back again or on a volume that was mounted anew. */
  readonly back: readonly Revisit[];
  /** Known as present and certainly not there. */
  readonly gone: readonly KnownFile[];
  readonly troubles: readonly ScanFailure[];
  readonly skipped: readonly ScanSkip[];
}

interface Look {
  seen: number;
  readonly unsettled: Visit[];
  readonly back: Revisit[];
  /** Known as present, and not found. */
  readonly unseen: KnownFile[];
  readonly troubles: ScanFailure[];
  readonly skipped: ScanSkip[];
  /** Devices that are there, and former numbers of volumes that are there under another number. */
  readonly devices: Set<string>;
}

/**
 * Looks at one root (a real path).
 * @throws AppError `scan/root-empty` where nothing is found of what is known, `run/cancelled`
 */
export async function survey(root: BytePath, run: Run): Promise<Survey> {
  const look: Look = {
    ...{ seen: 0, unsettled: [], back: [], unseen: [] },
    ...{ troubles: [], skipped: [], devices: new Set() },
  };
  const listings = new Map(await run.store.listingsUnder(root, run.workers.producer));
  for await (const folder of run.tree.walk(root, walkOptions(run, look))) {
    if ((listings.get(folder.path) ?? '') !== listingOf(folder.files)) await compareFolder(folder, root, look, run);
    listings.delete(folder.path);
    look.seen += folder.files.length;
    run.progress({ stage: 'Looking through', subject: displayPath(root), items: look.seen });
  }
  for (const path of listings.keys()) await compareFolder({ path, files: [] }, root, look, run);
  const gone = goneFor(look);
  const unexplained = look.seen === 0 ? gone.certain.filter((file) => !isLeftOut(file, look)) : [];
  if (unexplained.length > 0) throw rootEmpty(root, unexplained.length);
  return { root, ...look, gone: gone.certain, troubles: [...look.troubles, ...gone.troubles] };
}

/** Lies in a folder that is there and is left out: that is why it was not seen. */
function isLeftOut({ path }: KnownFile, { skipped }: Look): boolean {
  return skipped.some((skip) => isUnder(path, skip.path));
}

/** Compares a folder file by file. Where the root is a file, its neighbours are none of our business. */
async function compareFolder(folder: FoundFolder, root: BytePath, look: Look, run: Run): Promise<void> {
  const files = await run.store.filesIn(folder.path, run.workers.producer);
  const unseen = new Map(files.filter(({ path }) => isUnder(path, root)).map((file) => [file.path, file]));
  for (const { name, stamp } of folder.files) {
    const path = joinPath(folder.path, name);
    compare({ path, stamp, file: unseen.get(path) }, look);
    unseen.delete(path);
  }
  for (const file of unseen.values()) if (file.state === 'present') look.unseen.push(file);
}

function walkOptions({ filter, settings, signal }: Run, look: Look): Parameters<FileTree['walk']>[1] {
  return {
    ...filter,
    ignoreFiles: settings.ignoreFiles,
    signal,
    onSkip: (path, reason) => look.skipped.push({ path, reason }),
    onTrouble: (path, failure) => look.troubles.push({ path, ...failure }),
    onDevice: (device) => look.devices.add(String(device)),
  };
}

function compare(visit: Visit, look: Look): void {
  if (!isKnown(visit)) {
    look.unsettled.push(visit);
    return;
  }
  const { file, stamp } = visit;
  const isSame = file.stamp === stamp || isSameButDevice(file.stamp, stamp, look);
  if (!isSame || file.isDue) look.unsettled.push(visit);
  else if (file.state === 'missing' || file.stamp !== stamp) look.back.push(visit);
}

function isKnown(visit: Visit): visit is Revisit {
  return visit.file !== undefined;
}

/** Inode, size and both times to the nanosecond agree: the volume got another number when it was mounted anew. */
function isSameButDevice(known: StampKey, found: StampKey, look: Look): boolean {
  if (known.slice(known.indexOf(':')) !== found.slice(found.indexOf(':'))) return false;
  look.devices.add(deviceOf(known));
  return true;
}

/** The device of a stamp. */
function deviceOf(stamp: StampKey): string {
  return stamp.slice(0, stamp.indexOf(':'));
}

/** Which files that were not seen are gone, and which may only be out of sight. */
function goneFor(look: Look): { certain: KnownFile[]; troubles: ScanFailure[] } {
  const hidden = look.troubles.map(({ path }) => path);
  const candidates = look.unseen.filter((file) => !hidden.some((path) => isUnder(file.path, path)));
  // Where nothing at all was seen, the whole root is in doubt; that is said in one sentence of its own.
  if (look.seen === 0) return { certain: candidates, troubles: [] };
  const { there = [], away = [] } = Object.groupBy(candidates, ({ stamp }) =>
    look.devices.has(deviceOf(stamp)) ? 'there' : 'away',
  );
  return { certain: there, troubles: away.length > 0 ? [volumeAway(away)] : [] };
}

function volumeAway(files: readonly KnownFile[]): ScanFailure {
  const path = commonFolder(files.map((file) => file.path));
  const message = `${files.length} known files under ${displayPath(path)} lie on a volume that is not there now; they are kept as they were.`;
  return { path, code: 'scan/volume-away', message };
}

function commonFolder(paths: readonly BytePath[]): BytePath {
  const [first = [], ...others] = paths.map((path) => path.split('/').slice(0, -1));
  const length = others.reduce((shared, parts) => {
    const differs = parts.findIndex((part, at) => part !== first[at]);
    return Math.min(shared, differs < 0 ? parts.length : differs);
  }, first.length);
  return first.slice(1, length).reduce<BytePath>((folder, name) => joinPath(folder, name as BytePath), '/' as BytePath);
}

function rootEmpty(root: BytePath, count: number): AppError {
  const text = `${displayPath(root)} holds no music, but the catalogue knows ${count} ${count === 1 ? 'file' : 'files'} there; nothing was marked missing.`;
  return new AppError('scan/root-empty', text, {
    kind: 'conflict',
    hint: 'Mount or connect the disk. If the music was removed on purpose, scan the folder above.',
  });
}
