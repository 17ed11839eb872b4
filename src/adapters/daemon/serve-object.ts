/**
 * The daemon's end of the socket: offers the methods of an object to whoever may open it. Each call runs at once, beside
 * the others; order is the object's own business.
 */
import { createServer, type Server } from 'node:net';
import { AppError } from '#kernel';
import { connectTo } from './connection.ts';
import { type ClientSession, type Methods, serveClient } from './serve-client.ts';
import { findSocket, placeElsewhere, placeInside, type SocketPlace } from './socket-place.ts';

export interface ServedObject extends AsyncDisposable {
  /** Where it listens. */
  readonly path: string;
  /** Takes no calls any more, aborts those in hand and waits until they have ended. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** Of the program; clients of another one are sent away. */
  readonly version: string;
}

/**
 * Listens for the data folder, which must be there. What a dead daemon left there is replaced.
 * @throws AppError `daemon/running` where a living one listens
 */
export async function serveObject(data: string, target: object, { version }: ServeOptions): Promise<ServedObject> {
  await assertNoDaemon(data);
  const methods = methodsOf(target);
  const clients = new Set<ClientSession>();
  const server = createServer((socket) => {
    const session = serveClient(socket, methods, { version, isStopping: () => isStopping });
    clients.add(session);
    void session.ended.then(() => clients.delete(session));
  });
  let isStopping = false;
  const place = await listen(server, data);
  const stop = async (): Promise<void> => {
    isStopping = true;
    await Promise.all([...clients].map((client) => client.stop()));
  };
  return {
    path: place.path,
    stop,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const client of clients) client.close();
      await closed;
      place[Symbol.dispose]();
    },
  };
}

/** @throws AppError `daemon/running` */
export async function assertNoDaemon(data: string): Promise<void> {
  const place = findSocket(data);
  const socket = place === undefined ? undefined : await connectTo(place);
  if (socket === undefined) return;
  socket.destroy();
  throw new AppError('daemon/running', `A daemon is running already for ${data}.`, {
    kind: 'conflict',
    hint: 'Stop it first, or give this one another data folder with --data or --profile.',
  });
}

async function listen(server: Server, data: string): Promise<SocketPlace> {
  const inside = placeInside(data);
  try {
    if (inside) return await listenAt(server, inside);
  } catch (error) {
    // Not every file system holds sockets; elsewhere there is one that does.
    if (!(error instanceof Error)) throw error;
  }
  return listenAt(server, placeElsewhere(data));
}

async function listenAt(server: Server, place: SocketPlace): Promise<SocketPlace> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // The socket is made within the call, with these rights from its first moment on.
  const before = process.umask(0o177);
  try {
    server.once('error', reject);
    server.listen(place.path, resolve);
  } finally {
    process.umask(before);
  }
  try {
    await promise;
    return place;
  } catch (error) {
    place[Symbol.dispose]();
    throw error;
  } finally {
    server.off('error', reject);
  }
}

function methodsOf(target: object): Methods {
  const methods = Object.entries(target).filter(([, value]) => typeof value === 'function');
  return Object.assign(Object.create(null), Object.fromEntries(methods)) as Methods;
}
