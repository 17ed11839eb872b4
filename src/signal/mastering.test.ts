import { describe, expect, it } from 'vitest';
import { cut, mixed, music, noise, pcmOf, shelved, silence } from '../../test/support/music.ts';
import { createCoherenceMeter, SLOT_SAMPLES } from './coherence.ts';
import { type Mastering, masteringOf } from './mastering.ts';
import { createLineReader } from './time-line.ts';

const song = music(1, 32);

function compare(a: Float32Array, b: Float32Array): Mastering | undefined {
  const slots = Math.floor(Math.min(a.length, b.length) / SLOT_SAMPLES);
  const meter = createCoherenceMeter(createLineReader());
  const map = meter.measure(pcmOf(a), pcmOf(b), { start: 0, step: 1 }, 0, slots, () => true);
  return masteringOf(
    map,
    Array.from({ length: slots - 1 }, (_, block) => block),
  );
}

describe('mastering', () => {
  it('is none where b is louder throughout, and says by how much', () => {
    const found = compare(
      song,
      song.map((value) => value * 1.5),
    );
    expect(found?.equalizationDb).toBeLessThan(0.1);
    expect(found?.gainSpreadDb).toBeLessThan(0.1);
    expect(found?.gainDb).toBeCloseTo(20 * Math.log10(1.5), 1);
  });

  it('is the height of a shelf', () => {
    const { equalizationDb, gainSpreadDb } = compare(song, shelved(song, 1.8)) as Mastering;
    expect(equalizationDb).toBeGreaterThan(3);
    expect(equalizationDb).toBeLessThan(20 * Math.log10(1.8) + 1);
    expect(gainSpreadDb).toBeLessThan(0.4);
  });

  it('hears a level that wanders, and no EQ in it', () => {
    const riding = song.map((value, i) => value * (1 + 0.3 * Math.sin(i / 30_000)));
    const { equalizationDb, gainSpreadDb } = compare(song, riding) as Mastering;
    expect(gainSpreadDb).toBeGreaterThan(2);
    expect(equalizationDb).toBeLessThan(0.8);
  });

  it('takes noise for none', () => {
    const { equalizationDb, gainSpreadDb } = compare(song, mixed(song, noise(7, 32, 40))) as Mastering;
    expect(equalizationDb).toBeLessThan(0.8);
    expect(gainSpreadDb).toBeLessThan(0.4);
  });

  it('is not known of silence, of strangers, and of a few seconds', () => {
    expect(compare(silence(30), silence(30))).toBeUndefined();
    expect(compare(song, music(2, 32))).toBeUndefined();
    expect(compare(cut(song, 0, 5), cut(song, 0, 5))).toBeUndefined();
  });
});
