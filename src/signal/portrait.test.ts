import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPortraitMeter, type SoundPortrait } from './portrait.ts';
import type { SampleBlock } from './sample-view.ts';
import { FLOOR_DB } from './spectrogram.ts';

const RATE = 8000;

function block(samples: ArrayLike<number>, channels = 1): SampleBlock {
  const bytes = new Uint8Array(Float32Array.from(samples).buffer);
  return { format: 'f32', channels, bytes };
}

function portraitOf(samples: ArrayLike<number>, channels = 1, rate = RATE): SoundPortrait {
  const meter = createPortraitMeter(rate);
  meter.push(block(samples, channels));
  return meter.finish();
}

function tone(hz: number, seconds: number, rate = RATE): Float32Array {
  return Float32Array.from({ length: seconds * rate }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rate));
}

/** The loudest row of a column with its level in dB. */
function loudest({ spectrogram }: SoundPortrait, column: number): { hz: number; db: number } {
  const { rows, rowHz, levels } = spectrogram;
  const own = levels.subarray(column * rows, (column + 1) * rows);
  const row = own.indexOf(Math.max(...own));
  return { hz: row * rowHz, db: own[row]! + FLOOR_DB };
}

describe('a portrait', () => {
  it('shows a full-scale tone at its frequency, at 0 dB, from the first to the last column', () => {
    const portrait = portraitOf(tone(1000, 3));
    for (const column of [0, 10, portrait.spectrogram.columns - 1]) {
      const { hz, db } = loudest(portrait, column);
      expect(Math.abs(hz - 1000)).toBeLessThanOrEqual(portrait.spectrogram.rowHz);
      expect(Math.abs(db)).toBeLessThanOrEqual(1);
    }
    expect(Math.max(...portrait.peaks.high)).toBeCloseTo(1, 3);
    expect(portrait.peaks.rms[20]).toBeCloseTo(Math.SQRT1_2, 1);
  });

  it('puts a sound where it is in time', () => {
    const silence = new Float32Array(2 * RATE);
    const { spectrogram, peaks } = portraitOf([...silence, ...tone(500, 2), ...silence]);
    const sounding = Array.from({ length: spectrogram.columns }, (_, column) =>
      spectrogram.levels
        .subarray(column * spectrogram.rows, (column + 1) * spectrogram.rows)
        .some((level) => level > 80),
    );
    expect(sounding.indexOf(true) * spectrogram.columnSeconds).toBeCloseTo(2, 0.9);
    expect(sounding.lastIndexOf(true) * spectrogram.columnSeconds).toBeCloseTo(4, 0.9);
    expect(peaks.high.findIndex((peak) => peak > 0.5) * peaks.columnSeconds).toBeCloseTo(2, 1);
  });

  it('keeps what is out of phase between the channels', () => {
    const samples = Array.from(tone(1000, 2)).flatMap((sample) => [sample, -sample]);
    expect(loudest(portraitOf(samples, 2), 5).db).toBeGreaterThan(0);
  });

  it('is the same however the sound comes in blocks', () => {
    const sound = Float32Array.from(tone(440, 1), (sample, i) => sample * Math.sin(i / 900));
    const whole = portraitOf(sound);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: sound.length - 1 }), { maxLength: 8 }), (cuts) => {
        const meter = createPortraitMeter(RATE);
        const edges = [0, ...cuts.toSorted((a, b) => a - b), sound.length];
        edges.slice(1).forEach((edge, i) => {
          meter.push(block(sound.subarray(edges[i], edge)));
        });
        expect(meter.finish()).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it('of ten hours is no larger than one of ten minutes', () => {
    const rate = 250;
    const meter = createPortraitMeter(rate);
    const minute = block(tone(50, 60, rate));
    for (let i = 0; i < 600; i++) meter.push(minute);
    const { seconds, peaks, spectrogram } = meter.finish();
    expect(seconds).toBe(36_000);
    expect(peaks.high.length).toBeLessThanOrEqual(2400);
    expect(spectrogram.columns).toBeLessThanOrEqual(1200);
    expect(peaks.high.length * peaks.columnSeconds).toBeCloseTo(36_000, -2);
    expect(spectrogram.columns * spectrogram.columnSeconds).toBeCloseTo(36_000, -2);
  });

  it.each([0, 1, 100, 1600])('of %d samples holds together', (length) => {
    const portrait = portraitOf(tone(440, 1).subarray(0, length));
    expect(portrait.seconds).toBe(length / RATE);
    expect(portrait.spectrogram.columns > 0).toBe(length > 0);
    expect(portrait.cutoff).toBeNull();
  });

  it('survives floats that are no numbers', () => {
    const { peaks, spectrum } = portraitOf(
      tone(440, 2).map((sample, i) => (i % 7 === 0 ? [Number.NaN, Number.POSITIVE_INFINITY][i % 2]! : sample)),
    );
    expect([...peaks.rms, ...spectrum.loud].every(Number.isFinite)).toBe(true);
  });

  it('reads every width alike', () => {
    const s16 = Int16Array.from(tone(440, 1), (sample) => Math.round(sample * 16_384));
    const meter = createPortraitMeter(RATE);
    meter.push({ format: 's16', channels: 1, bytes: new Uint8Array(s16.buffer) });
    expect(meter.finish()).toEqual(portraitOf(Float32Array.from(s16, (sample) => sample / 32_768)));
  });
});
