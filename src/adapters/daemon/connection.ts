/** Connecting to a socket, and what can be wrong with it. */
import { createConnection, type Socket } from 'node:net';
import { AppError } from '#kernel';

/** `undefined` where nobody listens. @throws AppError `daemon/denied` */
export async function connectTo(path: string): Promise<Socket | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket | undefined>();
  const socket = createConnection({ path });
  socket.once('connect', () => resolve(socket));
  socket.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT' || error.code === 'ENOTSOCK') resolve(undefined);
    else reject(unreachable(path, error));
  });
  return promise;
}

function unreachable(path: string, cause: NodeJS.ErrnoException): AppError {
  const isDenied = cause.code === 'EACCES' || cause.code === 'EPERM';
  return new AppError('daemon/denied', `The daemon at ${path} cannot be reached (${cause.code}).`, {
    kind: isDenied ? 'denied' : 'unavailable',
    hint: 'It belongs to whoever started it: run the command as that user, or name another data folder with --data.',
    cause,
  });
}
