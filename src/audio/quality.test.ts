import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeCoding, isFullLossless, mp3Equivalent } from './coding.ts';
import { ASPECTS, DEFAULT_RULES, type KeepRules, orderOf } from './keep-rules.ts';
import { type Copy, compareCopies, decide } from './quality.ts';
import type { Source } from './source.ts';
import type { SoundEvidence, StreamInfo } from './stream.ts';
import { countTagFields } from './tag-fields.ts';

const stream = (facts: Partial<StreamInfo> = {}): StreamInfo => ({
  codec: 'mp3',
  container: 'mp3',
  sampleRateHz: 44_100,
  channels: 2,
  bitsPerSample: null,
  bitRate: 192_000,
  lossless: false,
  declaredSeconds: null,
  ...facts,
});

const flac = (facts: Partial<StreamInfo> = {}): StreamInfo =>
  stream({ codec: 'flac', container: 'flac', lossless: true, bitsPerSample: 16, bitRate: 900_000, ...facts });

interface Facts {
  readonly stream?: StreamInfo;
  readonly seconds?: number;
  readonly errors?: number;
  readonly clippedSamples?: number;
  readonly truncated?: boolean;
  readonly title?: string;
  readonly evidence?: SoundEvidence;
  readonly source?: Partial<Source>;
  readonly mtimeNs?: bigint;
  readonly path?: string;
}

const NO_SOURCE: Source = {
  wall: null,
  isFromLossy: false,
  lacksToHz: null,
  mostKbps: Number.POSITIVE_INFINITY,
  isOverdriven: false,
};
const WALL = { hz: 16_000, depthDb: 50 };
/** Made from MP3 at 128 kbit/s. */
const FAKE: Partial<Source> = { wall: WALL, isFromLossy: true, mostKbps: 127 };

function copy(facts: Facts = {}): Copy {
  const seconds = facts.seconds ?? 200;
  return {
    sound: {
      stream: facts.stream ?? stream(),
      durationSeconds: seconds,
      levels: { rms: 0.1, peak: 0.9, clippedSamples: facts.clippedSamples ?? 0 },
      ...(facts.evidence && { evidence: facts.evidence }),
      integrity: { decodedSeconds: seconds, errors: facts.errors ?? 0, checksumHolds: null, complaints: [] },
    },
    truncated: facts.truncated ?? false,
    ...(facts.source && { source: { ...NO_SOURCE, ...facts.source } }),
    tags: facts.title === undefined ? null : { common: { title: facts.title }, native: [], conflicts: [], cover: null },
    mtimeNs: facts.mtimeNs ?? 0n,
    path: facts.path ?? '/a',
  };
}

/** Says which of the two is better, and by what. */
function verdict(a: Facts, b: Facts, rules: KeepRules = DEFAULT_RULES): string {
  const { order, aspect } = decide(copy({ path: '/a', ...a }), copy({ path: '/b', ...b }), rules);
  return `${order < 0 ? 'a' : 'b'} by ${aspect}`;
}

