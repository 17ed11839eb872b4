import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faster, joined, mixed, music, noise, pcmOf, scaled, shelved, silence } from '../../test/support/music.ts';
import { alignSounds } from './align.ts';
import { createCoherenceMeter, SLOT_SAMPLES } from './coherence.ts';
import { fitDrift } from './drift.ts';
import { createEnvelopeMeter } from './envelope.ts';
import { createLagMeter } from './lag.ts';
import { liveliness, residualOf } from './residual.ts';
import { endLevelRatio, soundingOf, soundingSeconds } from './sounding.ts';
import { alongOf, createLineReader, overlapOf, type TimeLine } from './time-line.ts';

const LEVEL = { start: 0, step: 1 };
const song = music(11, 16);

describe('a time line', () => {
  it('is copied where it is level and whole, and interpolated where not', () => {
    const reader = createLineReader();
    const pcm = pcmOf(song);
    const [level, half] = [new Float32Array(64), new Float32Array(64)];
    reader.read(pcm, { start: 100, step: 1 }, 1100, level);
    expect([...level]).toEqual([...pcm.subarray(1000, 1064)]);
    const tone = Int16Array.from({ length: 4000 }, (_, i) => 9000 * Math.sin(0.7 * i));
    reader.read(tone, { start: 0.25, step: 1.002 }, 1000, half);
    half.forEach((value, i) => {
      expect(value).toBeCloseTo(9000 * Math.sin(0.7 * alongOf({ start: 0.25, step: 1.002 }, 1000 + i)), -2);
    });
  });

  it('reads silence beyond the ends', () => {
    const out = new Float32Array(8);
    createLineReader().read(Int16Array.of(5, 6), LEVEL, -3, out);
    expect([...out]).toEqual([0, 0, 0, 5, 6, 0, 0, 0]);
    createLineReader().read(Int16Array.of(5, 6), LEVEL, -30, out);
    expect([...out]).toEqual(Array.from({ length: 8 }, () => 0));
    expect(overlapOf(10, 4, { start: 8, step: 1 })).toEqual({ from: 8, to: 10 });
  });
});

describe('a lag', () => {
  it('is found to the sample wherever it is', () => {
    const meter = createLagMeter(16384, false);
    const a = pcmOf(song);
    fc.assert(
      fc.property(fc.integer({ min: -2000, max: 2000 }), (shift) => {
        const lag = meter.at(a, a, { start: -shift, step: 1 }, 40_000, 2205);
        expect(Math.abs((lag?.samples ?? 9e9) + shift)).toBeLessThan(0.2);
      }),
      { numRuns: 10 },
    );
  });

  it('is not guessed in silence', () => {
    expect(createLagMeter(16384, false).at(new Int16Array(50_000), pcmOf(song), LEVEL, 0, 100)).toBeUndefined();
  });
});

describe('a drift', () => {
  it('is found among points of which a third are wrong', () => {
    const points = Array.from({ length: 12 }, (_, i) => ({
      x: i * 9000,
      lag: i % 3 === 0 ? 777 - i * 50 : 4 + 0.003 * i * 9000,
    }));
    expect(fitDrift(points, 2, 0.012)).toMatchObject({ support: 8, slope: expect.closeTo(0.003, 6) });
    expect(fitDrift([], 2, 0.012)).toBeUndefined();
  });
});

describe('alignment', () => {
  const tools = { lagMeter: createLagMeter(16384, false), envelopeMeter: createEnvelopeMeter() };

  const at = (start: number): TimeLine => ({ start, step: 1 });

  it('finds a level line from a rough offset', () => {
    const found = alignSounds(tools, pcmOf(song), pcmOf(joined(silence(1), song)), at(-1.1 * 11025));
    expect(found).toMatchObject({ line: { start: -11025, step: 1 }, support: 1 });
  });

  it('finds a change of speed', () => {
    const found = alignSounds(tools, pcmOf(song), pcmOf(faster(song, 0.993)), at(0));
    expect(found?.line.step).toBeCloseTo(1 / 0.993, 5);
  });

  it.each([1.02, 0.98, 1.0427, 0.95])('finds a speed of %f times from a guess that is half a per cent off', (speed) => {
    const guess = { start: 0.3 * 11025, step: 1 / (speed * 1.005) };
    const found = alignSounds(tools, pcmOf(song), pcmOf(faster(song, speed)), guess);
    expect(found?.line.step).toBeCloseTo(1 / speed, 4);
    expect(Math.abs(found?.line.start ?? 99)).toBeLessThan(10);
  });

  it('finds nothing between strangers', () => {
    const found = alignSounds(tools, pcmOf(song), pcmOf(music(12, 16)), at(0));
    expect(found?.support ?? 0).toBeLessThan(0.6);
  });
});

