import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countClippedPlain, createLevelKernel, createLevelMeter, measurePlain } from './levels.ts';
import type { SampleBlock } from './sample-view.ts';

const bytesOf = (array: Int16Array | Float32Array | Float64Array | Int32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

function levelsOf(format: SampleBlock['format'], channels: number, ...blocks: Uint8Array[]) {
  const meter = createLevelMeter();
  for (const bytes of blocks) meter.push({ format, channels, bytes });
  return meter.finish();
}

describe('the level kernel', () => {
  const kernel = createLevelKernel();

  it('measures 16-bit samples as the plain twin does', () => {
    fc.assert(
      fc.property(fc.int16Array({ minLength: 1, maxLength: 200 }), (samples) => {
        kernel.s16.fill(0);
        kernel.s16.set(samples);
        const { sum, peak } = kernel.measureS16(samples.length);
        const plain = measurePlain(Array.from(samples, (x) => x / 32768));
        expect(sum).toBeCloseTo(plain.sum, 9);
        expect(peak).toBe(plain.peak);
      }),
    );
  });

  it('measures floats as the plain twin does, whatever they are', () => {
    fc.assert(
      fc.property(fc.float32Array({ minLength: 1, maxLength: 200 }), (samples) => {
        kernel.f32.fill(0);
        kernel.f32.set(samples);
        const { sum, peak } = kernel.measureF32(samples.length);
        const plain = measurePlain(samples);
        expect(Math.abs(sum - plain.sum)).toBeLessThanOrEqual(plain.sum * 1e-6 + 1e-40);
        expect(peak).toBe(plain.peak);
      }),
    );
  });
});

describe('the level meter', () => {
  it('reads every format of one sound alike', () => {
    const sound = Array.from({ length: 1001 }, (_, i) => Math.round(Math.sin(i / 7) * 100) / 128);
    const expected = measurePlain(sound);
    const s24 = Uint8Array.from(sound.flatMap((x) => [0, 8, 16].map((shift) => ((x * 2 ** 23) >> shift) & 255)));
    const blocks: [SampleBlock['format'], Uint8Array][] = [
      ['u8', Uint8Array.from(sound, (x) => x * 128 + 128)],
      ['s16', bytesOf(Int16Array.from(sound, (x) => x * 32768))],
      ['s24', s24],
      ['s32', bytesOf(Int32Array.from(sound, (x) => x * 2 ** 31))],
      ['f32', bytesOf(Float32Array.from(sound))],
      ['f64', bytesOf(Float64Array.from(sound))],
    ];
    for (const [format, bytes] of blocks) {
      const levels = levelsOf(format, 1, bytes);
      expect(levels.rms, format).toBeCloseTo(Math.sqrt(expected.sum / sound.length), 6);
      expect(levels.peak, format).toBe(expected.peak);
    }
  });

  it('does not care how the sound is cut into blocks', () => {
    const sound = Int16Array.from({ length: 6000 }, (_, i) => (i % 50 < 10 ? 32767 : (i * 7919) % 20000));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2999 }), (cut) => {
        const whole = levelsOf('s16', 2, bytesOf(sound));
        const parts = levelsOf('s16', 2, bytesOf(sound.slice(0, cut * 2)), bytesOf(sound.slice(cut * 2)));
        expect(parts.clippedSamples).toBe(whole.clippedSamples);
        expect(parts.rms).toBeCloseTo(whole.rms, 6);
      }),
      { numRuns: 20 },
    );
  });

  it('counts runs of three and more at full scale, channel by channel', () => {
    const mono = [0, 32767, 32767, 0, 32767, 32767, 32767, 0, -32768, -32768, -32768, -32768, 5];
    expect(levelsOf('s16', 1, bytesOf(Int16Array.from(mono))).clippedSamples).toBe(7);
    const quiet = mono.flatMap((x) => [x, 100]);
    expect(levelsOf('s16', 2, bytesOf(Int16Array.from(quiet))).clippedSamples).toBe(7);
    const alternating = [32767, 0, 32767, 0, 32767, 0, 32767, 0];
    expect(levelsOf('s16', 1, bytesOf(Int16Array.from(alternating))).clippedSamples).toBe(0);
    expect(levelsOf('f32', 1, bytesOf(Float32Array.from([1.2, 1.1, -1.3, 0]))).clippedSamples).toBe(3);
  });

  it('counts clipping as the plain twin does, for any number of channels', () => {
    const sample = fc.constantFrom(0, 1, 1, 1, -1, 0.5);
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 1, max: 20 }),
        (sound, channels) => {
          const whole = sound.slice(0, sound.length - (sound.length % channels));
          const expected = countClippedPlain(whole, channels);
          expect(levelsOf('f32', channels, bytesOf(Float32Array.from(whole))).clippedSamples).toBe(expected);
          const s16 = Int16Array.from(whole, (x) => x * 32767);
          expect(levelsOf('s16', channels, bytesOf(s16)).clippedSamples).toBe(expected);
        },
      ),
    );
  });

  it('reads a block at an odd address', () => {
    const held = new Uint8Array(9);
    held.set(bytesOf(Int16Array.from([16384, -16384, 0, 8192])), 1);
    expect(levelsOf('s16', 1, held.subarray(1)).peak).toBe(0.5);
  });

  it('finds nothing in no sound', () => {
    expect(createLevelMeter().finish()).toEqual({ rms: 0, peak: 0, clippedSamples: 0 });
  });
});