describe('the better of two copies', () => {
  it('is the whole one, whatever the coding', () => {
    expect(verdict({ stream: flac(), errors: 1 }, { stream: stream({ bitRate: 64_000 }) })).toBe('b by whole');
    expect(verdict({ stream: flac(), truncated: true }, {})).toBe('b by whole');
    expect(verdict({ stream: flac({ declaredSeconds: 260 }) }, {})).toBe('b by whole');
    expect(verdict({ stream: flac(), truncated: true }, { errors: 3 })).toBe('b by whole');
    expect(verdict({ truncated: true, seconds: 100 }, { stream: flac(), truncated: true, seconds: 90 })).toBe(
      'a by remains',
    );
  });

  it('is the lossless one, unless it is spoilt', () => {
    expect(verdict({ stream: flac() }, { stream: stream({ bitRate: 320_000 }) })).toBe('a by lossless');
    expect(verdict({ stream: flac(), clippedSamples: 200 * 1000 }, {})).toBe('b by badly-clipped');
    expect(verdict({ stream: flac({ bitsPerSample: 8, sampleRateHz: 11_025 }) }, {})).toBe('b by coding');
  });

  it('is not the fake, whatever it declares', () => {
    const fake = { stream: flac({ bitsPerSample: 24, sampleRateHz: 96_000 }), source: FAKE };
    expect(verdict(fake, { stream: flac() })).toBe('b by lossless');
    expect(verdict(fake, {})).toBe('b by coding');
    expect(verdict(fake, { stream: stream({ bitRate: 128_000 }) })).toBe('a by name');
    expect(verdict(fake, { stream: stream({ bitRate: 64_000 }) })).toBe('a by coding');
    expect(verdict({ ...fake, truncated: true }, { stream: stream({ bitRate: 64_000 }) })).toBe('b by whole');
    const poorer = { stream: flac(), source: { wall: WALL, lacksToHz: 20_000, mostKbps: 127 } };
    expect(verdict(poorer, {})).toBe('b by coding');
  });

  it('is not the one that was lossy twice, and of equal ones the one with the wider band', () => {
    const twice = { stream: stream({ bitRate: 320_000 }), source: { wall: WALL, lacksToHz: 20_000, mostKbps: 127 } };
    expect(verdict(twice, {})).toBe('b by coding');
    expect(verdict({ source: { wall: WALL, lacksToHz: 20_000 } }, {})).toBe('b by band');
  });

  it('may be clipped where its master was', () => {
    const clipped = { stream: flac(), clippedSamples: 200 * 1000 };
    expect(verdict({ ...clipped, source: { isOverdriven: false } }, {})).toBe('a by lossless');
    expect(verdict({ ...clipped, source: { isOverdriven: true } }, {})).toBe('b by badly-clipped');
  });

  it('is what a person prefers, among whole ones', () => {
    const [old, good] = [{ mtimeNs: 1n }, { mtimeNs: 2n, stream: flac(), title: 'Song' }];
    expect(verdict(old, good)).toBe('b by lossless');
    expect(verdict(old, good, { order: [], prefer: 'oldest' })).toBe('a by age');
    expect(verdict(old, good, { order: [], prefer: 'newest' })).toBe('b by age');
    expect(verdict({ ...old, truncated: true }, good, { order: [], prefer: 'oldest' })).toBe('b by whole');
    expect(verdict({ ...old, title: 'Song' }, { stream: flac() }, { order: ['tags'], prefer: 'best' })).toBe(
      'a by tags',
    );
    expect(verdict(old, { ...good, truncated: true }, { order: ['tags', 'whole'], prefer: 'best' })).toBe('a by whole');
  });

  it('is the finer one of two lossless', () => {
    expect(verdict({ stream: flac() }, { stream: flac({ bitsPerSample: 24, sampleRateHz: 96_000 }) })).toBe(
      'b by resolution',
    );
    expect(verdict({ stream: flac({ channels: 1, bitsPerSample: 24 }) }, { stream: flac() })).toBe('b by resolution');
    const padded = { stream: flac({ bitsPerSample: 24 }), evidence: { bands: null, usedBits: 16, codedAs: null } };
    expect(verdict(padded, { stream: flac() })).toBe('a by name');
  });

  it('is the better coded of two lossy ones', () => {
    expect(verdict({ stream: stream({ bitRate: 320_000 }) }, { stream: stream({ bitRate: 128_000 }) })).toBe(
      'a by coding',
    );
    expect(verdict({ stream: stream({ channels: 1 }) }, { stream: stream({ bitRate: 128_000 }) })).toBe('b by coding');
    expect(verdict({ clippedSamples: 30_000 }, { stream: stream({ bitRate: 128_000 }) })).toBe('b by clipped');
  });

  it('is the longer, the better tagged, the older, the first by name', () => {
    expect(verdict({ seconds: 200 }, { seconds: 203 })).toBe('b by length');
    expect(verdict({}, { title: 'Song' })).toBe('b by tags');
    expect(verdict({ mtimeNs: 2n }, { mtimeNs: 1n })).toBe('b by age');
    expect(verdict({}, {})).toBe('a by name');
  });
});

const anyStream = fc.record({
  codec: fc.constantFrom('mp3', 'aac', 'flac', 'opus', 'pcm_u8', 'strange'),
  container: fc.constant('x'),
  sampleRateHz: fc.constantFrom(8000, 44_100, 96_000),
  channels: fc.constantFrom(1, 2, 6),
  bitsPerSample: fc.constantFrom(null, 8, 16, 24),
  bitRate: fc.option(fc.integer({ min: 0, max: 400_000 })),
  lossless: fc.boolean(),
  declaredSeconds: fc.constantFrom(null, 200, 203),
});

const anyCopy: fc.Arbitrary<Copy> = fc
  .record({
    stream: anyStream,
    seconds: fc.double({ min: 0, max: 300, noNaN: true }),
    errors: fc.constantFrom(0, 0, 1, 5),
    clippedSamples: fc.constantFrom(0, 20_000, 2_000_000),
    truncated: fc.boolean(),
    source: fc.constantFrom(undefined, FAKE, { wall: WALL, lacksToHz: 20_000 }, { isOverdriven: true }),
    mtimeNs: fc.constantFrom(1n, 2n),
    path: fc.constantFrom('/a', '/b', '/c'),
    isDead: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  })
  .map(({ isDead, source, ...facts }) => {
    const whole = copy({ ...facts, ...(source && { source }) });
    return isDead ? { ...whole, sound: null } : whole;
  });

