import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSendWebhook } from './index.ts';

let server: Server;
let answer: RequestListener;
let asked: { method: string | undefined; url: string | undefined; headers: IncomingMessage['headers']; body: string }[];
beforeEach(async () => {
  asked = [];
  answer = (_, response) => void response.writeHead(204).end();
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ method: request.method, url: request.url, headers: request.headers, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const url = (path = '/hook'): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const never = new AbortController().signal;
const post = (to: string, patienceMs?: number, signal = never): Promise<{ readonly status: number }> =>
  createSendWebhook(patienceMs)({ url: to, headers: { 'webhook-id': 'evt_1' }, body: '{"ü":1}' }, signal);

describe('sending to a webhook', () => {
  it('posts the body with its headers, and tells the status', async () => {
    expect(await post(url('/hook?a=1'))).toEqual({ status: 204 });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/hook?a=1', body: '{"ü":1}' });
    expect(asked[0]?.headers['webhook-id']).toBe('evt_1');
  });

  it.each([200, 400, 410, 503])('tells status %i as it is', async (status) => {
    answer = (_, response) => void response.writeHead(status).end('text');
    expect(await post(url())).toEqual({ status });
  });

  it.each([301, 302, 307, 308])('follows no redirect: %i', async (status) => {
    answer = (_, response) => void response.writeHead(status, { location: url('/elsewhere') }).end();
    expect(await post(url())).toEqual({ status });
    expect(asked.map((request) => request.url)).toEqual(['/hook']);
  });

  it('reads an endless answer no further than it must', async () => {
    let sent = 0;
    answer = (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536;
      };
      response.writeHead(200).on('drain', more);
      more();
    };
    expect(await post(url())).toEqual({ status: 200 });
    // What lies in the buffers of the system was sent as well.
    expect(sent).toBeLessThan(64 << 20);
  });

  it('does not wait for ever', async () => {
    answer = () => undefined;
    await expect(post(url('/secret'), 50)).rejects.toMatchObject({ code: 'webhooks/silent', kind: 'unavailable' });
  });

  it('says that nobody listens, without the rest of the address', async () => {
    const address = url('/secret?key=hidden');
    await new Promise((resolve) => server.close(resolve));
    const error = await post(address).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'webhooks/unreachable', message: expect.stringContaining('ECONNREFUSED') });
    expect(String(error)).not.toMatch(/secret|hidden/);
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:,x', 'http://me:hidden@127.0.0.1/', 'hook', ''])(
    'takes no address like "%s"',
    async (to) => {
      await expect(post(to)).rejects.toMatchObject({ code: 'webhooks/bad-address', kind: 'usage' });
    },
  );

  it('stops when it is told to', async () => {
    answer = () => undefined;
    const stop = new AbortController();
    const posted = post(url(), 10_000, stop.signal);
    setTimeout(() => stop.abort(), 20);
    await expect(posted).rejects.toMatchObject({ code: 'run/cancelled' });
  });
});
