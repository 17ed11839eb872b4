import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BandProfile, PROFILE_BAND_HZ, wallOf } from './band-profile.ts';
import { usedResolution } from './resolution.ts';
import { findSources, isBelowCoding, isMadeFromLossy, type MasterOf, type Source, type Sourced } from './source.ts';
import type { StreamInfo } from './stream.ts';

interface Shape {
  readonly wallHz?: number;
  /** What is left above the wall, in steps. */
  readonly floor?: number;
  readonly rateHz?: number;
  readonly louder?: number;
}

/** Music that fades by 2 dB a kHz, moves by 30 dB, and ends at a wall. */
function profile({ wallHz = 99_000, floor = 25, rateHz = 44_100, louder = 0 }: Shape = {}): BandProfile {
  const bands = Math.floor(rateHz / 2 / PROFILE_BAND_HZ);
  const at = (below: number, noise: number): Uint8Array =>
    Uint8Array.from({ length: bands }, (_, band) => {
      const hz = band * PROFILE_BAND_HZ;
      return hz < wallHz ? Math.round(120 + louder - hz / 500 - below) : floor - noise;
    });
  return { loud: at(0, 0), often: at(8, 2), quiet: at(30, 5) };
}

interface Facts extends Shape {
  readonly codec?: string;
  readonly kbps?: number;
  readonly rms?: number;
  readonly isDamaged?: boolean;
  readonly codedAs?: 'mp3' | 'aac';
}

interface Copy extends Sourced {
  readonly isDamaged: boolean;
}

const streamOf = ({ codec = 'flac', kbps = 900, rateHz = 44_100 }: Facts): StreamInfo => ({
  codec,
  container: codec,
  sampleRateHz: rateHz,
  channels: 2,
  bitsPerSample: codec === 'flac' ? 16 : null,
  bitRate: kbps * 1000,
  lossless: codec === 'flac',
  declaredSeconds: null,
});

const copy = (facts: Facts): Copy => ({
  sound: {
    stream: streamOf(facts),
    levels: { rms: facts.rms ?? 0.1, peak: 1, clippedSamples: 0 },
    evidence: { bands: profile(facts), usedBits: 16, codedAs: facts.codedAs ?? null },
  },
  isDamaged: facts.isDamaged ?? false,
});

function sources(facts: readonly Facts[], master: ReturnType<MasterOf<Copy>> = 'same'): Source[] {
  const copies = facts.map(copy);
  return [
    ...findSources(
      copies,
      () => master,
      ({ isDamaged }) => !isDamaged,
    ).values(),
  ];
}

