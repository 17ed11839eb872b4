/**
 * Where a data folder's socket lies: in it, as `daemon.sock`, for its owner alone. The name of a socket has little room,
 * and not every file system holds sockets; then it lies in a folder of its own under $XDG_RUNTIME_DIR or /tmp, and a file
 * beside where it would be says where.
 */
import { chmodSync, lstatSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '#kernel';

/** What a socket's name may take, its end mark not counted. @see unix(7) */
const MOST_NAME_BYTES = 107;
const NAME = 'daemon.sock';

/** May a daemon be listening for this data folder? One look at it, and nothing loaded. */
export function hasSocket(data: string): boolean {
  return exists(socketIn(data)) || exists(signpostIn(data));
}

/** The socket to connect to; `undefined` where there is none. @throws AppError `daemon/unsafe` */
export function findSocket(data: string): string | undefined {
  if (exists(socketIn(data))) return socketIn(data);
  let place: string;
  try {
    place = readFileSync(signpostIn(data), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  assertOwn(path.dirname(place));
  return exists(place) ? place : undefined;
}

/** A place at which to listen. */
export interface SocketPlace extends Disposable {
  readonly path: string;
}

/** In the data folder, where its name is short enough. */
export function placeInside(data: string): SocketPlace | undefined {
  const file = socketIn(data);
  if (Buffer.byteLength(file) > MOST_NAME_BYTES) return undefined;
  rmSync(file, { force: true });
  return { path: file, [Symbol.dispose]: () => rmSync(file, { force: true }) };
}

/** In a new folder elsewhere, which nobody else may enter, with a signpost in the data folder. */
export function placeElsewhere(data: string): SocketPlace {
  const folder = mkdtempSync(path.join(shortFolder(), 'reprise-'));
  const file = path.join(folder, NAME);
  const signpost = signpostIn(data);
  chmodSync(folder, 0o700);
  rmSync(signpost, { force: true });
  writeFileSync(signpost, `${file}\n`, { mode: 0o600, flag: 'wx' });
  return {
    path: file,
    [Symbol.dispose]: () => {
      rmSync(signpost, { force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function shortFolder(): string {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const isShort = runtime?.startsWith('/') && Buffer.byteLength(runtime) + `/reprise-XXXXXX/${NAME}`.length <= 107;
  return isShort && runtime && exists(runtime) ? runtime : '/tmp';
}

/** Somebody else's socket may not answer in our name. */
function assertOwn(folder: string): void {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const owner = process.geteuid?.() ?? 0;
  if (stat.isDirectory() && (stat.uid === owner || owner === 0) && (stat.mode & 0o077) === 0) return;
  throw new AppError('daemon/unsafe', `The folder of the daemon's socket, ${folder}, is open to others.`, {
    kind: 'refused',
    hint: 'Stop the daemon, remove that folder, and start it again.',
  });
}

function socketIn(data: string): string {
  return path.join(data, NAME);
}

function signpostIn(data: string): string {
  return path.join(data, `${NAME}.place`);
}

function exists(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A folder that may not be looked into holds nothing for us; whoever opens the catalogue there says why.
    return false;
  }
}
