/** What becomes of events while their receivers are down, slow, gone or wrong. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSendWebhook } from '#adapters/webhooks';
import {
  deliver,
  type GateEventBody,
  type OutboxParts,
  type SendWebhook,
  type Webhook,
  type WebhookTrouble,
} from '#gate';
import { AppError, type BytePath } from '#kernel';
import { openGateStore, type TestGateStore } from '../support/gate-store.ts';
import { createTestTime, type TestTime } from '../support/test-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SECRET_BYTES = Buffer.from('0123456789abcdef01234567');
const SECRET = `whsec_${SECRET_BYTES.toString('base64')}`;

let folder: string;
let gate: TestGateStore;
let time: TestTime;
let troubles: (WebhookTrouble & { readonly waitSeconds: number })[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-outbox-'));
  gate = openGateStore(path.join(folder, 'catalogue.db'));
  time = createTestTime(Date.UTC(2025, 5, 1));
  troubles = [];
});
afterEach(() => {
  gate[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const event = (name: string): GateEventBody => ({
  ...{ type: 'file.failed', path: `/in/${name}` as BytePath, code: 'decoder/crashed', message: 'It crashed.' },
});
const happen = (...names: string[]): void => gate.addEvents(names.map(event), time.clock.now());
const webhook = (name: string, more: Partial<Webhook> = {}): Webhook => ({
  ...{ name, url: `http://${name}/`, format: 'reprise', events: [], secret: null },
  ...more,
});

/** Delivers in the background until it is ended, which waits for what is in hand. */
function start(webhooks: readonly Webhook[], send: SendWebhook, more: Partial<OutboxParts> = {}) {
  const stop = new AbortController();
  const parts = {
    store: gate.store,
    webhooks,
    send,
    clock: time.clock,
    sleep: time.sleep,
    random: Math.random,
    ...more,
  };
  const onTrouble = (trouble: WebhookTrouble): void => {
    troubles.push({ ...trouble, waitSeconds: ((trouble.retryAt ?? 0) - time.clock.now()) / SECOND });
  };
  const work = deliver(parts, { signal: stop.signal, onTrouble });
  // Awaited at the end; until then a rejection is nobody's.
  work.catch(() => undefined);
  return {
    work,
    pass: (milliseconds: number) => time.pass(milliseconds, webhooks.length + 1),
    end: async () => {
      stop.abort();
      await work;
    },
  };
}

const dataOf = (body: string): string => (JSON.parse(body) as { data: { path: string } }).data.path.replace('/in/', '');
/** A receiver that answers as it is told, by the name of the webhook. */
function scripted(answer: (host: string, name: string) => number): { send: SendWebhook; told: string[] } {
  const told: string[] = [];
  return {
    told,
    send: async ({ url, body }) => {
      const [host, name] = [new URL(url).host, dataOf(body)];
      told.push(`${host} ${name}`);
      return { status: answer(host, name) };
    },
  };
}

interface Received {
  readonly id: string;
  readonly name: string;
}

/** A receiver that can be stopped and started again at its address, and that believes nothing that is not signed. */
class Receiver {
  readonly received: Received[] = [];
  readonly forged: string[] = [];
  server: Server | undefined;
  port = 0;

