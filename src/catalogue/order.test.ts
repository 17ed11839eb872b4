import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { createSchedule, type Reading } from './order.ts';

const reading = (path: string, sizeBytes: number, device = 1n): Reading => ({
  path: path as BytePath,
  sizeBytes,
  device,
});
const unlimited = (): number => Number.POSITIVE_INFINITY;

function drain(items: readonly Reading[]): string[] {
  const { next } = createSchedule(items, unlimited);
  const order: string[] = [];
  for (let item = next([]); item !== undefined; item = next([])) order.push(item.path);
  return order;
}

const anyItems = fc
  .array(fc.record({ kind: fc.constantFrom('flac', 'mp3'), sizeBytes: fc.nat(1e9), device: fc.bigInt(0n, 2n) }))
  .map((items) => items.map(({ kind, sizeBytes, device }, at) => reading(`/${at}.${kind}`, sizeBytes, device)));

describe('the order of reading', () => {
  it('takes every item once', () => {
    fc.assert(
      fc.property(anyItems, (items) => {
        expect(drain(items).toSorted()).toEqual(items.map(({ path }) => path).toSorted());
      }),
    );
  });

  it('keeps the order of folders within a kind', () => {
    fc.assert(
      fc.property(anyItems, (items) => {
        const order = drain(items);
        for (const kind of ['flac', 'mp3'])
          for (const device of [0n, 1n, 2n]) {
            const lane = items
              .filter((item) => item.path.endsWith(kind) && item.device === device)
              .map(({ path }) => path);
            expect(order.filter((path) => lane.includes(path as BytePath))).toEqual(lane);
          }
      }),
    );
  });

  it('mixes kinds in proportion', () => {
    const flacs = Array.from({ length: 10 }, (_, at) => reading(`/a${at}.flac`, 100));
    const mp3s = Array.from({ length: 20 }, (_, at) => reading(`/b${at}.mp3`, 10));
    const half = drain([...flacs, ...mp3s]).slice(0, 15);
    expect(half.filter((path) => path.endsWith('flac'))).toHaveLength(5);
  });

  it('gives a spinning disk few readers, and others none of that', () => {
    const items = [...'abc'].flatMap((name) => [reading(`/${name}.flac`, 9), reading(`/${name}2.flac`, 9, 2n)]);
    const { next } = createSchedule(items, (device) => (device === 1n ? 2 : Number.POSITIVE_INFINITY));
    const inHand: Reading[] = [];
    for (let item = next(inHand); item !== undefined; item = next(inHand)) inHand.push(item);
    expect(inHand.filter(({ device }) => device === 1n)).toHaveLength(2);
    expect(inHand.filter(({ device }) => device === 2n)).toHaveLength(3);
    expect(next(inHand.slice(1))).toBeDefined();
  });

  it('puts off what may be a copy of something in hand, unless nothing else is left', () => {
    const [a, twin, other] = [reading('/a.flac', 1e6), reading('/b.flac', 1e6), reading('/c.flac', 2e6)];
    const { next } = createSchedule([a, twin, other] as Reading[], unlimited);
    const first = next([]) as Reading;
    const second = next([first]) as Reading;
    expect([first.path, second.path, next([first, second])?.path]).toEqual(['/a.flac', '/c.flac', '/b.flac']);
  });
});