const anyRules: fc.Arbitrary<KeepRules> = fc.record({
  order: fc.shuffledSubarray([...ASPECTS]),
  prefer: fc.constantFrom('best', 'oldest', 'newest'),
});

describe('the order of copies', () => {
  it('is antisymmetric', () => {
    fc.assert(
      fc.property(anyCopy, anyCopy, anyRules, (a, b, rules) => {
        expect(compareCopies(a, b, rules)).toBe(0 - compareCopies(b, a, rules));
        expect(compareCopies(a, a, rules)).toBe(0);
      }),
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(anyCopy, anyCopy, anyCopy, anyRules, (a, b, c, rules) => {
        fc.pre(compareCopies(a, b, rules) <= 0 && compareCopies(b, c, rules) <= 0);
        expect(compareCopies(a, c, rules)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('leaves no two copies of different names equal', () => {
    fc.assert(
      fc.property(anyCopy, anyCopy, anyRules, (a, b, rules) => {
        fc.pre(a.path !== b.path);
        expect(compareCopies(a, b, rules)).not.toBe(0);
      }),
    );
  });

  it('has every aspect once, whatever a person says', () => {
    fc.assert(
      fc.property(anyRules, (rules) => {
        const order = orderOf(rules);
        expect(order.toSorted()).toEqual(ASPECTS.toSorted());
        expect(order.slice(0, 4)).toEqual(ASPECTS.slice(0, 4));
        expect(order.at(-1)).toBe('name');
      }),
    );
    expect(orderOf(DEFAULT_RULES)).toEqual(ASPECTS);
  });

  it('never puts a damaged or truncated copy before a whole one, whatever a person says', () => {
    fc.assert(
      fc.property(anyCopy, anyCopy, anyRules, (a, b, rules) => {
        const isWhole = ({ sound, truncated }: Copy): boolean =>
          sound !== null &&
          !truncated &&
          sound.integrity.errors === 0 &&
          sound.durationSeconds >= (sound.stream.declaredSeconds ?? 0) - 1;
        fc.pre(isWhole(a) && !isWhole(b));
        expect(compareCopies(a, b, rules)).toBeLessThan(0);
      }),
    );
  });
});

describe('codings', () => {
  it('rank as listening tests have them', () => {
    const kbps = (codec: string, rate: number): number => mp3Equivalent(stream({ codec, bitRate: rate * 1000 }));
    const ranked = [
      mp3Equivalent(flac()),
      kbps('aac', 256),
      kbps('vorbis', 224),
      kbps('mp3', 245),
      kbps('mp3', 256),
      kbps('opus', 128),
      kbps('vorbis', 160),
      kbps('mp3', 192),
      kbps('opus', 96),
      kbps('aac', 128),
      kbps('mp3', 160),
      kbps('mp3', 128),
      kbps('wmav2', 160),
      kbps('mp3', 64),
    ];
    expect(ranked).toEqual(ranked.toSorted((a, b) => b - a));
  });

  it('never make a lossy stream as good as a lossless one', () => {
    fc.assert(
      fc.property(anyStream, (lossy) => {
        expect(mp3Equivalent({ ...lossy, lossless: false })).toBeLessThan(mp3Equivalent(flac()));
        expect(isFullLossless({ ...lossy, lossless: false })).toBe(false);
      }),
    );
  });

  it('are told in words', () => {
    expect(describeCoding(stream({ bitRate: 320_000 }))).toBe('MP3 320 kbit/s');
    expect(describeCoding(flac({ bitsPerSample: 24, sampleRateHz: 96_000 }))).toBe('FLAC 24 bit / 96 kHz');
    expect(describeCoding(stream({ codec: 'pcm_s16le', lossless: true, bitsPerSample: 16, channels: 1 }))).toBe(
      'PCM 16 bit / 44.1 kHz mono',
    );
  });
});

describe('tag fields', () => {
  it('count what is filled', () => {
    const common = { title: 'T', artist: 'A', genres: [], disc: 1, musicBrainz: { releaseId: 'r' } };
    expect(countTagFields({ common, native: [], conflicts: [], cover: null })).toEqual({ filled: 4, of: 10 });
    expect(countTagFields(null)).toEqual({ filled: 0, of: 10 });
  });
});
