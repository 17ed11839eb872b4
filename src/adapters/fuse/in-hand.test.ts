import { describe, expect, it } from 'vitest';
import { makeInHandMemory, openInHand } from './in-hand.ts';

const BEYOND = 2 ** 32;

describe('an interrupt', () => {
  it('reaches who has the request in hand, and nobody else', () => {
    const memory = makeInHandMemory(3);
    const threads = [0, 1, 2].map((thread) => openInHand(memory, thread));
    const givenUp = (): boolean[] => threads.map((thread) => thread.isGivenUp());
    const [one, other, idle] = threads;
    one?.begin(10);
    other?.begin(BEYOND + 10);
    idle?.interrupt(BEYOND + 10);
    expect(givenUp()).toEqual([false, true, false]);
    other?.interrupt(10);
    expect(givenUp()).toEqual([true, true, false]);
    one?.end();
    expect(givenUp()).toEqual([false, true, false]);
  });

  it('ends with its request: neither what was done before nor what comes next is meant', () => {
    const memory = makeInHandMemory(2);
    const [one, other] = [openInHand(memory, 0), openInHand(memory, 1)];
    one.begin(10);
    other.interrupt(10);
    one.end();
    one.begin(12);
    expect(one.isGivenUp()).toBe(false);
    one.end();
    other.interrupt(12);
    one.begin(14);
    expect(one.isGivenUp()).toBe(false);
  });

  it('means nobody where nothing is in hand', () => {
    const memory = makeInHandMemory(1);
    const only = openInHand(memory, 0);
    only.interrupt(0);
    only.interrupt(10);
    expect(only.isGivenUp()).toBe(false);
  });
});
