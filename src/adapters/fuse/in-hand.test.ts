import { describe, expect, it } from 'vitest';
import { makeInHandMemory, openInHand } from './in-hand.ts';

const BEYOND = 2 ** 32;
const KILLED = 7;
const isKilled = (pid: number): boolean => pid === KILLED;

describe('an interrupt', () => {
  it('reaches who has the request in hand, and nobody else', () => {
    const memory = makeInHandMemory(3);
    const threads = [0, 1, 2].map((thread) => openInHand(memory, thread, isKilled));
    const givenUp = (): boolean[] => threads.map((thread) => thread.isGivenUp());
    const [one, other, idle] = threads;
    one?.begin(10, KILLED);
    other?.begin(BEYOND + 10, KILLED);
    idle?.interrupt(BEYOND + 10);
    expect(givenUp()).toEqual([false, true, false]);
    other?.interrupt(10);
    expect(givenUp()).toEqual([true, true, false]);
    one?.end();
    expect(givenUp()).toEqual([false, true, false]);
  });

  it('ends with its request: neither what was done before nor what comes next is meant', () => {
    const memory = makeInHandMemory(2);
    const [one, other] = [openInHand(memory, 0, isKilled), openInHand(memory, 1, isKilled)];
    one.begin(10, KILLED);
    other.interrupt(10);
    one.end();
    one.begin(12, KILLED);
    expect(one.isGivenUp()).toBe(false);
    one.end();
    other.interrupt(12);
    one.begin(14, KILLED);
    expect(one.isGivenUp()).toBe(false);
  });

  it('is borne by who goes on', () => {
    const only = openInHand(makeInHandMemory(1), 0, isKilled);
    only.begin(10, KILLED + 1);
    only.interrupt(10);
    expect(only.isGivenUp()).toBe(false);
  });

  it('is borne by threads that live, and by what cannot be seen', () => {
    for (const pid of [process.pid, 0, 2 ** 31]) {
      const only = openInHand(makeInHandMemory(1), 0);
      only.begin(10, pid);
      only.interrupt(10);
      expect([pid, only.isGivenUp()]).toEqual([pid, false]);
    }
  });

  it('means nobody where nothing is in hand', () => {
    const memory = makeInHandMemory(1);
    const only = openInHand(memory, 0, isKilled);
    only.interrupt(0);
    only.interrupt(10);
    expect(only.isGivenUp()).toBe(false);
  });
});
