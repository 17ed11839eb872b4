/** The thread's side: does one job after the other, with calls that block, for nothing else happens in the thread. */
import { parentPort } from 'node:worker_threads';
import { AppError, type BytePath, displayPath, invariant, toSent } from '#kernel';
import type { ListedFolders, ListFilter, ReadFailure, Readings } from '#sweep';
import { createKeptFile, type KeptFile } from './kept-file.ts';
import { END, type Job, type ListJob, type ReadJob, type Reply } from './protocol.ts';
import { createPartReader, type LookOf } from './read-part.ts';

/** What a thread is made of. */
export interface ThreadParts {
  list(folders: ListJob['folders'], filter: ListFilter): ListedFolders;
  /** Loaded when there is something to read. */
  loadLook(): Promise<LookOf>;
}

/** Serves the main thread until it ends the thread. */
export function serveTwinJobs({ list, loadLook }: ThreadParts): void {
  const port = parentPort;
  const kept = createKeptFile();
  invariant(port, 'jobs are served in a thread');
  const answer = async (job: Job): Promise<Reply> => {
    try {
      return { value: job.kind === 'list' ? list(job.folders, job.filter) : readAll(job, await loadLook(), kept) };
    } catch (error) {
      return { error: toSent(error) };
    }
  };
  port.on('message', (job: Job | typeof END) => {
    if (job === END) port.close();
    else void answer(job).then((reply) => port.postMessage(reply, 'value' in reply ? [bufferOf(reply.value)] : []));
  });
}

/** What is handed over and not copied. */
function bufferOf(value: ListedFolders | Readings): ArrayBuffer {
  return ('stamps' in value ? value.stamps.buffer : value.digests.buffer) as ArrayBuffer;
}

function readAll({ paths, sizes, classes, how }: ReadJob, lookOf: LookOf, kept: KeptFile): Readings {
  const reader = createPartReader(how, lookOf, kept);
  const failures: ReadFailure[] = [];
  const entryBytes = how.digestBytes + 1;
  const digests = new Uint8Array(sizes.length * entryBytes);
  for (const [index, path] of paths.split('\0').entries()) {
    try {
      const { look, digest } = reader.read(path as BytePath, sizes[index] as number, classes[index] as number);
      digests[index * entryBytes] = look;
      digests.set(digest, index * entryBytes + 1);
    } catch (error) {
      failures.push({ index, ...failureOf(error, path as BytePath) });
    }
  }
  return { digests, failures };
}

/** Busy, timed out, interrupted, or a disk or server that stumbled: worth another try. */
const TRANSIENT = new Set(['EAGAIN', 'EBUSY', 'EINTR', 'EIO', 'EMFILE', 'ENFILE', 'ESTALE', 'ETIMEDOUT', 'ETXTBSY']);

function failureOf(error: unknown, path: BytePath): Omit<ReadFailure, 'index'> {
  if (error instanceof AppError) return { code: error.code, message: error.message, isTransient: false };
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Without a system's code it is a bug in here, and no failure of the file.
  if (code === '') throw error;
  const shown = displayPath(path);
  const isTransient = TRANSIENT.has(code);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return { code: 'files/missing', message: `${shown} is not there any more.`, isTransient };
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return { code: 'files/denied', message: `${shown} may not be read.`, isTransient };
  }
  return { code: 'files/unreadable', message: `${shown} cannot be read: ${code}.`, isTransient };
}