describe('the source of a copy', () => {
  it('is a lossy file where a lossless coding lies on the grid of a lossy one', () => {
    expect(sources([{ wallHz: 17_000, codedAs: 'mp3' }])[0]).toMatchObject({ isFromLossy: true, mostKbps: 127 });
    expect(sources([{ wallHz: 19_000, codedAs: 'aac' }])[0]).toMatchObject({ isFromLossy: true, mostKbps: 191 });
    expect(sources([{ codedAs: 'mp3' }])[0]).toMatchObject({ isFromLossy: true, wall: null, mostKbps: 255 });
  });

  it.each([16_000, 17_000, 19_000, 20_200])('is undecided where a wall at %i Hz is all that is seen', (wallHz) => {
    const wall = { isFromLossy: false, lacksToHz: null, mostKbps: Number.POSITIVE_INFINITY };
    expect(sources([{ wallHz }])[0]).toMatchObject(wall);
    expect(sources([{ wallHz }, { codec: 'mp3', kbps: 128, wallHz }])[0]).toMatchObject(wall);
  });

  it('is poorer where another copy goes on above the wall, at whatever level', () => {
    const [cut, whole] = sources([{ wallHz: 11_000 }, { louder: -20 }]);
    expect(cut).toMatchObject({ isFromLossy: false, lacksToHz: 22_000, mostKbps: 63 });
    expect(whole).toMatchObject({ lacksToHz: null, mostKbps: Number.POSITIVE_INFINITY });
  });

  it('is not poorer for what another master, a damaged copy or a coder that makes bands up holds', () => {
    const cut = { wallHz: 11_000 };
    expect(sources([cut, {}], 'other')[0]?.lacksToHz).toBeNull();
    expect(sources([cut, { isDamaged: true }])[0]?.lacksToHz).toBeNull();
    expect(sources([cut, { codec: 'opus', kbps: 96 }])[0]?.lacksToHz).toBeNull();
    const gentle = { wallHz: 11_000, floor: 70 };
    expect(sources([gentle, {}], 'unknown')[0]?.lacksToHz).toBeNull();
    expect(sources([gentle, {}], 'same')[0]?.lacksToHz).toBeGreaterThan(14_000);
  });

  it('is worth less than a lossy copy that it may have been made from', () => {
    const [fake] = sources([
      { wallHz: 20_200, codedAs: 'aac' },
      { codec: 'opus', kbps: 96, wallHz: 20_400 },
    ]);
    expect(fake?.mostKbps).toBeLessThan(96 * 1.85);
  });

  it('is shown of a lossy copy only where its band ends far below its rate', () => {
    const [mp3] = sources([{ codec: 'mp3', kbps: 320, wallHz: 16_000 }, {}]);
    expect(mp3).toMatchObject({ isFromLossy: false, lacksToHz: 22_000, mostKbps: 127 });
    expect(sources([{ codec: 'mp3', kbps: 320, wallHz: 20_000 }, {}])[0]?.mostKbps).toBe(Number.POSITIVE_INFINITY);
    expect(isBelowCoding(streamOf({ codec: 'mp3', kbps: 128 }), { hz: 17_000, depthDb: 50 })).toBe(false);
  });

  it('is overdriven where another copy keeps the peaks, and not where none does', () => {
    expect(sources([{ rms: 0.4 }, { rms: 0.1 }]).map(({ isOverdriven }) => isOverdriven)).toEqual([true, false]);
    expect(sources([{ rms: 0.4 }, { rms: 0.4 }]).map(({ isOverdriven }) => isOverdriven)).toEqual([false, false]);
    expect(sources([{ rms: 0.4 }, { rms: 0.1, isDamaged: true }])[0]?.isOverdriven).toBe(false);
  });

  it('does not depend on the order of copies', () => {
    const facts = fc.array(
      fc.record({
        codec: fc.constantFrom('flac', 'mp3', 'opus'),
        kbps: fc.constantFrom(96, 192, 320),
        wallHz: fc.constantFrom(11_000, 16_000, 19_000, 20_400, 99_000),
        floor: fc.constantFrom(25, 60),
        isDamaged: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(facts, (list) => {
        expect(sources(list.toReversed()).toReversed()).toEqual(sources(list));
      }),
    );
  });

  it('is not asked of what was not measured', () => {
    const bare = { stream: streamOf({}), levels: { rms: 0.1, peak: 1, clippedSamples: 0 } };
    expect(isMadeFromLossy(bare)).toBe(false);
    expect([
      ...findSources(
        [{ sound: bare }, { sound: null }],
        () => 'same',
        () => true,
      ).values(),
    ]).toMatchObject([
      { wall: null, isFromLossy: false, lacksToHz: null },
      { wall: null, isFromLossy: false, lacksToHz: null },
    ]);
  });
});

describe('the resolution that is used', () => {
  const used = (rateHz: number, bits: number, wallHz: number, usedBits: number | null) =>
    usedResolution({
      stream: { ...streamOf({ rateHz }), bitsPerSample: bits },
      evidence: { bands: profile({ wallHz, rateHz }), usedBits, codedAs: null },
    });

  it('is what is there', () => {
    expect(used(96_000, 24, 22_000, 16)).toEqual({ bits: 16, rateHz: 44_100 });
    expect(used(96_000, 24, 24_000, 24)).toEqual({ bits: 24, rateHz: 48_000 });
    expect(used(192_000, 24, 40_000, 20)).toEqual({ bits: 20, rateHz: 96_000 });
    expect(used(96_000, 24, 44_000, 24)).toEqual({ bits: 24, rateHz: 96_000 });
    expect(used(44_100, 16, 11_000, 9)).toEqual({ bits: 16, rateHz: 44_100 });
  });

  it('is what is declared where nobody looked', () => {
    expect(usedResolution({ stream: streamOf({ rateHz: 96_000 }) })).toEqual({ bits: 16, rateHz: 96_000 });
  });
});

describe('a wall', () => {
  it('is where the band ends, and none where it fades', () => {
    expect(wallOf(profile({ wallHz: 16_000 }))).toMatchObject({ hz: 16_000 });
    expect(wallOf(profile())).toBeNull();
  });
});
