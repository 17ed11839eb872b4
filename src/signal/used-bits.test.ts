import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createUsedBits } from './used-bits.ts';

function used(format: 's16' | 's24' | 's32', width: number, samples: readonly number[]): number | null {
  const bytes = Buffer.alloc((samples.length * width) / 8);
  for (const [i, sample] of samples.entries()) bytes.writeIntLE(sample, (i * width) / 8, width / 8);
  const bits = createUsedBits();
  bits.push({ format, channels: 1, bytes });
  return bits.finish();
}

it('counts from the sign bit down to the lowest that is ever set', () => {
  expect(used('s24', 24, [0, 256, -512, 65_536])).toBe(16);
  expect(used('s24', 24, [256, 16])).toBe(20);
  expect(used('s32', 32, [256, -65_536])).toBe(24);
  expect(used('s16', 16, [3, 256])).toBe(16);
  expect(used('s16', 16, [0, -256])).toBe(8);
});

it('is what shifting says, whatever the samples', () => {
  const narrow = fc.array(fc.integer({ min: -32_768, max: 32_767 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(narrow, fc.integer({ min: 0, max: 8 }), (samples, shift) => {
      fc.pre(samples.some((sample) => sample % 2 !== 0));
      expect(
        used(
          's24',
          24,
          samples.map((sample) => sample * 2 ** shift),
        ),
      ).toBe(24 - shift);
    }),
  );
});

it('is not known of silence and of floats', () => {
  expect(used('s24', 24, [0, 0])).toBeNull();
  const floats = createUsedBits();
  floats.push({ format: 'f32', channels: 1, bytes: new Uint8Array(8).fill(1) });
  expect(floats.finish()).toBeNull();
});
