/** Calls of the daemon's methods, from arguments to answers. */
import type { Socket } from 'node:net';
import { AppError, fromSent } from '#kernel';
import { sendFrame } from './frames.ts';
import { bytesOf, type Keeping, pack, unpack } from './packing.ts';
import type { ToClient, ToDaemon } from './protocol.ts';

export interface Caller {
  /** The answer; where it is a stream, it can be looped over, once. */
  call(name: string, args: readonly unknown[]): Promise<unknown> & AsyncIterable<unknown>;
  /** Takes what the daemon says. */
  hear(message: ToClient): void;
  hangUp(): Promise<void>;
}

/** A call that waits for its answer. */
interface Call {
  readonly n: number;
  readonly callbacks: ((...args: unknown[]) => unknown)[];
  readonly unlisten: (() => void)[];
  readonly answer: PromiseWithResolvers<unknown>;
  /** Resolves when the answer is known to be a stream, or has ended. */
  readonly opened: PromiseWithResolvers<void>;
  /** Waits for the next item of the stream. */
  item: PromiseWithResolvers<IteratorResult<unknown, unknown>> | undefined;
}

export function callerOver(socket: Socket): Caller {
  const calls = new Map<number, Call>();
  let last = 0;
  let isGone = false;
  const send = (message: ToDaemon): void => {
    if (!isGone) sendFrame(socket, bytesOf(message));
  };
  const end = (call: Call): void => {
    calls.delete(call.n);
    for (const unlisten of call.unlisten) unlisten();
  };
  const fail = (call: Call, error: unknown): void => {
    end(call);
    call.answer.reject(error);
    call.opened.reject(error);
    call.item?.reject(error);
  };
  const finish = (call: Call, value: unknown): void => {
    end(call);
    call.answer.resolve(value);
    call.opened.resolve();
    call.item?.resolve({ done: true, value });
  };
  const begin = (name: string, args: readonly unknown[]): Call => {
    last += 1;
    const call = newCall(last);
    const { n } = call;
    calls.set(n, call);
    try {
      if (isGone) throw gone();
      const keeping = keepingFor(call, (signal) => send({ kind: 'abort', n, signal }));
      send({ kind: 'call', n, name, args: pack(args, keeping) });
    } catch (error) {
      fail(call, error);
    }
    return call;
  };
  const tell = (call: Call, { callback, args }: Extract<ToClient, { kind: 'tell' }>): void => {
    try {
      call.callbacks[callback]?.(...(unpack(args) as unknown[]));
    } catch (error) {
      // As it would go where the library is in this process.
      send({ kind: 'leave', n: call.n });
      fail(call, error);
    }
  };
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // "close" follows.
  socket.on('error', () => {});
  void closed.then(() => {
    isGone = true;
    for (const call of calls.values()) fail(call, gone());
  });
  return {
    call(name, args) {
      const call = begin(name, args);
      const iterator = streamOf(call, () => calls.has(call.n), { send, end });
      return Object.assign(call.answer.promise, { [Symbol.asyncIterator]: () => iterator });
    },
    hear(message) {
      const call = calls.get(message.n);
      if (call === undefined) return;
      if (message.kind === 'tell') tell(call, message);
      else if (message.kind === 'stream') call.opened.resolve();
      else if (message.kind === 'item') call.item?.resolve({ done: false, value: unpack(message.value) });
      else if (message.kind === 'done') finish(call, unpack(message.value));
      else fail(call, fromSent(message.error));
    },
    async hangUp() {
      socket.destroySoon();
      await closed;
    },
  };
}

function newCall(n: number): Call {
  const [answer, opened] = [Promise.withResolvers<unknown>(), Promise.withResolvers<void>()];
  // Whoever loops over a stream does not wait for an answer, and the other way round.
  for (const { promise } of [answer, opened]) promise.catch(() => {});
  return { n, callbacks: [], unlisten: [], answer, opened, item: undefined };
}

/** One item at a time: the daemon makes the next one when it is wanted. */
function streamOf(
  call: Call,
  isOpen: () => boolean,
  { send, end }: { readonly send: (message: ToDaemon) => void; readonly end: (call: Call) => void },
): AsyncIterator<unknown> {
  const { n } = call;
  return {
    async next() {
      await call.opened.promise;
      if (!isOpen()) return { done: true, value: await call.answer.promise };
      call.item = Promise.withResolvers();
      send({ kind: 'next', n });
      return call.item.promise;
    },
    async return() {
      if (isOpen()) {
        end(call);
        send({ kind: 'leave', n });
        call.answer.resolve(undefined);
      }
      return { done: true, value: undefined };
    },
  };
}

function keepingFor(call: Call, tellAborted: (signal: number) => void): Keeping {
  let signals = 0;
  return {
    keepFunction: (given) => call.callbacks.push(given as (...args: unknown[]) => unknown) - 1,
    keepSignal: (given) => {
      const n = signals;
      signals += 1;
      const onAbort = (): void => tellAborted(n);
      given.addEventListener('abort', onAbort, { once: true });
      call.unlisten.push(() => given.removeEventListener('abort', onAbort));
      return n;
    },
  };
}

/** What every call ends with when the connection does. */
export function gone(): AppError {
  return new AppError('daemon/gone', 'The daemon went away in the middle of the work.', {
    kind: 'unavailable',
    hint: 'What is done is kept. Its log says why; run the command again, with the daemon or without it.',
  });
}
