/**
 * Compares a root with what the catalogue knows of it, without reading a file. What did not change costs a look at
 * its directory entry and one comparison.
 */
import { AppError, type BytePath, displayPath, isUnder, joinPath } from '#kernel';
import type { KnownFile, StampKey } from './model.ts';
import type { FileTree, FoundFile } from './ports.ts';
import type { ScanFailure, ScanSkip } from './scan-report.ts';
import type { Run } from './scan-run.ts';

/** A file that was found, and what the catalogue knows of its path. */
export interface Visit extends FoundFile {
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
  const unseen = await knownUnder(root, run);
  const look: Look = {
    ...{ seen: 0, unsettled: [], back: [] },
    ...{ troubles: [], skipped: [], devices: new Set() },
  };
  for await (const batch of run.tree.walk(root, walkOptions(run, look))) {
    for (const found of batch) compare(found, unseen, look);
    look.seen += batch.length;
    run.progress({ stage: 'Looking', subject: displayPath(root), items: look.seen });
  }
  const gone = goneFor(look, unseen);
  if (look.seen === 0 && look.skipped.length === 0 && gone.certain.length > 0)
    throw rootEmpty(root, gone.certain.length);
  return { root, ...look, gone: gone.certain, troubles: [...look.troubles, ...gone.troubles] };
}

async function knownUnder(root: BytePath, { store, workers }: Run): Promise<Map<BytePath, KnownFile>> {
  const known = new Map<BytePath, KnownFile>();
  for await (const files of store.filesUnder([root], workers.producer))
    for (const file of files) known.set(file.path, file);
  return known;
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

function compare(found: FoundFile, unseen: Map<BytePath, KnownFile>, look: Look): void {
  const file = unseen.get(found.path);
  if (file === undefined) {
    look.unsettled.push({ ...found, file });
    return;
  }
  unseen.delete(found.path);
  const isSame = file.stamp === found.stamp || isSameButDevice(file.stamp, found.stamp, look);
  if (!isSame || file.isDue) look.unsettled.push({ ...found, file });
  else if (file.state === 'missing' || file.stamp !== found.stamp) look.back.push({ ...found, file });
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
function goneFor(look: Look, unseen: Map<BytePath, KnownFile>): { certain: KnownFile[]; troubles: ScanFailure[] } {
  const hidden = look.troubles.map(({ path }) => path);
  const candidates = [...unseen.values()].filter(
    (file) => file.state === 'present' && !hidden.some((path) => isUnder(file.path, path)),
  );
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
