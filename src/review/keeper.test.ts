import { describe, expect, it } from 'vitest';
import type { Copy, StreamInfo } from '#audio';
import { chooseKeeper } from './keeper.ts';

interface Facts {
  readonly codec?: string;
  readonly kbps?: number;
  readonly bits?: number;
  readonly rateHz?: number;
  readonly seconds?: number;
  readonly truncated?: boolean;
  readonly errors?: number;
  readonly checksumHolds?: boolean;
  readonly clippedSamples?: number;
  readonly tags?: Record<string, string | number>;
  readonly hasCover?: boolean;
  readonly mtimeNs?: bigint;
}

function copy(path: string, facts: Facts = {}): Copy {
  const codec = facts.codec ?? 'mp3';
  const lossless = codec === 'flac';
  const stream: StreamInfo = {
    codec,
    container: codec,
    sampleRateHz: facts.rateHz ?? 44_100,
    channels: 2,
    bitsPerSample: lossless ? (facts.bits ?? 16) : null,
    bitRate: (facts.kbps ?? (lossless ? 900 : 192)) * 1000,
    lossless,
    declaredSeconds: null,
  };
  const durationSeconds = facts.seconds ?? 221;
  return {
    sound: {
      stream,
      durationSeconds,
      levels: { rms: 0.1, peak: 0.9, clippedSamples: facts.clippedSamples ?? 0 },
      integrity: {
        decodedSeconds: durationSeconds,
        errors: facts.errors ?? 0,
        checksumHolds: facts.checksumHolds ?? null,
        complaints: [],
      },
    },
    truncated: facts.truncated ?? false,
    tags: {
      common: facts.tags ?? {},
      native: [],
      conflicts: [],
      cover: facts.hasCover ? { mime: 'image/jpeg', sizeBytes: 1 } : null,
    },
    mtimeNs: facts.mtimeNs ?? 0n,
    path,
  };
}

function choice(...copies: Copy[]): string {
  const chosen = chooseKeeper(copies);
  expect(chooseKeeper(copies.toReversed())).toEqual(chosen);
  return `${chosen.keeper.path}: ${chosen.reasons.join(' · ')}`;
}

describe('the keeper', () => {
  it('is explained by coding', () => {
    expect(choice(copy('/a', { kbps: 320 }), copy('/b', { codec: 'flac' }))).toBe(
      '/b: the only lossless copy (FLAC 16 bit / 44.1 kHz)',
    );
    expect(choice(copy('/a', { kbps: 320 }), copy('/b', { kbps: 128 }))).toBe(
      '/a: MP3 320 kbit/s against MP3 128 kbit/s',
    );
    expect(
      choice(copy('/a', { codec: 'flac', bits: 24, rateHz: 96_000 }), copy('/b', { codec: 'flac' }), copy('/c')),
    ).toBe('/a: lossless (FLAC 24 bit / 96 kHz): another is not · FLAC 24 bit / 96 kHz against FLAC 16 bit / 44.1 kHz');
  });

  it('is whole, even where the others are better coded', () => {
    const cut = { codec: 'flac', truncated: true, seconds: 72.4 };
    expect(choice(copy('/a', { kbps: 64 }), copy('/b', cut))).toBe('/a: complete: another has only 1:12');
    expect(choice(copy('/a', { kbps: 64 }), copy('/b', cut), copy('/c', { ...cut, seconds: 80 }))).toBe(
      '/a: complete: two others have only 1:12 or a little more',
    );
    expect(choice(copy('/a', { kbps: 64 }), copy('/b', { codec: 'flac', errors: 2 }))).toBe(
      '/a: complete: another is damaged',
    );
    expect(choice(copy('/a', { truncated: true, seconds: 90 }), copy('/b', cut))).toBe(
      '/a: none is whole: this one holds most, 1:30',
    );
  });

  it('is the lossless one whose checksum holds, whatever lies around its sound', () => {
    const junky = { codec: 'flac', errors: 1, checksumHolds: true };
    expect(choice(copy('/a', { kbps: 320 }), copy('/b', junky))).toContain('/b: the only lossless copy');
    const spoilt = { codec: 'flac', checksumHolds: false };
    expect(choice(copy('/a', { kbps: 320 }), copy('/b', spoilt))).toBe('/a: complete: another is damaged');
  });

  it('is not clipped', () => {
    expect(choice(copy('/a'), copy('/b', { clippedSamples: 60_000 }))).toBe('/a: not clipped: another is');
  });

  it('has the most complete tags, a cover, age, and a name', () => {
    const tags = { title: 'Song', artist: 'Singer', album: 'Album', track: 3 };
    expect(choice(copy('/a'), copy('/b', { tags }))).toBe('/b: most complete tags (4 of 10 fields)');
    expect(choice(copy('/a', { tags }), copy('/b', { tags, hasCover: true }))).toBe('/b: has a cover');
    expect(choice(copy('/a', { mtimeNs: 2n }), copy('/b', { mtimeNs: 1n }))).toBe('/b: equally good: the oldest file');
    expect(choice(copy('/a'), copy('/b'))).toBe('/a: equally good: the first by name');
    expect(choice(copy('/a', { seconds: 226 }), copy('/b'))).toBe('/a: longest: 3:46 against 3:41');
  });

  it('can be played', () => {
    expect(choice({ ...copy('/a'), sound: null }, copy('/b', { kbps: 64, errors: 9 }))).toBe(
      '/b: can be played: another cannot',
    );
  });
});
