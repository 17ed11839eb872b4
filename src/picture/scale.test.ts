import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitted, widthOf, wrapped } from './lettering.ts';
import { frequencyTicks, placeOf, type Scale, timeTicks, valueAt } from './scale.ts';

const scales = fc
  .record({
    from: fc.double({ min: -40_000, max: 40_000, noNaN: true }),
    length: fc.double({ min: 0.05, max: 400_000, noNaN: true }),
  })
  .map(({ from, length }): Scale => ({ domain: [from, from + length], range: [76, 1172] }));

describe('a scale', () => {
  it('finds the value at the place of a value', () => {
    fc.assert(
      fc.property(scales, fc.double({ min: -10, max: 1e6, noNaN: true }), (scale, value) => {
        expect(valueAt(scale, placeOf(scale, value))).toBeCloseTo(value, 3);
      }),
    );
  });

  it.each([['time', timeTicks] as const, ['frequency', frequencyTicks] as const])(
    'has few ticks of %s, inside, apart and told apart',
    (_, ticksOf) => {
      fc.assert(
        fc.property(scales, (scale) => {
          const ticks = ticksOf(scale, 70);
          const places = ticks.map(({ value }) => placeOf(scale, value));
          places.forEach((place, i) => {
            expect(place).toBeGreaterThan(75.9);
            expect(place).toBeLessThan(1172.1);
            if (i > 0) expect(place - (places[i - 1] ?? 0)).toBeGreaterThan(69.9);
          });
          expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
        }),
      );
    },
  );

  it('writes times as people do', () => {
    const labels = (to: number, from = 0): string[] =>
      timeTicks({ domain: [from, to], range: [0, 300] }, 70).map(({ label }) => label);
    expect(labels(180)).toEqual(['0:00', '1:00', '2:00', '3:00']);
    expect(labels(36_000)).toEqual(['0:00', '5:00:00', '10:00:00']);
    expect(labels(0.2)).toEqual(['0.00 s', '0.05 s', '0.10 s', '0.15 s', '0.20 s']);
    expect(labels(60, -60)).toEqual(['−1:00', '−0:30', '0:00', '0:30', '1:00']);
  });
});

describe('lettering', () => {
  it('fits any text into any width that holds a letter or two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.integer({ min: 40, max: 500 }), (text, width) => {
        expect(widthOf(fitted(text, 14, width), 14)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('keeps beginning and end of a name', () => {
    expect(fitted('01 - A very long name of a song (live at some place).flac', 15, 260)).toMatch(/^01 - A.*….*\.flac$/);
  });

  it('wraps at blanks and loses no word', () => {
    const sentence = 'The waveforms agree by 99 % over 15.0 s, from beginning to end.';
    const lines = wrapped(sentence, 14, 200);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join(' ')).toBe(sentence);
  });
});
