import { describe, expect, it } from 'vitest';
import { createSharingSchedule, type DedupOn } from './sharing-schedule.ts';

const QUIET = 10;
const schedule = (dedupOn: DedupOn) => createSharingSchedule({ dedupOn, quietMs: QUIET });

describe('a file', () => {
  it('is due when nobody has written to it for the quiet time', () => {
    const plan = schedule('both');
    plan.opened(1);
    expect(plan.nextMs()).toBeUndefined();
    plan.closed(1, 100);
    expect([plan.nextMs(), plan.takeDue(109), plan.takeDue(110), plan.takeDue(200)]).toEqual([
      110,
      undefined,
      1,
      undefined,
    ]);
  });

  it('waits while anybody has it open, and from the last close on', () => {
    const plan = schedule('close');
    plan.opened(1);
    plan.opened(1);
    plan.closed(1, 100);
    expect(plan.nextMs()).toBeUndefined();
    plan.closed(1, 200);
    expect(plan.nextMs()).toBe(210);
    plan.opened(1);
    expect(plan.takeDue(500)).toBeUndefined();
    plan.closed(1, 500);
    expect(plan.takeDue(510)).toBe(1);
  });

  it('stays due by its rename though somebody opens it before its turn has come', () => {
    const plan = schedule('rename');
    plan.renamed(1, 100);
    plan.opened(1);
    expect(plan.takeDue(500)).toBeUndefined();
    plan.closed(1, 600);
    expect(plan.takeDue(600)).toBe(1);
  });

  it('is due at once when it was renamed, or as soon as it is closed', () => {
    const plan = schedule('both');
    plan.opened(1);
    plan.closed(1, 100);
    plan.renamed(1, 101);
    expect(plan.takeDue(101)).toBe(1);
    plan.opened(2);
    plan.renamed(2, 200);
    expect(plan.takeDue(300)).toBeUndefined();
    plan.closed(2, 300);
    expect(plan.takeDue(300)).toBe(2);
  });

  it('is told by one of both alone where that was asked for', () => {
    const [close, rename] = [schedule('close'), schedule('rename')];
    for (const plan of [close, rename]) {
      plan.opened(1);
      plan.closed(1, 0);
    }
    close.renamed(2, 0);
    rename.renamed(2, 0);
    expect([close.takeDue(QUIET), close.takeDue(QUIET)]).toEqual([1, undefined]);
    expect([rename.takeDue(QUIET), rename.takeDue(QUIET)]).toEqual([2, undefined]);
  });

  it('that was opened before anybody counted is closed like any other', () => {
    const plan = schedule('both');
    plan.closed(1, 0);
    expect(plan.takeDue(QUIET)).toBe(1);
  });

  it.each([
    ['both', 15, 20],
    ['close', 15, 20],
    ['rename', 10, 10],
  ] as const)('that is put off while somebody writes to it waits for that to end (%s)', (dedupOn, early, due) => {
    const plan = schedule(dedupOn);
    plan.opened(1);
    plan.later(1, 5);
    expect(plan.nextMs()).toBeUndefined();
    plan.closed(1, 10);
    expect([plan.takeDue(early - 1), plan.takeDue(due)]).toEqual([undefined, 1]);
  });

  it('that has been due for the longest comes first', () => {
    const plan = schedule('both');
    plan.later(1, 30);
    plan.later(2, 20);
    plan.later(3, 40);
    expect([plan.nextMs(), plan.takeDue(35), plan.takeDue(35), plan.takeDue(35)]).toEqual([20, 2, 1, undefined]);
  });
});
