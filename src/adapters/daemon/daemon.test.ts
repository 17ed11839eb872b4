import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError, cancelled } from '#kernel';
import { connectObject, hasSocket, type Remote, type ServedObject, serveObject } from './index.ts';

const VERSION = { version: '1.2.3' };
let data = '';
const open: AsyncDisposable[] = [];

beforeEach(() => {
  data = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-daemon-')));
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
  rmSync(data, { recursive: true });
});

async function serve(target: object, folder = data): Promise<ServedObject> {
  const served = await serveObject(folder, target, VERSION);
  open.push(served);
  return served;
}

async function both<T extends object>(target: T): Promise<Remote<T>> {
  await serve(target);
  return connected<T>();
}

async function connected<T extends object>(): Promise<Remote<T>> {
  const remote = await connectObject<T>(data, VERSION);
  if (remote === undefined) throw new Error('Nobody listens.');
  open.push(remote);
  return remote;
}

/** Waits until something is so. */
async function until(claim: () => boolean): Promise<void> {
  while (!claim()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const code = (wanted: string, kind: string): object => expect.objectContaining({ code: wanted, kind });

describe('a served object', () => {
  it('gives back whatever it is given, as it was', async () => {
    const remote = await both({ echo: async (value: unknown) => value });
    const leaf = fc.oneof(
      fc.bigInt(),
      fc.double(),
      fc.boolean(),
      fc.constantFrom(undefined, null),
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
      fc.uint8Array(),
      fc.bigInt64Array(),
      fc.date(),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'then', 'kind')), tie('tree'), { maxKeys: 4 }),
        fc.array(fc.tuple(fc.string(), tie('tree')), { maxLength: 4 }).map((entries) => new Map(entries)),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (value) => {
        expect(await remote.echo(value)).toStrictEqual(structuredClone(value));
      }),
      { numRuns: 200 },
    );
  });

  it('throws its errors with code, kind and hint, and hands them over within answers', async () => {
    const error = new AppError('area/what', 'So it is.', { kind: 'refused', hint: 'Do this.' });
    const remote = await both({
      fails: () => Promise.reject(error),
      throws: () => {
        throw error;
      },
      reports: async () => new Map([['a', [{ error }, { error: null }]]]),
      breaks: async () => {
        throw new TypeError('A bug.');
      },
      unsendable: async () => () => {},
    });
    const whole = { code: 'area/what', kind: 'refused', hint: 'Do this.', message: 'So it is.' };
    await expect(remote.fails()).rejects.toMatchObject(whole);
    await expect(remote.throws() as unknown as Promise<void>).rejects.toMatchObject(whole);
    const [first, second] = (await remote.reports()).get('a') ?? [];
    expect(first?.error).toBeInstanceOf(AppError);
    expect([first?.error, second]).toEqual([expect.objectContaining(whole), { error: null }]);
    await expect(remote.breaks()).rejects.toThrow('A bug.');
    await expect(remote.breaks()).rejects.not.toBeInstanceOf(AppError);
    await expect(remote.unsendable()).rejects.toThrow('could not be cloned');
    await expect(remote.fails()).rejects.toMatchObject(whole);
  });

  it('calls what it was given, in order and before it answers, also from several calls at once', async () => {
    type Tell = (...told: unknown[]) => void;
    const remote = await both({
      count: async (to: number, { deep: [tell] }: { readonly deep: readonly Tell[] }) => {
        for (let n = 0; n < to; n++) {
          tell?.(n, { n: BigInt(n) });
          if (n % 10 === 0) await null;
        }
        return to;
      },
    });
    const run = async (to: number): Promise<void> => {
      const told: unknown[] = [];
      expect(await remote.count(to, { deep: [(...all) => void told.push(all)] })).toBe(to);
      expect(told).toEqual(Array.from({ length: to }, (_, n) => [n, { n: BigInt(n) }]));
    };
    await Promise.all([run(300), run(7), run(100)]);
  });

  it('rejects where a callback throws, and ends the work', async () => {
    let ended: unknown;
    const remote = await both({
      work: async (tell: (n: number) => void, signal: AbortSignal) => {
        tell(1);
        await until(() => signal.aborted);
        ended = signal.aborted;
      },
    });
    const thrower = (): never => {
      throw new Error('Told too much.');
    };
    await expect(remote.work(thrower, new AbortController().signal)).rejects.toThrow('Told too much.');
    await until(() => ended === true);
  });

  it('hears of an abort, before and during the call', async () => {
    const remote = await both({
      wait: async ({ signal }: { readonly signal: AbortSignal }, begun: () => void) => {
        begun();
        await until(() => signal.aborted);
        throw cancelled();
      },
    });
    await expect(remote.wait({ signal: AbortSignal.abort() }, () => {})).rejects.toEqual(
      code('run/cancelled', 'cancelled'),
    );
    const [one, other] = [new AbortController(), new AbortController()];
    const first = remote.wait({ signal: one.signal }, () => one.abort());
    const second = remote.wait({ signal: other.signal }, () => {});
    await expect(first).rejects.toEqual(code('run/cancelled', 'cancelled'));
    other.abort();
    await expect(second).rejects.toEqual(code('run/cancelled', 'cancelled'));
  });

  it('streams no further than it is read', async () => {
    let made = 0;
    let isClosed = false;
    const target = {
      pages: async function* (most: number): AsyncGenerator<number[]> {
        try {
          for (; made < most; made++) yield [made, made];
          if (most === 5) throw new AppError('area/late', 'Too late.', { kind: 'missing' });
        } finally {
          isClosed = true;
        }
      },
    };
    const remote = await both(target);
    for await (const [n] of remote.pages(1000)) if (n === 2) break;
    await until(() => isClosed);
    expect(made).toBe(2);
    made = 0;
    expect(await Array.fromAsync(remote.pages(3))).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    made = 4;
    await expect(Array.fromAsync(remote.pages(5))).rejects.toEqual(code('area/late', 'missing'));
  });

  it('ends the work of a client that goes away', async () => {
    const aborted: string[] = [];
    let isClosed = false;
    const target = {
      wait: async (name: string, begun: () => void, signal: AbortSignal) => {
        signal.addEventListener('abort', () => aborted.push(name));
        begun();
        await until(() => signal.aborted);
      },
      endless: async function* (signal: AbortSignal): AsyncGenerator<number> {
        try {
          yield 1;
          await until(() => signal.aborted);
        } finally {
          isClosed = true;
        }
      },
    };
    const [leaver, stayer] = [await both(target), await connected<typeof target>()];
    const { signal } = new AbortController();
    await new Promise<void>((resolve) => void stayer.wait('stayer', resolve, signal).catch(() => {}));
    const left = new Promise<void>((resolve) => {
      const call = leaver.wait('leaver', resolve, signal);
      open.push({ [Symbol.asyncDispose]: () => expect(call).rejects.toEqual(code('daemon/gone', 'unavailable')) });
    });
    const stream = leaver.endless(signal)[Symbol.asyncIterator]();
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    const pending = stream.next();
    await left;
    await leaver[Symbol.asyncDispose]();
    await expect(pending).rejects.toEqual(code('daemon/gone', 'unavailable'));
    await until(() => aborted.length > 0 && isClosed);
    expect(aborted).toEqual(['leaver']);
  });

  it('tells its clients when it stops, waits for their work, and takes no more', async () => {
    let isOver = false;
    const target = {
      quick: async () => 1,
      wait: async (begun: () => void, signal: AbortSignal) => {
        begun();
        await until(() => signal.aborted);
        isOver = true;
        throw cancelled();
      },
      endless: async function* (): AsyncGenerator<number> {
        for (let n = 0; ; n++) yield n;
      },
    };
    const served = await serve(target);
    const remote = await connected<typeof target>();
    const stream = remote.endless()[Symbol.asyncIterator]();
    await stream.next();
    let call: Promise<void> | undefined;
    await new Promise<void>((resolve) => {
      call = remote.wait(resolve, new AbortController().signal);
      call.catch(() => {});
    });
    await served.stop();
    expect(isOver).toBe(true);
    await expect(call).rejects.toEqual(code('daemon/stopping', 'unavailable'));
    await expect(stream.next()).rejects.toEqual(code('daemon/stopping', 'unavailable'));
    await expect(remote.quick()).rejects.toEqual(code('daemon/stopping', 'unavailable'));
    await served[Symbol.asyncDispose]();
    await until(() => !hasSocket(data));
    await expect(remote.quick()).rejects.toEqual(code('daemon/gone', 'unavailable'));
  });

  it('gives a client up that does not read what it is told', async () => {
    let wasAborted = false;
    const target = {
      flood: async (tell: (text: string) => void, signal: AbortSignal) => {
        const text = 'x'.repeat(2 ** 20);
        for (let n = 0; !signal.aborted && n < 1000; n++) {
          tell(text);
          await new Promise((resolve) => setImmediate(resolve));
        }
        wasAborted = signal.aborted;
      },
    };
    const { path: place } = await serve(target);
    const { PROTOCOL } = await import('./protocol.ts');
    const { sendFrame } = await import('./frames.ts');
    const { bytesOf, pack } = await import('./packing.ts');
    const socket = createConnection({ path: place });
    sendFrame(socket, Buffer.from(JSON.stringify({ protocol: PROTOCOL, ...VERSION })));
    const keeping = { keepFunction: () => 0, keepSignal: () => 0 };
    const args = pack([() => {}, new AbortController().signal], keeping);
    sendFrame(socket, bytesOf({ kind: 'call', n: 1, name: 'flood', args }));
    await until(() => wasAborted);
    socket.destroy();
  });
});

