import { describe, expect, it } from 'vitest';
import { type BandProfile, hasMusicFrom, heldAbove, PROFILE_BAND_HZ, PROFILE_FLOOR_DB, wallOf } from '#audio';
import { createBandMeter } from './band-meter.ts';

const RATE = 44_100;
const SECONDS = 8;
const PARTIALS = 80;

/** Sixteen bits, one channel. */
const blockOf = (samples: Int16Array) =>
  ({
    format: 's16',
    channels: 1,
    bytes: new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
  }) as const;

function measured(samples: Int16Array, pieces = [samples.length], rate = RATE): BandProfile | null {
  const meter = createBandMeter();
  let from = 0;
  for (const size of pieces) {
    meter.push(blockOf(samples.slice(from, from + size)));
    from += size;
  }
  return meter.finish(rate);
}

/** Notes of noise, band by band up to `topHz`: each swells and dies away. */
function notes(topHz: number, { level = 3000, rate = RATE } = {}): Int16Array {
  let seed = 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return seed / 0x7fff_ffff;
  };
  const partials = Array.from({ length: PARTIALS }, (_, i) => ({
    hz: ((i + 0.5 * random()) * topHz) / PARTIALS,
    phase: 6.28 * random(),
  }));
  return Int16Array.from({ length: SECONDS * rate }, (_, i) => {
    const t = i / rate;
    const swell = Math.sin(2 * Math.PI * t) ** 2 * level;
    let sum = 0;
    for (const { hz, phase } of partials) sum += Math.sin(2 * Math.PI * hz * t + phase);
    return Math.round((swell * sum) / 12 + random() - random());
  });
}

describe('the profile of a band', () => {
  it('says how loud each band is: a sine of half scale is 6 dB below full scale', () => {
    const sine = Int16Array.from(
      { length: SECONDS * RATE },
      (_, i) => 16_384 * Math.sin((2 * Math.PI * 1000 * i) / RATE),
    );
    const profile = measured(sine) as BandProfile;
    const band = 1000 / PROFILE_BAND_HZ;
    const level = Math.max(profile.loud[band - 1] ?? 0, profile.loud[band] ?? 0) + PROFILE_FLOOR_DB;
    // The power of the sine is spread over the bins of its cell and band.
    expect(level).toBeGreaterThan(-18);
    expect(level).toBeLessThan(-6);
    expect(Math.max(...profile.loud.slice(40))).toBeLessThan(level - PROFILE_FLOOR_DB - 60);
  });

  it('does not depend on how the sound is cut into blocks', () => {
    const samples = notes(8000);
    const whole = measured(samples);
    expect(measured(samples, [1, 2047, 5000, 100_000, 3, samples.length])).toEqual(whole);
  });

  it('is not known of silence, and of a few seconds', () => {
    expect(measured(new Int16Array(SECONDS * RATE))).toBeNull();
    expect(measured(notes(8000).slice(0, 2 * RATE))).toBeNull();
  });

  it('ends at a wall where the sound does', () => {
    const wall = wallOf(measured(notes(12_000)) as BandProfile);
    expect(wall?.hz).toBeGreaterThanOrEqual(11_800);
    expect(wall?.hz).toBeLessThanOrEqual(12_400);
    expect(wall?.depthDb).toBeGreaterThan(30);
    expect(wallOf(measured(notes(22_000)) as BandProfile)).toBeNull();
  });

  it('tells what another copy goes on with above the wall, however loud it is', () => {
    const [cut, whole] = [measured(notes(12_000)), measured(notes(18_000, { level: 800 }))] as [
      BandProfile,
      BandProfile,
    ];
    expect(heldAbove(cut, wallOf(cut), whole)).toBeGreaterThan(17_000);
    expect(heldAbove(whole, wallOf(whole), cut)).toBeNull();
    expect(heldAbove(cut, wallOf(cut), cut)).toBeNull();
  });

  it('does not take steady noise for music', () => {
    const cut = measured(notes(12_000)) as BandProfile;
    const hiss = Uint8Array.from(cut.loud, (level) => Math.max(level, 60));
    const noisy = {
      loud: hiss,
      often: Uint8Array.from(hiss, (level) => level - 2),
      quiet: Uint8Array.from(hiss, (level) => level - 5),
    };
    expect(heldAbove(cut, wallOf(cut), noisy)).toBeNull();
    expect(hasMusicFrom(noisy, 14_000)).toBe(false);
    expect(hasMusicFrom(measured(notes(18_000)) as BandProfile, 14_000)).toBe(true);
  });

  it('has bands of one width at every rate', () => {
    const fine = measured(notes(12_000, { rate: 96_000 }), undefined, 96_000) as BandProfile;
    expect(fine.loud.length).toBe(48_000 / PROFILE_BAND_HZ);
    expect(Math.abs((wallOf(fine)?.hz ?? 0) - 12_000)).toBeLessThanOrEqual(400);
    expect(hasMusicFrom(fine, 22_400)).toBe(false);
  });
});
