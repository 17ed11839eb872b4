import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mirrorRecord, type NumberedVerdict, RECORD_BYTES, readRecord, writeRecord } from './comparison-record.ts';
import type { RecordedVerdict } from './verdict.ts';

const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
const sides = fc.constantFrom('a' as const, 'b' as const, null);
const verdicts: fc.Arbitrary<Required<RecordedVerdict>> = fc.record({
  relation: fc.constantFrom(
    ...(['same-bytes', 'same-audio', 'same-recording', 'contains', 'contained', 'other-edit'] as const),
    ...(['other-speed', 'shared-parts', 'other-performance', 'different', 'unsure'] as const),
  ),
  truncated: sides,
  damaged: fc.oneof(sides, fc.constant('both' as const)),
  master: fc.constantFrom('same' as const, 'other' as const, 'unknown' as const),
  similarity: share,
  significance: fc.option(fc.double({ min: -40, max: 600, noNaN: true })),
  overlapSeconds: fc.double({ min: 0, max: 41_000, noNaN: true }),
  offsetSeconds: fc.option(fc.double({ min: -2_000_000, max: 2_000_000, noNaN: true })),
  speedRatio: fc.option(fc.double({ min: 0.5, max: 2, noNaN: true })),
  coherence: share,
});
const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const numbered: fc.Arbitrary<NumberedVerdict> = fc
  .tuple(number, number, verdicts)
  .filter(([a, b]) => a !== b)
  .map(([a, b, verdict]) => ({ a: Math.min(a, b), b: Math.max(a, b), verdict }));

const view = (): DataView => new DataView(new ArrayBuffer(3 * RECORD_BYTES));
const through = (pair: NumberedVerdict): NumberedVerdict => {
  const bytes = view();
  writeRecord(bytes, RECORD_BYTES, pair);
  return readRecord(bytes, RECORD_BYTES);
};
const near = (one: number | null | undefined, other: number | null | undefined, by: number): void => {
  if (typeof one !== 'number' || typeof other !== 'number') expect(one).toBe(other);
  else expect(Math.abs(one - other)).toBeLessThanOrEqual(by + 1e-9);
};

describe('a record of 24 bytes', () => {
  it('keeps every word and every figure to its last digit kept', () => {
    fc.assert(
      fc.property(numbered, (pair) => {
        const { verdict } = pair;
        const read = through(pair);
        expect([read.a, read.b]).toEqual([pair.a, pair.b]);
        const { relation, truncated, damaged, master } = verdict;
        expect(read.verdict).toMatchObject({ relation, truncated, damaged, master });
        near(read.verdict.similarity, verdict.similarity, 0.000_05);
        near(read.verdict.coherence, verdict.coherence, 0.000_01);
        near(read.verdict.significance, verdict.significance, 0.005);
        near(read.verdict.offsetSeconds, verdict.offsetSeconds, 0.000_5);
        near(read.verdict.speedRatio, verdict.speedRatio, 0.000_03);
        near(read.verdict.overlapSeconds, verdict.overlapSeconds, 0.01);
        expect(read.verdict.overlapSeconds).toBeLessThanOrEqual(verdict.overlapSeconds + 1e-6);
      }),
    );
  });

  it('is read the same again however often', () => {
    fc.assert(
      fc.property(numbered, (pair) => {
        const once = through(pair);
        expect(through(once)).toEqual(once);
      }),
    );
  });

  it('is the same from whichever side the pair was judged', () => {
    const mirrored = ({ a, b, verdict }: NumberedVerdict): NumberedVerdict => {
      const bytes = view();
      writeRecord(bytes, 0, { a, b, verdict });
      mirrorRecord(bytes, 0);
      return readRecord(bytes, 0);
    };
    fc.assert(
      fc.property(numbered, (pair) => {
        const there = mirrored(pair);
        expect([there.a, there.b]).toEqual([pair.b, pair.a]);
        const back = through(there);
        const straight = through(pair);
        expect({ ...back.verdict, speedRatio: null }).toEqual({ ...straight.verdict, speedRatio: null });
        near(back.verdict.speedRatio, straight.verdict.speedRatio, 0.000_05);
      }),
    );
  });

  it('touches nothing beside itself', () => {
    fc.assert(
      fc.property(numbered, (pair) => {
        const bytes = view();
        writeRecord(bytes, RECORD_BYTES, pair);
        const around = [...new Uint8Array(bytes.buffer)];
        around.splice(RECORD_BYTES, RECORD_BYTES);
        expect(around.every((byte) => byte === 0)).toBe(true);
      }),
    );
  });

  it('keeps what is out of range as the end of the range', () => {
    const { verdict } = through({
      ...{ a: 0, b: 1 },
      verdict: {
        ...{ relation: 'unsure', truncated: null, similarity: 1, coherence: 0, overlapSeconds: 1e9 },
        ...{ offsetSeconds: -1e9, speedRatio: 3, significance: 1e4 },
      },
    });
    expect(verdict).toMatchObject({ overlapSeconds: 41_943.03, offsetSeconds: -2_147_483.647, speedRatio: 2 });
    expect(verdict.significance).toBe(605.34);
  });
});
