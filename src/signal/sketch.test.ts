import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, joined, mixed, music, noise, pcmOf, scaled, silence, tone } from '../../test/support/music.ts';
import { createSketcher, readSketch, type Sketch } from './sketch.ts';
import { BATCH_FRAMES, createPlainSketchBank, createSketchBank, SKETCH_BANDS } from './sketch-bank.ts';
import { envelopeLikeness } from './sketch-envelope.ts';
import { sketchEvidence } from './sketch-evidence.ts';
import { coherenceAlong, findLag } from './sketch-match.ts';

const song = music(31, 24);
const other = music(32, 24);

function bytesOf(pcm: Int16Array): Uint8Array {
  const sketcher = createSketcher();
  sketcher.push(pcm);
  return sketcher.finish();
}

function sketchOf(pcm: Int16Array): Sketch {
  const sketch = readSketch(bytesOf(pcm));
  if (!sketch) throw new Error('A fresh sketch cannot be read.');
  return sketch;
}

const lagOf = (a: Sketch, b: Sketch, offset: number) => {
  const lag = findLag(a, b, offset);
  if (!lag) throw new Error('The two do not meet.');
  return lag;
};

describe('the filter bank', () => {
  it('is what its plain twin says', () => {
    const [fast, plain] = [createSketchBank(), createPlainSketchBank()];
    const pcm = pcmOf(cut(song, 3, 5)).subarray(0, fast.pcm.length);
    fast.pcm.set(pcm);
    plain.pcm.set(pcm);
    fast.analyse(BATCH_FRAMES, 31);
    plain.analyse(BATCH_FRAMES, 31);
    const largest = Math.max(...plain.bands.map(Math.abs));
    fast.bands.forEach((value, i) => {
      expect(Math.abs(value - (plain.bands[i] ?? 0))).toBeLessThan(1e-5 * largest);
    });
  });

  it('gives half the amplitude of a sine in the middle of a band, still in time, and nothing of one outside', () => {
    const bank = createSketchBank();
    const sine = (hz: number) =>
      bank.pcm.forEach((_, i) => {
        bank.pcm[i] = Math.round(8000 * Math.sin((2 * Math.PI * hz * i) / 11_025 + 1));
      });
    const sizes = (band: number) =>
      Array.from({ length: BATCH_FRAMES }, (_, frame) => {
        const at = 2 * (frame * SKETCH_BANDS + band);
        return [bank.bands[at] ?? 0, bank.bands[at + 1] ?? 0] as const;
      });
    sine((41 * 11_025) / 512);
    bank.analyse(BATCH_FRAMES, 0);
    for (const [re, im] of sizes(5)) {
      expect(Math.hypot(re, im)).toBeCloseTo(4000, -1);
      expect(Math.atan2(im, re)).toBeCloseTo(Math.atan2(sizes(5)[0]?.[1] ?? 0, sizes(5)[0]?.[0] ?? 0), 2);
    }
    sine((41 * 11_025) / 512 + 17);
    bank.analyse(BATCH_FRAMES, 0);
    for (const [re, im] of sizes(5)) expect(Math.hypot(re, im)).toBeLessThan(4000 / 100);
  });
});

