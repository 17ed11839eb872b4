/** Server-sent events over a real socket. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GateEvent } from '#gate';
import { USUAL_LIMITS } from '#http';
import type { BytePath } from '#kernel';
import { type House, openHouse } from '../../test/support/http.ts';
import { scriptedGate, verdictOf } from '../../test/support/scripted-gate.ts';

let house: House;

beforeEach(async () => {
  house = await openHouse({ parts: () => ({ limits: { ...USUAL_LIMITS, heartbeatSeconds: 0.05, eventStreams: 2 } }) });
});
afterEach(() => house[Symbol.asyncDispose]());

const EVENT: GateEvent = {
  ...{ n: 12, at: 0 },
  body: {
    ...{ type: 'file.judged', inbox: null, isAdmitted: true, audioHash: null, tags: {} },
    verdict: verdictOf('/m/\udcff\n.flac' as BytePath),
  },
};

/** Reads until the text is there. */
async function until(reader: ReadableStreamDefaultReader<string>, wanted: string): Promise<string> {
  let text = '';
  while (!text.includes(wanted)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`It ended with ${JSON.stringify(text)}`);
    text += value;
  }
  return text;
}

function readerOf(answer: Response): ReadableStreamDefaultReader<string> {
  if (!answer.body) throw new Error('There is no body');
  return answer.body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array<ArrayBuffer>>)
    .getReader();
}

async function reach(claim: () => boolean): Promise<void> {
  while (!claim()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('GET /events', () => {
  it('tells what happens, as one line of JSON each', async () => {
    const answer = await house.ask('/api/v1/events', { as: 'events' });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const reader = readerOf(answer);
    await reach(() => house.gate.listeners() === 1);
    house.gate.tell(EVENT);
    const text = await until(reader, 'data: ');
    const block = text.slice(text.indexOf('id: '));
    const data = block.slice(block.indexOf('data: ') + 6);
    expect(block).toMatch(/^id: 12\nevent: file\.judged\ndata: .*\n\n$/);
    expect(JSON.parse(data)).toMatchObject({
      ...{ v: 1, type: 'file.judged', at: '1970-01-01T00:00:00.000Z' },
      data: { path: '/m/\ufffd\n.flac', pathBase64: 'L20v/wouZmxhYw==', verdict: 'new' },
    });
    await reader.cancel();
  });

  it('lets those who hear nothing hear that it is there', async () => {
    const reader = readerOf(await house.ask('/api/v1/events'));
    await until(reader, ': still here\n\n: still here\n\n');
    await reader.cancel();
  });

  it.each<[string, string, Record<string, string>, number | undefined]>([
    ['from now on', '', {}, undefined],
    ['after a number', '?after=5', {}, 5],
    ['all', '?after=0', {}, 0],
    ['where it was broken off', '?after=5', { 'Last-Event-ID': '9' }, 9],
  ])('begins %s', async (_, query, headers, expected) => {
    const asked: (number | undefined)[] = [];
    await using other = await openHouse({
      gate: scriptedGate({
        async *events(after) {
          asked.push(after);
          yield EVENT;
        },
      }),
    });
    const answer = await other.ask(`/api/v1/events${query}`, { headers });
    expect(await answer.text()).toContain('id: 12\n');
    expect(asked).toEqual([expected]);
  });

  it.each(['?after=x', '?after=-1', '?after=1.5'])('refuses %s', async (query) => {
    expect((await house.ask(`/api/v1/events${query}`)).status).toBe(400);
  });

  it('ends when its client goes', async () => {
    const leaving = new AbortController();
    await house.ask('/api/v1/events', { signal: leaving.signal });
    await reach(() => house.gate.listeners() === 1);
    leaving.abort();
    await reach(() => house.gate.listeners() === 0);
    expect(house.gate.listeners()).toBe(0);
  });

  it('ends when the server does', async () => {
    const reader = readerOf(await house.ask('/api/v1/events'));
    await reach(() => house.gate.listeners() === 1);
    const closed = house.server.close();
    await expect(until(reader, 'never')).rejects.toThrow('It ended');
    await closed;
    expect(house.gate.listeners()).toBe(0);
  });

  it('has room for so many and no more, and for another when one goes', async () => {
    const leaving = new AbortController();
    await house.ask('/api/v1/events', { signal: leaving.signal });
    const second = readerOf(await house.ask('/api/v1/events'));
    expect((await house.ask('/api/v1/events')).status).toBe(503);
    leaving.abort();
    await reach(() => house.gate.listeners() === 1);
    const third = await house.ask('/api/v1/events');
    expect(third.status).toBe(200);
    await third.body?.cancel();
    await second.cancel();
  });

  it('ends where the source breaks, is counted out, and the log says why', async () => {
    await using broken = await openHouse({
      gate: scriptedGate({
        async *events() {
          yield EVENT;
          throw new Error('gone');
        },
      }),
      parts: () => ({ limits: { ...USUAL_LIMITS, eventStreams: 1 } }),
    });
    for (const _ of [1, 2]) {
      const answer = await broken.ask('/api/v1/events');
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('id: 12\n');
    }
    expect(broken.log.filter((line) => line.includes('Error: gone')).length).toBe(2);
  });

  it('gathers nothing for a client that does not read', async () => {
    let given = 0;
    const large = { ...EVENT, body: { ...EVENT.body, inbox: 'x'.repeat(100_000) } } as GateEvent;
    await using other = await openHouse({
      gate: scriptedGate({
        async *events(_, signal) {
          while (!signal.aborted && given < 10_000) {
            given++;
            yield large;
          }
        },
      }),
    });
    const answer = await other.ask('/api/v1/events');
    let before = -1;
    while (before !== given) {
      before = given;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    // What fits into the buffers of both sockets, of 1 GB that there is.
    expect(given).toBeLessThan(1000);
    await answer.body?.cancel();
  });
});