describe('coherence', () => {
  const meter = createCoherenceMeter(createLineReader());
  const slots = Math.floor(song.length / SLOT_SAMPLES);
  const measure = (a: Float32Array, b: Float32Array) => meter.measure(pcmOf(a), pcmOf(b), LEVEL, 0, slots, () => true);
  const blocks = Array.from({ length: slots - 1 }, (_, i) => i);

  it('is one for a filtered copy and near none for strangers', () => {
    for (const value of measure(song, scaled(shelved(song, 2), 3000)).blockCoherence)
      expect(value).toBeGreaterThan(0.97);
    for (const value of measure(song, music(12, 16)).blockCoherence) expect(value).toBeLessThan(0.2);
  });

  it('measures only what is asked for', () => {
    const map = meter.measure(pcmOf(song), pcmOf(song), LEVEL, 0, slots, (slot) => slot > 3);
    expect([...map.slotCoherence.subarray(0, 4)]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect(map.blockCoherence[3]).toBeNaN();
    expect(map.blockCoherence[4]).toBeCloseTo(1, 3);
  });

  it('has a residual whose sign tells who holds more', () => {
    const more = mixed(song, scaled(music(13, 16, { voices: 2 }), 6000));
    const [missing, extra] = [residualOf(measure(more, song), blocks), residualOf(measure(song, more), blocks)];
    expect(missing.extraSlope).toBeGreaterThan(0.4);
    expect(extra.extraSlope).toBeLessThan(-0.4);
    expect(missing.steadyNoise).toBe(false);
    expect(residualOf(measure(song, scaled(song, 2000)), blocks)).toMatchObject({ badBlockShare: 0, lowTileShare: 0 });
  });

  it('tells steady noise from music', () => {
    const hiss = noise(3, 16, 1000);
    expect(residualOf(measure(song, mixed(song, hiss)), blocks).steadyNoise).toBe(true);
    expect(liveliness(measure(hiss, hiss), blocks)).toBeLessThan(1.35);
    expect(liveliness(measure(song, song), blocks)).toBeGreaterThan(1.7);
  });

  it('takes no beat for noise, however regular', () => {
    const beat = noise(4, 16, 2500).map((value, i) => value * Math.exp(-((i % 2756) / 300)));
    expect(residualOf(measure(song, mixed(song, beat)), blocks)).toMatchObject({ steadyNoise: false });
  });

  it('hears another piece under the whole of one, and no coding noise that follows the music', () => {
    const long = music(21, 40);
    const all = Math.floor(long.length / SLOT_SAMPLES);
    const over = Array.from({ length: all - 1 }, (_, i) => i);
    const residual = (b: Float32Array) =>
      residualOf(
        meter.measure(pcmOf(long), pcmOf(b), LEVEL, 0, all, () => true),
        over,
      );
    const hiss = noise(5, 40, 1);
    const followed = long.map((value, i) => value + 0.12 * Math.abs(value) * (hiss[i] ?? 0));
    expect(residual(mixed(long, scaled(music(22, 40), 3500))).foreignSource).toBe(true);
    expect(residual(followed).foreignSource).toBe(false);
  });
});

describe('sounding', () => {
  it('counts what can be heard', () => {
    const pcm = pcmOf(joined(silence(2), song, silence(3)));
    expect(soundingSeconds(soundingOf(pcm), 0, pcm.length)).toBeCloseTo(16, 0);
    expect(soundingSeconds(soundingOf(pcm), 0, 2 * 11025)).toBeLessThan(0.3);
  });

  it('knows an end in mid-sound from a fade', () => {
    const faded = song.map((value, i) => value * Math.min(1, (song.length - i) / 40_000));
    expect(endLevelRatio(soundingOf(pcmOf(song)), song.length)).toBeGreaterThan(0.2);
    expect(endLevelRatio(soundingOf(pcmOf(faded)), song.length)).toBeLessThan(0.15);
  });
});
