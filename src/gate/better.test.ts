import { describe, expect, it } from 'vitest';
import type { StreamInfo } from '#audio';
import type { Content, Sound, StampKey } from '#catalogue';
import type { BytePath } from '#kernel';
import { type Candidate, whyBetter } from './better.ts';

const CD: StreamInfo = {
  ...{ codec: 'flac', container: 'flac', sampleRateHz: 44_100, channels: 2, bitsPerSample: 16, bitRate: 900_000 },
  ...{ lossless: true, declaredSeconds: 200 },
};
const MP3: StreamInfo = {
  ...CD,
  codec: 'mp3',
  container: 'mp3',
  bitsPerSample: null,
  bitRate: 320_000,
  lossless: false,
};

function candidate(stream: Partial<StreamInfo>, sound: Partial<Sound> = {}, mtime = 1): Candidate {
  const print = new Uint8Array();
  const content: Content = {
    ...{ contentHash: `sha256:${'0'.repeat(64)}`, sizeBytes: 1, failure: null },
    tags: { common: { title: 'x' }, native: [], conflicts: [], cover: null },
    sound: {
      ...{ stream: { ...CD, ...stream }, durationSeconds: 200, audioHash: 'a', sampleHash: null, producer: 'test' },
      levels: { rms: 0.1, peak: 0.5, clippedSamples: 0 },
      integrity: { decodedSeconds: 200, errors: 0, checksumHolds: null, complaints: [] },
      ...{ fingerprint: [print, print, print, print], altered: print },
      ...sound,
    },
  };
  return { path: `/${mtime}` as BytePath, stamp: `1:1:1:${mtime}:1` as StampKey, content };
}

const plain = { truncated: null } as const;

describe('what is better', () => {
  it('is lossless against lossy, and not the other way round', () => {
    expect(whyBetter(candidate(CD), candidate(MP3), plain)).toMatch(/^it is lossless \(.*FLAC.*against.*MP3.*\)$/i);
    expect(whyBetter(candidate(MP3), candidate(CD), plain)).toBeNull();
  });

  it('is a coding that keeps more', () => {
    const low = candidate({ ...MP3, bitRate: 128_000 });
    expect(whyBetter(candidate(MP3), low, plain)).toContain('its coding keeps more');
    expect(whyBetter(low, candidate(MP3), plain)).toBeNull();
  });

  it('is whole where the kept one breaks off, whatever its coding', () => {
    expect(whyBetter(candidate(MP3), candidate(CD), { truncated: 'b' })).toMatch(/whole|more of the recording/);
    expect(whyBetter(candidate(CD), candidate(MP3), { truncated: 'a' })).toBeNull();
  });

  it('is never what is only newer, older, named or tagged otherwise', () => {
    for (const [one, other] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const arrival = candidate(CD, {}, one);
      const tagged = { ...arrival, content: { ...arrival.content, tags: null } };
      expect(whyBetter(arrival, candidate(CD, {}, other), plain)).toBeNull();
      expect(whyBetter(tagged, candidate(CD, {}, other), plain)).toBeNull();
      expect(whyBetter(candidate(CD, {}, other), tagged, plain)).toBeNull();
    }
  });

  it('law: of two at most one is better', () => {
    const all = [
      CD,
      MP3,
      { ...MP3, bitRate: 128_000 },
      { ...CD, sampleRateHz: 96_000, bitsPerSample: 24 },
      { ...CD, channels: 1 },
    ];
    for (const a of all) {
      for (const b of all) {
        const both = [whyBetter(candidate(a), candidate(b), plain), whyBetter(candidate(b), candidate(a), plain)];
        expect(both).toContain(null);
      }
    }
  });
});