  async open(): Promise<void> {
    this.server = createServer((request, response) => {
      void buffer(request).then((body) => this.take(request, body, response));
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  take(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const id = String(request.headers['webhook-id']);
    const signed = Buffer.concat([Buffer.from(`${id}.${String(request.headers['webhook-timestamp'])}.`), body]);
    const expected = `v1,${createHmac('sha256', SECRET_BYTES).update(signed).digest('base64')}`;
    const age = time.clock.now() / 1000 - Number(request.headers['webhook-timestamp']);
    if (request.headers['webhook-signature'] !== expected || age < 0 || age > 300) this.forged.push(id);
    this.received.push({ id, name: dataOf(body.toString()) });
    response.writeHead(204).end();
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  get names(): readonly string[] {
    return this.received.map(({ name }) => name);
  }
}

describe('a receiver over HTTP', () => {
  let receiver: Receiver;
  let other: Receiver;
  beforeEach(async () => {
    [receiver, other] = [new Receiver(), new Receiver()];
    await Promise.all([receiver.open(), other.open()]);
  });
  afterEach(() => Promise.all([receiver.close(), other.close()]));
  const both = (): Webhook[] => [
    webhook('player', { url: `http://127.0.0.1:${receiver.port}/hook`, secret: SECRET }),
    webhook('other', { url: `http://127.0.0.1:${other.port}/hook`, secret: SECRET }),
  ];

  it('that is down for an hour loses no event', async () => {
    const send = createSendWebhook();
    let outbox = start(both(), send);
    await outbox.pass(SECOND);
    const names: string[] = [];
    const next = (): void => {
      const name = `${names.length}.flac`;
      names.push(name);
      happen(name);
    };
    for (let n = 0; n < 3; n++) next();
    await outbox.pass(5 * SECOND);
    expect(receiver.names).toEqual(names);

    await receiver.close();
    for (let minute = 0; minute < 60; minute++) {
      if (minute % 5 === 0) next();
      await outbox.pass(MINUTE);
      if (minute === 22 || minute === 41) {
        // The daemon ends in the middle of it, and begins anew with nothing but its catalogue.
        await outbox.end();
        gate[Symbol.dispose]();
        gate = openGateStore(path.join(folder, 'catalogue.db'));
        outbox = start(both(), send);
      }
    }
    expect(receiver.names).toEqual(names.slice(0, 3));
    // It holds up nobody else.
    expect(other.names).toEqual(names);

    await receiver.open();
    await outbox.pass(HOUR);
    next();
    await outbox.pass(2 * SECOND);
    await outbox.end();

    expect(receiver.names).toEqual(names);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(names.length);
    expect(receiver.received.map(({ id }) => id)).toEqual(other.received.map(({ id }) => id));
    expect([receiver.forged, other.forged]).toEqual([[], []]);
    expect(await gate.store.undelivered()).toBe(0);
    expect(troubles.length).toBeGreaterThan(3);
    for (const { webhook: name, failure, givenUp } of troubles) {
      expect([name, failure.code, givenUp]).toEqual(['player', 'webhooks/unreachable', 0]);
    }
  });

  it('is told again, with the same id, what it was told right before a crash', async () => {
    const [player] = both() as [Webhook];
    await gate.store.fanOut(['player']);
    happen('a', 'b');
    const dying = { ...gate.store, delivered: () => Promise.reject(new Error('killed')) };
    await expect(start([player], createSendWebhook(), { store: dying }).work).rejects.toThrow('killed');
    const outbox = start([player], createSendWebhook());
    await outbox.pass(SECOND);
    await outbox.end();
    expect(receiver.names).toEqual(['a', 'a', 'b']);
    expect(receiver.received[0]?.id).toBe(receiver.received[1]?.id);
  });
});

describe('the outbox', () => {
  it('waits twice as long each time, up to an hour, with chance in it', async () => {
    const { send } = scripted(() => 500);
    const shares = { certain: 1, lucky: 0.5 };
    for (const [name, share] of Object.entries(shares)) {
      const outbox = start([webhook(name)], send, { random: () => 2 * (1 - share), sleep: sleepLong });
      await outbox.pass(HOUR);
      happen('a');
      await outbox.pass(12 * HOUR);
      await outbox.end();
      const waits = troubles.flatMap((trouble) => (trouble.webhook === name ? trouble.waitSeconds : []));
      const full = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600];
      expect(waits.slice(0, full.length)).toEqual(full.map((seconds) => seconds * share));
    }
  });

  it('keeps the order: what happened later waits for what failed', async () => {
    let isDown = true;
    const { send, told } = scripted((_, name) => (name === 'b' && isDown ? 500 : 200));
    const outbox = start([webhook('player')], send);
    await outbox.pass(SECOND);
    happen('a', 'b', 'c');
    await outbox.pass(3 * SECOND);
    expect(told).toEqual(['player a', 'player b']);
    isDown = false;
    await outbox.pass(10 * SECOND);
    await outbox.end();
    expect(told).toEqual(['player a', 'player b', 'player b', 'player c']);
  });

  it('gives up after three days at least, and says so', { timeout: 240_000 }, async () => {
    let isDown = true;
    const { send, told } = scripted(() => (isDown ? 503 : 200));
    // The shortest waits that chance can make.
    const outbox = start([webhook('player')], send, { random: () => 0.999_999, sleep: sleepLong });
    await outbox.pass(SECOND);
    const began = time.clock.now();
    happen('a', 'b');
    const isGivenUp = (): boolean => troubles.some(({ givenUp }) => givenUp > 0);
    let hours = 0;
    while (!isGivenUp()) {
      await outbox.pass(HOUR);
      if (hours++ === 24 * 2) happen('c');
    }
    expect(time.clock.now() - began).toBeGreaterThanOrEqual(3 * DAY);
    const end = troubles.find(({ givenUp }) => givenUp > 0);
    expect(end).toMatchObject({ webhook: 'player', retryAt: null, givenUp: 2 });
    expect(end?.failure.message).toContain('2 events are given up');
    expect(new Set(told)).toEqual(new Set(['player a', 'player c']));
    isDown = false;
    await outbox.pass(HOUR);
    await outbox.end();
    expect(told.at(-1)).toBe('player c');
    expect(await gate.store.undelivered()).toBe(0);
  });

  it('leaves a receiver alone that says that it is gone', async () => {
    const { send, told } = scripted(() => 410);
    const outbox = start([webhook('player')], send);
    await outbox.pass(SECOND);
    happen('a', 'b');
    await outbox.pass(30 * MINUTE);
    await outbox.end();
    expect(told).toEqual(['player a']);
    expect(troubles).toMatchObject([{ failure: { code: 'webhooks/gone' }, retryAt: null, givenUp: 2 }]);
    expect(await gate.store.undelivered()).toBe(0);
  });

  it('tells only what a webhook asked for', async () => {
    const { send, told } = scripted(() => 200);
    const hooks = [
      webhook('all'),
      webhook('judged', { events: ['file.judged'] }),
      webhook('failed', { events: ['file.failed'] }),
    ];
    const outbox = start([...hooks, webhook('old', { format: 'flaczkownia' })], send);
    await outbox.pass(SECOND);
    happen('a');
    await outbox.pass(2 * SECOND);
    await outbox.end();
    expect(told.sort()).toEqual(['all a', 'failed a']);
    expect(await gate.store.undelivered()).toBe(0);
  });

  it('does not count as a failure what its own end broke off', async () => {
    const send: SendWebhook = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new AppError('run/cancelled', 'Ended.', { kind: 'cancelled' })));
      });
    await gate.store.fanOut(['player']);
    happen('a');
    const outbox = start([webhook('player')], send);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await outbox.end();
    const [waiting] = await gate.store.dueDeliveries('player', time.clock.now(), 10);
    expect([waiting?.attempts, troubles]).toEqual([0, []]);
  });

  it('forgets events after a month', async () => {
    const { send } = scripted(() => 200);
    const outbox = start([], send);
    happen('a');
    await outbox.pass(29 * DAY);
    expect(await gate.store.eventsAfter(0, 10)).toHaveLength(1);
    await outbox.pass(2 * DAY);
    await outbox.end();
    expect(await gate.store.eventsAfter(0, 10)).toEqual([]);
  });
});

/** Looks only once in ten minutes, which makes days pass sooner. */
function sleepLong(milliseconds: number, signal: AbortSignal): Promise<void> {
  return time.sleep(Math.max(milliseconds, 10 * MINUTE), signal);
}
