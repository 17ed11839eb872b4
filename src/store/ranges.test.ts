import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBlobRanges } from './ranges.ts';

it('holds the bytes that were added, in ranges that neither overlap nor touch', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(3), fc.nat(90), fc.integer({ min: 1, max: 30 })), { maxLength: 200 }),
      (added) => {
        const ranges = createBlobRanges();
        const bytes = new Set<string>();
        for (const [blob, from, length] of added) {
          ranges.add(blob, from, from + length);
          for (let at = from; at < from + length; at++) bytes.add(`${blob}:${at}`);
        }
        expect(ranges.bytes).toBe(bytes.size);
        for (const blob of ranges.blobs) {
          let last = -1;
          for (const { from, to } of ranges.of(blob)) {
            expect(from).toBeGreaterThan(last);
            for (let at = from; at < to; at++) expect(bytes.has(`${blob}:${at}`)).toBe(true);
            last = to;
          }
        }
      },
    ),
  );
});