describe('a sketch', () => {
  it('is the same however the sound was cut into blocks', () => {
    const pcm = pcmOf(cut(song, 0, 4));
    const whole = bytesOf(pcm);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 12 }), (lengths) => {
        const sketcher = createSketcher();
        let at = 0;
        for (const length of lengths) {
          sketcher.push(pcm.subarray(at, at + length));
          at = Math.min(pcm.length, at + length);
        }
        sketcher.push(pcm.subarray(at));
        expect(sketcher.finish()).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  it.each([0, 1, 441, 11_024, 11_025, 11_026, 30_000])(
    'of %i samples holds whole seconds and reads back',
    (samples) => {
      const bytes = bytesOf(pcmOf(cut(song, 0, 4)).subarray(0, samples));
      expect(bytes.length).toBe(8 + 317 * Math.ceil(samples / 11_025));
      expect(readSketch(bytes)?.samples).toBe(samples);
    },
  );

  it('knows the level of every fifth of a second', () => {
    const levels = sketchOf(pcmOf(joined(silence(1), noise(1, 1, 3000), silence(1)))).levels;
    expect(levels.length).toBe(15);
    levels.forEach((level, cell) => {
      if (cell < 5 || cell >= 10) expect(level).toBe(0);
      else expect(Math.abs(Math.log2(level / (levels[5] ?? 1)))).toBeLessThan(0.2);
    });
  });

  it('that is cut, longer, or of another version is not read', () => {
    const bytes = bytesOf(pcmOf(cut(song, 0, 2)));
    expect(readSketch(bytes.subarray(0, -1))).toBeUndefined();
    expect(readSketch(new Uint8Array(0))).toBeUndefined();
    expect(readSketch(Uint8Array.of(...bytes, 0))).toBeUndefined();
    expect(readSketch(Uint8Array.from(bytes, (byte, i) => (i === 0 ? 2 : byte)))).toBeUndefined();
  });
});

describe('two sketches', () => {
  const whole = sketchOf(pcmOf(song));

  it('of one sound, cut anywhere, are aligned to a tenth of a sample, whichever is named first', () => {
    const pcm = pcmOf(song);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: -1800, max: 1800 }), (start, off) => {
        const part = sketchOf(pcm.subarray(start));
        expect(Math.abs(lagOf(whole, part, (start + off) / 11_025).start - start)).toBeLessThan(0.1);
        expect(Math.abs(lagOf(part, whole, (off - start) / 11_025).start + start)).toBeLessThan(0.1);
      }),
      { numRuns: 20 },
    );
  });

  it('agree whatever the gain, the polarity and a tilt of the spectrum', () => {
    const tilted = cut(song, 0.5, 24).map((value, i, all) => -0.3 * (value + 0.7 * (all[i - 1] ?? 0)));
    const part = sketchOf(pcmOf(tilted));
    const { start } = lagOf(whole, part, 0.4);
    expect(Math.abs(start - 0.5 * 11_025)).toBeLessThan(1.5);
    const { blockCoherence } = coherenceAlong(whole, part, start);
    expect(Math.min(...blockCoherence)).toBeGreaterThan(0.98);
  });

  it('fall apart where the speed differs by a ten-thousandth, in the upper bands first', () => {
    const slower = Float32Array.from({ length: song.length - 10 }, (_, i) => {
      const at = i * 0.9995;
      const [low, part] = [Math.floor(at), at % 1];
      return (1 - part) * (song[low] ?? 0) + part * (song[low + 1] ?? 0);
    });
    const b = sketchOf(pcmOf(slower));
    const evidence = sketchEvidence(whole, b, lagOf(whole, b, 0).start);
    expect(evidence.low).toBeLessThan(0.9);
  });

  it('of two sounds have nothing in common', () => {
    const b = sketchOf(pcmOf(other));
    const lag = lagOf(whole, b, 0);
    expect(sketchEvidence(whole, b, lag.start).median).toBeLessThan(0.2);
  });

  it('show a voice that only one of them holds, and for how long', () => {
    const voice = joined(silence(10), scaled(cut(other, 0, 6), 3000), silence(8));
    const clean = scaled(song, 8000);
    const [a, b] = [sketchOf(pcmOf(clean)), sketchOf(pcmOf(mixed(clean, voice)))];
    const evidence = sketchEvidence(a, b, 0);
    expect(evidence.median).toBeGreaterThan(0.99);
    expect(evidence.lowest).toBeLessThan(0.9);
  });

  it('go together by their loudness at another speed, strangers do not, and tones say nothing', () => {
    const slower = Float32Array.from({ length: song.length }, (_, i) => song[Math.floor(i * 0.994)] ?? 0);
    expect(envelopeLikeness(whole, sketchOf(pcmOf(slower)), 0)).toBeGreaterThan(0.75);
    expect(envelopeLikeness(whole, sketchOf(pcmOf(other)), 0)).toBeLessThan(0.65);
    const steady = sketchOf(pcmOf(tone(409, 24, 5000)));
    expect(envelopeLikeness(steady, steady, 0)).toBeUndefined();
    expect(envelopeLikeness(whole, whole, 20)).toBeUndefined();
  });

  it('that hardly meet have no lag', () => {
    expect(findLag(whole, whole, 22)).toBeUndefined();
    expect(findLag(whole, whole, -500)).toBeUndefined();
  });
});
