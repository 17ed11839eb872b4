import { describe, expect, it } from 'vitest';
import { ASPECTS, type BandProfile, type Copy, type StreamInfo } from '#audio';
import { KEEP_WORDS } from '#config';
import { type ChoiceRules, chooseKeeper } from './keeper.ts';

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
  readonly rms?: number;
  /** The band ends here, as suddenly as coders end it. */
  readonly wallHz?: number;
  readonly codedAs?: 'mp3';
}

/** Music that fades by 2 dB a kHz and moves by 30 dB. */
function bandsTo(wallHz: number): BandProfile {
  const at = (below: number, floor: number): Uint8Array =>
    Uint8Array.from({ length: 110 }, (_, band) => (band * 200 < wallHz ? Math.round(120 - band / 2.5 - below) : floor));
  return { loud: at(0, 25), often: at(8, 23), quiet: at(30, 20) };
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
      levels: { rms: facts.rms ?? 0.1, peak: 0.9, clippedSamples: facts.clippedSamples ?? 0 },
      ...(facts.wallHz && { evidence: { bands: bandsTo(facts.wallHz), usedBits: 16, codedAs: facts.codedAs ?? null } }),
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
    expect(choice(copy('/a'), copy('/b', { clippedSamples: 60_000, rms: 0.3 }))).toBe('/a: not clipped: another is');
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

const sameMaster: ChoiceRules<Copy> = { order: [], prefer: 'best', masterOf: () => 'same' };

/** What is said against each loser. */
function against(copies: Copy[], rules: ChoiceRules<Copy> = sameMaster): string[] {
  const { losers } = chooseKeeper(copies, rules);
  const said = losers.map((loser) => `${loser.copy.path}: ${loser.against.join(' · ')}`);
  expect(chooseKeeper(copies.toReversed(), rules).losers.map((loser) => loser.copy.path)).toEqual(
    losers.map((loser) => loser.copy.path),
  );
  return said;
}

describe('a copy that is not kept', () => {
  it('is told what its sound shows: fake, poorer, lossy twice', () => {
    const [whole, mp3] = [
      copy('/whole', { codec: 'flac', wallHz: 22_000 }),
      copy('/mp3', { kbps: 320, wallHz: 20_200 }),
    ];
    const fake = copy('/fake', { codec: 'flac', wallHz: 16_000, bits: 24, codedAs: 'mp3' });
    expect(against([fake, whole])).toEqual([
      '/fake: FLAC made from a lossy file: nothing above 16.0 kHz, where the copy kept goes up to 22.0 kHz',
    ]);
    expect(against([fake, mp3])).toEqual([
      '/fake: FLAC made from a lossy file: nothing above 16.0 kHz, where the copy kept goes up to 20.2 kHz',
    ]);
    expect(against([copy('/poorer', { codec: 'flac', wallHz: 11_000 }), whole])).toEqual([
      '/poorer: FLAC of a poorer source: nothing above 11.0 kHz, where the copy kept goes up to 22.0 kHz',
    ]);
    expect(against([copy('/twice', { kbps: 320, wallHz: 16_000 }), copy('/b', { kbps: 192, wallHz: 19_000 })])).toEqual(
      ['/twice: MP3 320 kbit/s: nothing above 16.0 kHz, where the copy kept goes up to 19.0 kHz'],
    );
  });

  it('is told about coding, length, tags and age', () => {
    const flac = copy('/flac', { codec: 'flac' });
    expect(against([flac, copy('/mp3', { kbps: 128 })])).toEqual([
      '/mp3: lossy: MP3 128 kbit/s, where the copy kept is FLAC 16 bit / 44.1 kHz',
    ]);
    expect(against([copy('/a', { kbps: 320 }), copy('/b', { kbps: 128 })])).toEqual([
      '/b: MP3 128 kbit/s, where the copy kept is MP3 320 kbit/s',
    ]);
    expect(against([copy('/a', { seconds: 226 }), copy('/b')])).toEqual(['/b: shorter: 3:41 against 3:46']);
    const tags = { title: 'Song', artist: 'Singer' };
    expect(against([copy('/a', { tags }), copy('/b')])).toEqual([
      '/b: fewer tags: 0 of 10 fields, where the copy kept has 2',
    ]);
    expect(against([copy('/a'), copy('/b', { mtimeNs: 1n })])).toEqual(['/b: as good, but the newer file']);
    expect(against([copy('/a', { hasCover: true }), copy('/b')])).toEqual(['/b: has no cover']);
    expect(against([copy('/a'), copy('/b')])).toEqual(['/b: as good, but later by name']);
  });

  it('is told that it is not whole, cannot be played, or is clipped', () => {
    expect(against([copy('/a'), copy('/b', { truncated: true, seconds: 72 })])).toEqual([
      '/b: incomplete: 1:12, where the copy kept has 3:41',
    ]);
    expect(against([copy('/a'), copy('/b', { errors: 2 })])).toEqual([
      '/b: damaged: the decoder or a checksum complained',
    ]);
    expect(against([copy('/a'), { ...copy('/b'), sound: null }])).toEqual(['/b: cannot be played']);
    expect(against([copy('/a'), copy('/b', { clippedSamples: 97_461, rms: 0.3 })])).toEqual([
      '/b: clipped: 0.50 % of its samples, where the copy kept has 0.00 %',
    ]);
  });

  it('is shown as another master, which decides nothing', () => {
    const other: ChoiceRules<Copy> = { ...sameMaster, masterOf: () => 'other' };
    const [a, b] = [copy('/a', { kbps: 320 }), copy('/b', { kbps: 192, rms: 0.2 })];
    expect(against([a, b], other)).toEqual([
      '/b: MP3 192 kbit/s, where the copy kept is MP3 320 kbit/s · another master, which was not judged: ' +
        '6.0 dB louder, 6.0 dB less between its mean and its peaks',
    ]);
    expect(against([a, { ...b, sound: a.sound }], other)[0]).toContain('another balance of high and low');
    const cut = copy('/cut', { codec: 'flac', wallHz: 11_000 });
    expect(chooseKeeper([cut, copy('/mp3', { wallHz: 19_000 })], other).keeper.path).toBe('/cut');
  });

  it('may be the better one, where a person prefers age', () => {
    const [old, good] = [copy('/old', { mtimeNs: 1n }), copy('/good', { codec: 'flac', mtimeNs: 2n })];
    expect(chooseKeeper([old, good], { order: [], prefer: 'oldest' })).toMatchObject({
      keeper: { path: '/old' },
      reasons: ['the oldest file, which is preferred'],
      losers: [{ copy: { path: '/good' }, against: ['the newer file'] }],
    });
  });
});

it('is chosen by the aspects that settings know', () => {
  expect(KEEP_WORDS).toEqual(ASPECTS);
});
