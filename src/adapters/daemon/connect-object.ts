/** The client's end of the socket: an object whose methods are those of the daemon's. */
import type { Socket } from 'node:net';
import { AppError } from '#kernel';
import { connectTo } from './connection.ts';
import { onFrames, sendFrame } from './frames.ts';
import { messageOf } from './packing.ts';
import { type Hello, PROTOCOL, type ToClient, type Welcome } from './protocol.ts';
import { type Caller, callerOver, gone } from './remote-calls.ts';
import { findSocket } from './socket-place.ts';

/** The daemon's object. Disposing of it hangs up. */
export type Remote<T> = T & AsyncDisposable & { readonly daemonPid: number };

export interface ConnectOptions {
  /** Of this program; a daemon of another one is not spoken to. */
  readonly version: string;
  /** How long the daemon may take to answer the first words. */
  readonly waitMs?: number;
}

/** A daemon may be busy grouping a large library. Chosen. */
const WAIT_MS = 30_000;

/**
 * `undefined` where no daemon listens for the data folder. Functions among arguments are called here, in the order in
 * which the daemon calls them, and give nothing back; signals reach the daemon; streams are read as fast as they are
 * taken. @throws AppError `daemon/other-version`, `daemon/silent`, `daemon/denied`
 */
export async function connectObject<T extends object>(
  data: string,
  { version, waitMs = WAIT_MS }: ConnectOptions,
): Promise<Remote<T> | undefined> {
  const place = findSocket(data);
  const socket = place === undefined ? undefined : await connectTo(place);
  if (socket === undefined) return undefined;
  try {
    return await greet<T>(socket, version, waitMs);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function greet<T extends object>(socket: Socket, version: string, waitMs: number): Promise<Remote<T>> {
  const { promise, resolve, reject } = Promise.withResolvers<Remote<T>>();
  const tooLong = setTimeout(() => reject(silent()), waitMs);
  const hello: Hello = { protocol: PROTOCOL, version };
  let hear: ((message: ToClient) => void) | undefined;
  onFrames(socket, (bytes) => {
    if (hear) {
      hear(messageOf<ToClient>(bytes));
      return;
    }
    const welcome = JSON.parse(Buffer.from(bytes).toString()) as Welcome;
    if (welcome.protocol !== PROTOCOL || welcome.version !== version) {
      reject(otherVersion(welcome, version));
      return;
    }
    const caller = callerOver(socket);
    hear = caller.hear;
    resolve(remoteOf<T>(caller, welcome));
  });
  socket.once('close', () => reject(gone()));
  sendFrame(socket, Buffer.from(JSON.stringify(hello)));
  return promise.finally(() => clearTimeout(tooLong));
}

function remoteOf<T extends object>({ call, hangUp }: Caller, { methods, pid }: Welcome): Remote<T> {
  const entries = methods.map((name) => [name, (...args: unknown[]) => call(name, args)] as const);
  const remote = { ...Object.fromEntries(entries), daemonPid: pid, [Symbol.asyncDispose]: hangUp };
  return remote as unknown as Remote<T>;
}

function silent(): AppError {
  return new AppError('daemon/silent', 'The daemon does not answer.', {
    kind: 'unavailable',
    hint: 'It may be busy: try again. If it stays so, stop it; the work in hand goes on when it is started again.',
  });
}

function otherVersion(welcome: Hello, version: string): AppError {
  const message = `The daemon is Reprise ${welcome.version}, and this is ${version}.`;
  return new AppError('daemon/other-version', message, {
    kind: 'conflict',
    hint: 'Restart the daemon, so that both are the version that is installed now.',
  });
}