describe('the socket', () => {
  it('is for its owner alone, and goes with the daemon', async () => {
    const served = await serve({});
    expect(served.path).toBe(path.join(data, 'daemon.sock'));
    expect(statSync(served.path).mode & 0o777).toBe(0o600);
    await served[Symbol.asyncDispose]();
    expect(hasSocket(data)).toBe(false);
    expect(await connectObject(data, VERSION)).toBeUndefined();
  });

  it('is refused to a second daemon, and taken over from a dead one', async () => {
    await serve({});
    await expect(serveObject(data, {}, VERSION)).rejects.toEqual(code('daemon/running', 'conflict'));
    await open.pop()?.[Symbol.asyncDispose]();
    writeFileSync(path.join(data, 'daemon.sock'), '');
    expect(await connectObject(data, VERSION)).toBeUndefined();
    const remote = await both({ two: async () => 2 });
    expect(await remote.two()).toBe(2);
  });

  it('lies elsewhere where its name would be too long', async () => {
    const deep = path.join(data, 'deep'.repeat(30));
    mkdirSync(deep);
    const served = await serve({ two: async () => 2 }, deep);
    expect(served.path).not.toContain(data);
    const folder = path.dirname(served.path);
    expect([statSync(folder).mode & 0o777, statSync(served.path).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(readFileSync(path.join(deep, 'daemon.sock.place'), 'utf8')).toBe(`${served.path}\n`);
    await expect(serveObject(deep, {}, VERSION)).rejects.toEqual(code('daemon/running', 'conflict'));
    const remote = await connectObject<{ two(): Promise<number> }>(deep, VERSION);
    expect(await remote?.two()).toBe(2);
    await remote?.[Symbol.asyncDispose]();
    chmodSync(folder, 0o755);
    await expect(connectObject(deep, VERSION)).rejects.toEqual(code('daemon/unsafe', 'refused'));
    await served[Symbol.asyncDispose]();
    expect([hasSocket(deep), statSync(folder, { throwIfNoEntry: false })]).toEqual([false, undefined]);
  });

  it('is not spoken through by other versions', async () => {
    await serve({});
    await expect(connectObject(data, { version: '1.2.4' })).rejects.toEqual(code('daemon/other-version', 'conflict'));
  });

  it('does not make anybody wait for ever', async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(path.join(data, 'daemon.sock'), resolve));
    await expect(connectObject(data, { ...VERSION, waitMs: 50 })).rejects.toEqual(code('daemon/silent', 'unavailable'));
    mute.close();
  });

  it('closes on those who talk nonsense, and goes on', async () => {
    const remote = await both({ two: async () => 2 });
    for (const nonsense of ['GET / HTTP/1.1\r\n\r\n', '\0\0\0\u0002{}', '\0\0\0\u0001x']) {
      const socket = createConnection({ path: path.join(data, 'daemon.sock') });
      socket.on('error', () => {});
      socket.write(nonsense);
      socket.resume();
      if (!nonsense.startsWith('GET')) await new Promise((resolve) => socket.once('close', resolve));
      socket.destroy();
    }
    expect(await remote.two()).toBe(2);
  });
});
