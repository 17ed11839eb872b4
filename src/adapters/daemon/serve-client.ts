/**
 * One client of the daemon, from its first words to its end. A client that goes away aborts its calls, and one that does
 * not read what it is told is taken for gone.
 */
import type { Socket } from 'node:net';
import { AppError, toSent } from '#kernel';
import { onFrames, sendFrame } from './frames.ts';
import { bytesOf, messageOf, pack, type Standing, unpack } from './packing.ts';
import { type Hello, PROTOCOL, type ToClient, type ToDaemon, type Welcome } from './protocol.ts';

/** What a client may call. */
export type Methods = Readonly<Record<string, (...args: unknown[]) => unknown>>;

export interface ClientSession {
  /** Resolves when it has hung up and nothing is done for it any more. */
  readonly ended: Promise<void>;
  /** Aborts its calls and waits until they have ended. */
  stop(): Promise<void>;
  /** Hangs up when it has been told all. */
  close(): void;
}

export interface SessionOptions {
  readonly version: string;
  /** No more calls? */
  isStopping(): boolean;
}

/** What waits for a client that does not read. Chosen. */
const MOST_UNREAD_BYTES = 64 * 2 ** 20;
/** How long a client may take to read the last words. Chosen. */
const FAREWELL_MS = 1000;

export function serveClient(socket: Socket, methods: Methods, options: SessionOptions): ClientSession {
  const calls = createCalls(socket, methods, options);
  let isWelcome = false;
  const greet = ({ protocol, version }: Hello): void => {
    isWelcome = protocol === PROTOCOL && version === options.version;
    const names = isWelcome ? Object.keys(methods) : [];
    const welcome: Welcome = { protocol: PROTOCOL, version: options.version, pid: process.pid, methods: names };
    sendFrame(socket, Buffer.from(JSON.stringify(welcome)));
    if (!isWelcome) socket.end();
  };
  onFrames(socket, (bytes) => {
    try {
      if (isWelcome) calls.hear(messageOf<ToDaemon>(bytes));
      else greet(JSON.parse(Buffer.from(bytes).toString()) as Hello);
    } catch {
      // It does not speak as our clients do.
      socket.destroy();
    }
  });
  // "close" follows.
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  return {
    ended: closed.then(() => calls.abandon()),
    stop: () => calls.stop(),
    close: () => {
      socket.destroySoon();
      setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
    },
  };
}

/** A call that a client has made. */
interface Call {
  readonly signals: Map<number, AbortController>;
  /** Where the answer is a stream. */
  stream: AsyncIterator<unknown> | undefined;
  /** Resolves when nothing of it goes on. */
  readonly ended: PromiseWithResolvers<void>;
  /** Did the client itself ask for the end? */
  isUnwanted: boolean;
}

interface Calls {
  hear(message: ToDaemon): void;
  stop(): Promise<void>;
  /** Nobody waits for the answers any more. */
  abandon(): Promise<void>;
}

function createCalls(socket: Socket, methods: Methods, { isStopping }: SessionOptions): Calls {
  const calls = new Map<number, Call>();
  const send = (message: ToClient): void => {
    if (socket.writable) sendFrame(socket, bytesOf(message));
  };
  const end = (n: number, call: Call): void => {
    calls.delete(n);
    call.ended.resolve();
  };
  const fail = (n: number, call: Call, error: unknown): void => {
    // Work that ends because the daemon does was not interrupted by the client.
    const isOurs = isStopping() && !call.isUnwanted && error instanceof AppError && error.kind === 'cancelled';
    send({ kind: 'failed', n, error: toSent(isOurs ? stopping() : error) });
    end(n, call);
  };
  const answer = (n: number, call: Call, value: unknown): void => {
    try {
      send({ kind: 'done', n, value: pack(value) });
      end(n, call);
    } catch (error) {
      fail(n, call, error);
    }
  };
  const standingOf = (n: number, call: Call): Standing => ({
    functionOf:
      (callback) =>
      (...args) => {
        // Progress of a client that sleeps must not fill our memory.
        if (socket.writableLength > MOST_UNREAD_BYTES) socket.destroy();
        else if (calls.get(n) === call) send({ kind: 'tell', n, callback, args: pack(args) });
      },
    signalOf: (signal, isAborted) => {
      const controller = new AbortController();
      call.signals.set(signal, controller);
      if (isAborted) controller.abort();
      return controller.signal;
    },
  });
  const begin = async ({ n, name, args }: Extract<ToDaemon, { kind: 'call' }>): Promise<void> => {
    const call: Call = { signals: new Map(), stream: undefined, ended: Promise.withResolvers(), isUnwanted: false };
    calls.set(n, call);
    try {
      if (isStopping()) throw stopping();
      const method = methods[name];
      if (method === undefined) throw new Error(`The daemon offers no ${name}.`);
      const result = method(...(unpack(args, standingOf(n, call)) as unknown[]));
      if (isStream(result)) {
        call.stream = result[Symbol.asyncIterator]();
        send({ kind: 'stream', n });
      } else answer(n, call, await result);
    } catch (error) {
      fail(n, call, error);
    }
  };
  const next = async (n: number, call: Call): Promise<void> => {
    try {
      const step = await call.stream?.next();
      if (calls.get(n) !== call) return;
      if (step === undefined || step.done) answer(n, call, step?.value);
      else send({ kind: 'item', n, value: pack(step.value) });
    } catch (error) {
      if (calls.get(n) === call) fail(n, call, error);
    }
  };
  /** Ends the work; a stream's here, for it waits to be asked. */
  const quit = async (n: number, call: Call): Promise<void> => {
    for (const controller of call.signals.values()) controller.abort();
    if (call.stream === undefined) return;
    try {
      await call.stream.return?.();
    } catch {
      // Nobody waits for another item.
    }
    if (calls.get(n) === call) fail(n, call, stopping());
  };
  const quitAll = async (): Promise<void> => {
    const open = [...calls];
    for (const [n, call] of open) void quit(n, call);
    await Promise.all(open.map(([, call]) => call.ended.promise));
  };
  return {
    hear(message) {
      const { n, kind } = message;
      if (kind === 'call') return void begin(message);
      const call = calls.get(n);
      if (call === undefined) return;
      if (kind === 'next') return void next(n, call);
      call.isUnwanted = true;
      if (kind === 'leave') void quit(n, call);
      else call.signals.get(message.signal)?.abort();
    },
    stop: quitAll,
    async abandon() {
      for (const call of calls.values()) call.isUnwanted = true;
      await quitAll();
    },
  };
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function stopping(): AppError {
  return new AppError('daemon/stopping', 'The daemon is being stopped.', {
    kind: 'unavailable',
    hint: 'What is done is kept. Run the command again: without the daemon, or when it is back.',
  });
}
