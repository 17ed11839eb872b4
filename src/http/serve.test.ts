/** The socket, against clients that send too much, too slowly or nothing at all. */
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveHttp, USUAL_LIMITS } from '#http';
import { AppError } from '#kernel';
import { type House, openHouse } from '../../test/support/http.ts';
import { scriptedGate } from '../../test/support/scripted-gate.ts';

const MOST = 10_000;
let house: House;

beforeEach(async () => {
  house = await openHouse({ bodySeconds: 1, parts: () => ({ limits: { ...USUAL_LIMITS, bodyBytes: MOST } }) });
});
afterEach(() => house[Symbol.asyncDispose]());

interface Line {
  readonly socket: Socket;
  /** All that came, once the other side has hung up. */
  readonly answer: Promise<string>;
}

function dial(text: string): Line {
  const socket = connect(house.server.port, '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<string>();
  let heard = '';
  socket.setEncoding('latin1');
  socket.on('data', (piece) => {
    heard += piece;
  });
  // That the other side may reset the line while we still send is part of the game.
  socket.on('error', () => {});
  socket.on('close', () => resolve(heard));
  socket.write(text);
  return { socket, answer: promise };
}

const head = (more: string): string =>
  `POST /api/v1/check HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${house.secrets.check}\r\n` +
  `Content-Type: application/json\r\n${more}\r\n`;

describe('a body', () => {
  it('that is too large is refused with 413, however it comes', async () => {
    const json = { path: `/${'x'.repeat(MOST)}` };
    const plain = await house.ask('/api/v1/check', { json });
    expect(plain.status).toBe(413);
    expect(await plain.json()).toMatchObject({ code: 'http/body-too-large' });
    const piece = new TextEncoder().encode('x'.repeat(1000));
    let pieces = 0;
    const body = new ReadableStream({
      pull: (controller) => (pieces++ < 100 ? controller.enqueue(piece) : controller.close()),
    });
    const asked = { method: 'POST', body, duplex: 'half' as const, headers: { 'Content-Type': 'application/json' } };
    const chunked = await house.ask('/api/v1/check', asked);
    expect(chunked.status).toBe(413);
  });

  it('that only says that it is too large is not waited for', async () => {
    const { answer } = dial(head(`Content-Length: ${2 ** 40}\r\n`));
    expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('that never ends is cut off', async () => {
    const { socket, answer } = dial(head('Transfer-Encoding: chunked\r\n'));
    const timer = setInterval(() => socket.write(`400\r\n${'x'.repeat(1024)}\r\n`), 5);
    expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
    clearInterval(timer);
  });

  it('that comes too slowly is cut off', async () => {
    const { socket, answer } = dial(head('Content-Length: 1000\r\n'));
    const timer = setInterval(() => socket.write('x'), 50);
    await answer;
    clearInterval(timer);
    expect(house.gate.checked).toEqual([]);
    expect(house.log.filter((line) => line.includes('http.failed'))).toEqual([]);
  });

  it('that never comes is cut off', async () => {
    expect(await dial(head('Content-Length: 1000\r\n')).answer).not.toContain(' 200 ');
  });

  it('of two lengths is refused', async () => {
    const both = head('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n');
    expect(await dial(`${both}{}`).answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('headers', () => {
  it('that come too slowly are cut off', async () => {
    const { socket, answer } = dial('GET /healthz HTTP/1.1\r\n');
    const timer = setInterval(() => socket.write('X-Slow: 1\r\n'), 50);
    expect(await answer).toMatch(/^(HTTP\/1\.1 408 |$)/);
    clearInterval(timer);
  });

  it('that are too many are refused', async () => {
    const { answer } = dial(`GET /healthz HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(100_000)}\r\n\r\n`);
    expect(await answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['a break in its path', 'GET /heal\r\nthz HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('that are %s are refused', async (_, text) => {
    const answer = await dial(text).answer;
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).not.toMatch(/Error|\bat /);
  });

  it('with a path out of its place get nowhere', async () => {
    for (const path of [
      '/../../etc/passwd',
      '//etc/passwd',
      '/api/v1/../../etc/passwd',
      '/%2e%2e/etc/passwd',
      '/%',
      '*',
    ]) {
      const { answer } = dial(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(await answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
  });

  it('that ask for another server are answered by this one', async () => {
    const { answer } = dial('GET http://192.0.2.1/healthz HTTP/1.1\r\nHost: 192.0.2.1\r\nConnection: close\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
    const tunnel = dial('CONNECT 192.0.2.1:80 HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n');
    expect(await tunnel.answer).not.toContain(' 200 ');
  });
});

describe('a client that goes', () => {
  it('is not worked for any longer', async () => {
    const asked = Promise.withResolvers<AbortSignal>();
    await using other = await openHouse({
      gate: scriptedGate({
        check: (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new AppError('run/cancelled', 'x', { kind: 'cancelled' })));
            asked.resolve(signal);
          }),
      }),
    });
    const file = join(other.root, 'a.flac');
    writeFileSync(file, '');
    const leaving = new AbortController();
    const answer = other.ask('/api/v1/check', { json: { path: file }, signal: leaving.signal });
    const signal = await asked.promise;
    expect(signal.aborted).toBe(false);
    leaving.abort();
    await expect(answer).rejects.toThrow();
    while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(other.log.filter((line) => line.includes('http.failed'))).toEqual([]);
  });
});

describe('a close', () => {
  it('lets what is under way come to its end, and takes nothing new', async () => {
    const started = Promise.withResolvers<void>();
    const work = Promise.withResolvers<void>();
    const gate = scriptedGate();
    const other = await openHouse({
      gate: {
        ...gate,
        jobs: async () => {
          started.resolve();
          await work.promise;
          return [];
        },
      },
    });
    const answer = other.ask('/api/v1/jobs');
    await started.promise;
    const closed = other.server.close();
    await expect(fetch(`${other.url}/healthz`)).rejects.toThrow();
    work.resolve();
    expect((await answer).status).toBe(200);
    await closed;
    await other[Symbol.asyncDispose]();
  });

  it('ends a wait for a job', async () => {
    const waiting = Promise.withResolvers<void>();
    const other = await openHouse({
      gate: scriptedGate({
        finished: (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('over')));
            waiting.resolve();
          }),
      }),
    });
    const answer = other.ask('/api/v1/import?wait=60', { json: { path: other.root } });
    await waiting.promise;
    await other[Symbol.asyncDispose]();
    expect((await answer).status).toBe(202);
  });
});

describe('a server', () => {
  it('says that its port is taken', async () => {
    const again = serveHttp(house.app, { host: '127.0.0.1', port: house.server.port, bodySeconds: 1, graceSeconds: 1 });
    await expect(again).rejects.toMatchObject({ code: 'http/port-taken', kind: 'conflict' });
  });

  it('says that it cannot listen there', async () => {
    const elsewhere = serveHttp(house.app, { host: '192.0.2.1', port: 0, bodySeconds: 1, graceSeconds: 1 });
    await expect(elsewhere).rejects.toMatchObject({ code: 'http/cannot-listen' });
  });
});
