/** What `doctor` finds out: each check says what was found and, where it could be better, what to do. */
import type { Check, Diagnosis } from '#cli';
import type { InboxSettings, Settings } from '#config';
import { AppError, type BytePath, displayPath, systemClock } from '#kernel';
import { connectObject } from '../adapters/daemon/index.ts';
import { describeDecoders } from '../adapters/decoder/index.ts';
import { canDoAll } from '../adapters/files/index.ts';
import { mountReadiness } from '../adapters/fuse/index.ts';
import { fileBytes, freeBytes, isFolder, isPortFree, isWritable, openFileLimit } from '../adapters/machine/index.ts';
import { openRasteriser } from '../adapters/pictures/index.ts';
import { catalogueFile } from './data-folder.ts';
import { VERSION } from './version.ts';

/** Below this a first scan of a middling library may run full. */
const SCARCE_BYTES = 2 ** 30;
/** What workers, catalogue and standard streams need, with room. */
const FEW_FILES = 256;

export async function diagnose(settings: Settings): Promise<Diagnosis> {
  const checks = [
    node(),
    await decoder(),
    await pictures(),
    fileActs(),
    { id: 'mounts', title: 'Mounting stores', ...mountReadiness() },
    dataFolder(settings),
    freeSpace(settings),
    openFiles(),
    await daemon(settings),
    ...settings.inboxes.flatMap(inboxFolders),
  ];
  return { checks: [...checks.flatMap((check) => check ?? []), await catalogueState(catalogueFile(settings))] };
}

function node(): Check {
  return {
    id: 'node',
    title: 'Node',
    state: 'good',
    finding: `${process.versions.node} on ${process.platform}-${process.arch}`,
  };
}

async function decoder(): Promise<Check> {
  const { inUse, missingCodings, advice } = await describeDecoders();
  const check = { id: 'decoder', title: 'Decoder', ...(advice && { advice }) };
  if (inUse === null) return { ...check, state: 'bad', finding: 'none' };
  if (missingCodings.length === 0) return { ...check, state: advice ? 'poor' : 'good', finding: inUse };
  return { ...check, state: 'poor', finding: `${inUse}, without ${missingCodings.join(', ')}` };
}

async function pictures(): Promise<Check> {
  const check = { id: 'pictures', title: 'Pictures' };
  try {
    await openRasteriser();
    return { ...check, state: 'good', finding: 'SVG and PNG' };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...check, state: 'poor', finding: 'SVG only', ...(error.hint && { advice: error.hint }) };
  }
}

function fileActs(): Check {
  const check = { id: 'file-acts', title: 'Moving files' };
  if (canDoAll()) return { ...check, state: 'good', finding: 'with nanosecond times and extended attributes' };
  return {
    ...check,
    state: 'poor',
    finding: 'without extended attributes; times to the microsecond',
    advice: 'Install again with optional packages (npm ci), on Linux with glibc: koffi is missing or does not load.',
  };
}

function dataFolder({ data }: Settings): Check {
  const check = { id: 'data-folder', title: 'Data folder' };
  if (isWritable(data)) return { ...check, state: 'good', finding: data };
  return {
    ...check,
    state: 'bad',
    finding: `${data} cannot be written`,
    advice: 'Name another one with --data or the setting "data".',
  };
}

function freeSpace({ data }: Settings): Check {
  const free = freeBytes(data);
  const finding = `${(free / 2 ** 30).toFixed(1)} GiB beside the catalogue`;
  const check = { id: 'free-space', title: 'Free space', finding };
  if (free >= SCARCE_BYTES) return { ...check, state: 'good' };
  return {
    ...check,
    state: 'poor',
    advice: 'A catalogue takes some 30 KB for each track: make room, or move it with "data".',
  };
}

function openFiles(): Check | undefined {
  const limit = openFileLimit();
  if (limit === undefined) return undefined;
  const check = { id: 'open-files', title: 'Open files', finding: `up to ${limit} at once` };
  if (limit >= FEW_FILES) return { ...check, state: 'good' };
  return { ...check, state: 'poor', advice: `Raise the limit to ${FEW_FILES} or more: ulimit -n ${FEW_FILES}` };
}

/** A daemon that may be asked is asked no longer than this. Chosen. */
const DAEMON_WAIT_MS = 3000;

/** Is one running? If not, could it? */
async function daemon({ data, serve }: Settings): Promise<Check> {
  const check = { id: 'daemon', title: 'Daemon' };
  try {
    await using running = await connectObject(data, { version: VERSION, waitMs: DAEMON_WAIT_MS });
    if (running) return { ...check, state: 'good', finding: `running, process ${running.daemonPid}` };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...check, state: 'bad', finding: error.message, ...(error.hint && { advice: error.hint }) };
  }
  const place = `port ${serve.port} of ${serve.host}`;
  if (await isPortFree(serve.host, serve.port)) {
    return { ...check, state: 'good', finding: `not running; ${place} is free` };
  }
  return {
    ...check,
    state: 'poor',
    finding: `not running, and ${place} cannot be taken`,
    advice: 'Another program may listen there. Set serve.port, or serve.host, before "reprise serve".',
  };
}

/** Is each folder there, and may be done in it what the settings want? */
function inboxFolders(inbox: InboxSettings): Check[] {
  const { name, path, library, place, onDuplicate, onUpgrade } = inbox;
  const isChanged = place === 'move' || onDuplicate === 'trash' || onUpgrade === 'swap';
  const own = folderCheck(`Inbox ${name}`, path, isChanged);
  return library === null ? [own] : [own, folderCheck(`Library of ${name}`, library, place !== 'none')];
}

function folderCheck(title: string, path: BytePath, isWritten: boolean): Check {
  const check = { id: 'inbox', title };
  const shown = displayPath(path);
  if (!isFolder(path)) {
    return { ...check, state: 'bad', finding: `${shown} is no folder`, advice: 'Make it, or connect its disk.' };
  }
  if (isWritten && !isWritable(path)) {
    const finding = `${shown} cannot be written`;
    return { ...check, state: 'bad', finding, advice: 'Files are to be moved or placed there: give the right to.' };
  }
  return { ...check, state: 'good', finding: isWritten ? `${shown}, can be written` : shown };
}

async function catalogueState(file: BytePath): Promise<Check> {
  const check = { id: 'catalogue', title: 'Catalogue' };
  const bytes = fileBytes(file);
  if (bytes === 0) return { ...check, state: 'good', finding: 'none yet; the first scan makes it' };
  try {
    const { openCatalogue } = await import('../adapters/sqlite/index.ts');
    await using store = await openCatalogue(file, { clock: systemClock, owner: 'reprise doctor', waitMs: 0 });
    const missing = await store.missingCount();
    const gone = missing === 0 ? '' : `, ${missing} missing files remembered`;
    return { ...check, state: 'good', finding: `${(bytes / 2 ** 20).toFixed(1)} MiB${gone}` };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const state = error.code === 'catalogue/locked' ? 'good' : 'bad';
    return { ...check, state, finding: error.message, ...(state === 'bad' && error.hint && { advice: error.hint }) };
  }
}
