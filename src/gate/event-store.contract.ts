/** What every store of events must do. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BytePath, pathFromBytes } from '#kernel';
import type { GateEventBody } from './model.ts';
import type { EventStore } from './ports.ts';

/** A store whose events the suite can make, as the rest of a gate's store does. */
export interface EventStoreSubject {
  readonly store: EventStore;
  addEvents(bodies: readonly GateEventBody[], at: number): void;
  close(): Promise<void>;
}

/** An event about a file of this name. */
export function sampleEvent(path: string): GateEventBody {
  return { type: 'file.failed', path: path as BytePath, code: 'decoder/crashed', message: 'It crashed.' };
}

/** `open` opens the same store each time within a test; the suite closes what it opened. */
export function describeEventStore(name: string, open: () => Promise<EventStoreSubject>): void {
  describe(`${name} as a store of events`, () => {
    let subject: EventStoreSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());
    const store = (): EventStore => subject.store;
    const reopen = async (): Promise<void> => {
      await subject.close();
      subject = await open();
    };
    const add = (at: number, ...paths: string[]): void => subject.addEvents(paths.map(sampleEvent), at);
    const waiting = async (webhook: string, now = 1_000_000): Promise<number[]> =>
      (await store().dueDeliveries(webhook, now, 1_000)).map(({ event }) => event.n);
    /** The delivery of an event. */
    const idOf = async (webhook: string, n: number): Promise<number> =>
      (await store().dueDeliveries(webhook, 1_000_000, 1_000)).find(({ event }) => event.n === n)?.id as number;

    it('begins empty', async () => {
      expect(await store().lastEvent()).toBe(0);
      expect(await store().eventsAfter(0, 10)).toEqual([]);
      expect(await store().undelivered()).toBe(0);
    });

    it('numbers events in their order and gives them back page by page', async () => {
      add(1000, 'a', 'b');
      add(2000, 'c');
      await reopen();
      const events = await store().eventsAfter(0, 10);
      expect(events).toEqual([
        { n: 1, at: 1000, body: sampleEvent('a') },
        { n: 2, at: 1000, body: sampleEvent('b') },
        { n: 3, at: 2000, body: sampleEvent('c') },
      ]);
      expect(await store().eventsAfter(1, 1)).toEqual([events[1]]);
      expect(await store().lastEvent()).toBe(3);
    });

    it('gives back any name of a file, Unicode or not', async () => {
      const names = fc.uint8Array({ minLength: 1, maxLength: 12 }).map(pathFromBytes);
      await fc.assert(
        fc.asyncProperty(names, async (odd) => {
          const before = await store().lastEvent();
          subject.addEvents([sampleEvent(odd)], 1);
          expect((await store().eventsAfter(before, 1))[0]?.body).toEqual(sampleEvent(odd));
        }),
        { numRuns: 50 },
      );
      const lone = pathFromBytes(Uint8Array.of(0x2f, 0xff, 0xed, 0xa0, 0x80));
      expect(lone.isWellFormed()).toBe(false);
      subject.addEvents([sampleEvent(lone)], 1);
      await reopen();
      expect((await store().eventsAfter((await store().lastEvent()) - 1, 1))[0]?.body).toEqual(sampleEvent(lone));
    });

    it('tells a webhook what happened since it was first heard of, each once', async () => {
      add(1, 'before');
      await store().fanOut(['phone']);
      expect(await waiting('phone')).toEqual([]);
      add(2, 'one', 'two');
      await store().fanOut(['phone', 'late']);
      await store().fanOut(['phone', 'late']);
      await reopen();
      expect(await waiting('phone')).toEqual([2, 3]);
      add(3, 'three');
      await store().fanOut(['phone', 'late']);
      expect([await waiting('phone'), await waiting('late')]).toEqual([[2, 3, 4], [4]]);
      expect(await store().undelivered()).toBe(4);
    });

    it('hands out the oldest first, as many as are asked for', async () => {
      await store().fanOut(['phone']);
      add(5, 'one', 'two', 'three');
      await store().fanOut(['phone']);
      const due = await store().dueDeliveries('phone', 10, 2);
      expect(due.map(({ event, attempts }) => [event.n, attempts])).toEqual([
        [1, 0],
        [2, 0],
      ]);
    });

    it('tells nobody twice', async () => {
      await store().fanOut(['phone', 'other']);
      add(1, 'one', 'two');
      await store().fanOut(['phone', 'other']);
      await store().delivered(await idOf('phone', 1), 50);
      await reopen();
      expect([await waiting('phone'), await waiting('other')]).toEqual([[2], [1, 2]]);
      expect(await store().undelivered()).toBe(3);
    });

    it('lets what happened later wait for an older event that failed, with that webhook alone', async () => {
      await store().fanOut(['phone', 'other']);
      add(1, 'one', 'two');
      await store().fanOut(['phone', 'other']);
      await store().deliveryFailed(await idOf('phone', 1), 'It is down.', 500);
      await reopen();
      expect([await waiting('phone', 499), await waiting('other', 499)]).toEqual([[], [1, 2]]);
      const due = await store().dueDeliveries('phone', 500, 10);
      expect(due.map(({ event, attempts }) => [event.n, attempts])).toEqual([
        [1, 1],
        [2, 0],
      ]);
    });

    it('gives up what happened before a moment, with one webhook alone', async () => {
      await store().fanOut(['phone', 'other']);
      add(100, 'one', 'two');
      add(200, 'three');
      await store().fanOut(['phone', 'other']);
      expect(await store().giveUp('phone', 200, 300)).toBe(2);
      await reopen();
      expect([await waiting('phone'), await waiting('other')]).toEqual([[3], [1, 2, 3]]);
      expect(await store().undelivered()).toBe(4);
    });

    it('forgets old events, but none that a webhook in use waits for', async () => {
      await store().fanOut(['phone', 'former']);
      add(100, 'one', 'two');
      add(200, 'three');
      await store().fanOut(['phone', 'former']);
      await store().delivered(await idOf('phone', 1), 150);
      await store().forgetEvents(200, ['phone']);
      expect((await store().eventsAfter(0, 10)).map(({ n }) => n)).toEqual([2, 3]);
      expect([await waiting('phone'), await waiting('former')]).toEqual([[2, 3], [3]]);
    });

    it('never uses a number again', async () => {
      add(100, 'one', 'two');
      await store().forgetEvents(200, []);
      expect(await store().eventsAfter(0, 10)).toEqual([]);
      await reopen();
      expect(await store().lastEvent()).toBe(2);
      add(300, 'three');
      expect((await store().eventsAfter(0, 10)).map(({ n }) => n)).toEqual([3]);
    });
  });
}
