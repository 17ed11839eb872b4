import { describe, expect, it } from 'vitest';
import { cutoffOf } from './cutoff.ts';

const BIN_HZ = 10;
const BINS = 2206;

/** A spectrum up to 22.05 kHz from levels by frequency, with a ripple as music has. */
function spectrum(level: (hz: number) => number) {
  const loud = Float32Array.from({ length: BINS }, (_, bin) => level(bin * BIN_HZ) + 3 * Math.sin(bin * 1.7));
  return { binHz: BIN_HZ, loud, mean: loud };
}

const fading = (hz: number): number => -30 - hz / 500;

describe('the end of a band', () => {
  it.each([11_000, 16_000, 19_500, 20_500])('is found where a coder left a wall at %d Hz', (wall) => {
    const cutoff = cutoffOf(spectrum((hz) => (hz < wall ? fading(hz) : -130)));
    expect(Math.abs((cutoff?.hz ?? 0) - wall)).toBeLessThanOrEqual(200);
    expect(cutoff?.depthDb).toBeGreaterThanOrEqual(40);
  });

  it('is the upper end of a slope', () => {
    const cutoff = cutoffOf(spectrum((hz) => (hz < 16_000 ? -60 : Math.max(-130, -60 - (hz - 16_000) / 7))));
    expect(cutoff?.hz).toBeGreaterThanOrEqual(16_300);
    expect(cutoff?.hz).toBeLessThanOrEqual(16_700);
  });

  it('is not a fall above which sound comes again', () => {
    expect(cutoffOf(spectrum((hz) => (hz > 12_500 && hz < 13_500 ? -90 : fading(hz))))).toBeNull();
  });

  it('is not there in a gentle fade, in white noise, or in silence', () => {
    expect(cutoffOf(spectrum((hz) => Math.max(-125, -20 - hz / 200)))).toBeNull();
    expect(cutoffOf(spectrum(() => -60))).toBeNull();
    expect(cutoffOf(spectrum(() => -150))).toBeNull();
    expect(cutoffOf({ binHz: BIN_HZ, loud: new Float32Array(0), mean: new Float32Array(0) })).toBeNull();
  });

  it('says how soft an edge is', () => {
    expect(cutoffOf(spectrum((hz) => (hz < 20_000 ? -70 : -92)))?.depthDb).toBeLessThan(40);
  });

  it('lies where it lay, though the rate was raised', () => {
    const loud = Float32Array.from({ length: 4801 }, (_, bin) => (bin * BIN_HZ < 22_000 ? -70 : -140));
    expect(Math.abs((cutoffOf({ binHz: BIN_HZ, loud, mean: loud })?.hz ?? 0) - 22_000)).toBeLessThanOrEqual(200);
  });
});
