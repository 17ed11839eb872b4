import { describe, expect, it } from 'vitest';
import type { Content, Sound } from '#catalogue';
import type { JudgementFigures, Verdict } from '#matching';
import { explain } from './chain.ts';
import type { ComparedPair, Finding, FindingStep } from './finding.ts';

const SONG = content('song', {});
const COPY = content('copy', {});

function content(hash: string, { seconds = 200, peak = 0.5, errors = 0, lossless = true }: SoundFacts): Content {
  const sound: Sound = {
    stream: {
      ...{ codec: 'flac', container: 'flac', sampleRateHz: 44_100, channels: 2, bitsPerSample: lossless ? 16 : null },
      ...{ bitRate: 900_000, lossless, declaredSeconds: seconds },
    },
    ...{ durationSeconds: seconds, audioHash: `audio ${hash}`, sampleHash: lossless ? `samples ${hash}` : null },
    levels: { rms: 0.1, peak, clippedSamples: 0 },
    integrity: { decodedSeconds: seconds, errors, checksumHolds: null, complaints: [] },
    fingerprint: [new Uint8Array(), new Uint8Array(), new Uint8Array(), new Uint8Array()],
    ...{ altered: new Uint8Array(), producer: 'test' },
  };
  return { contentHash: `sha256:${hash}`, sizeBytes: 1000, sound, tags: null, failure: null };
}

interface SoundFacts {
  readonly seconds?: number;
  readonly peak?: number;
  readonly errors?: number;
  readonly lossless?: boolean;
}

const CLEAN: JudgementFigures = {
  ...{ lowCoherence: 0.91, badBlockShare: 0, lowTileShare: 0.01, extraSlope: 0.1, liveliness: 3, clipped: false },
  ...{ steadyNoise: false, foreignSource: false, touchedSlope: 0.1, touchedShare: 0.02, touchedFit: 0.3 },
  ...{ droppedShare: 0, equalizationDb: 0.2, gainSpreadDb: 0.1, gainDb: -6 },
};

const SAME: Verdict = {
  ...{ relation: 'same-recording', truncated: null, damaged: null, master: 'same', similarity: 0.984 },
  ...{ bitErrorRate: 0.008, significance: 44, expectedFalse: 3e-31, overlapSeconds: 198, offsetSeconds: 1.5 },
  ...{ speedRatio: 1, coherence: 0.98, evidence: CLEAN, reasons: ['The waveforms agree by 98 %.'] },
  segments: [{ aStartSeconds: 1.5, bStartSeconds: 0, seconds: 198, bitErrorRate: 0.008 }],
};

const MISS: Verdict = {
  ...{ relation: 'different', truncated: null, similarity: null, bitErrorRate: null, overlapSeconds: 0 },
  ...{ offsetSeconds: null, speedRatio: null, coherence: null, evidence: null, segments: [] },
  reasons: ['No stretch of the one is the same sound as the other.'],
};

const PLACE = { offsetSeconds: 1.5, speedRatio: 1, votes: 40 };

function chain(verdict: Verdict, facts: Partial<ComparedPair> = {}): Finding[] {
  return explain({ verdict, a: SONG, b: COPY, places: [PLACE], ...facts });
}

function said(findings: readonly Finding[], step: FindingStep): string[] {
  return findings.filter((one) => one.step === step).map(({ weight, sentence }) => `${weight}: ${sentence}`);
}

describe('the chain of a match', () => {
  it('goes through every step in order and ends with the decision', () => {
    const steps = chain(SAME).map(({ step }) => step);
    expect([...new Set(steps)]).toEqual([
      ...['files', 'fingerprints', 'alignment', 'waveforms', 'remainder', 'master', 'shape', 'decision'],
    ]);
    expect(chain(SAME).every(({ weight }) => weight !== 'against')).toBe(true);
  });

  it('says where, how much, and what chance would do, with the figures', () => {
    const [agreement, chance] = chain(SAME).filter(({ step }) => step === 'fingerprints');
    expect(agreement?.sentence).toContain('B begins 1.5 s into A, at equal speed, 0.8 % of');
    expect(agreement?.figures).toMatchObject({ bitErrorRate: 0.008, codesInCommon: 40 });
    expect(chance?.sentence).toContain('fewer than one pair in a thousand million');
    expect(said(chain(SAME), 'alignment')[0]).toMatch(/^for: .*1\.500 s into A.*99 % of A and 99 % of B/);
    expect(said(chain(SAME), 'waveforms')[0]).toMatch(/by 98 %, in their weakest tenth by 91 %/);
    expect(said(chain(SAME), 'master')).toEqual([
      'for: The same master: at most the coding differs, and A is 6 dB louder.',
    ]);
  });

  it('names another master and the damage', () => {
    const evidence = { ...CLEAN, equalizationDb: 4.4, gainSpreadDb: 2.2 };
    const b = content('torn', { errors: 3 });
    const findings = chain({ ...SAME, master: 'other', damaged: 'b', evidence }, { b });
    expect(said(findings, 'master')[0]).toMatch(/Another master: the tone differs by up to 4.4 dB .* by 2.2 dB/);
    expect(said(findings, 'remainder')[1]).toMatch(/^neutral: B is damaged/);
  });

  it('is short where the files are equal', () => {
    const findings = chain({ ...SAME, relation: 'same-bytes', coherence: null, evidence: null }, { b: SONG });
    expect(findings.map(({ step, weight }) => [step, weight])).toEqual([
      ['files', 'for'],
      ['decision', 'for'],
    ]);
    const samples = content('copy', {}).sound as Sound;
    const b = { ...COPY, sound: { ...samples, sampleHash: 'samples song' } };
    expect(said(chain({ ...SAME, relation: 'same-audio' }, { b }), 'files')[0]).toContain('decode to equal samples');
  });

  it('tolerates verdicts that lack the newer figures, and those of sketches', () => {
    const { lowCoherence, badBlockShare, lowTileShare, extraSlope, liveliness, clipped, steadyNoise } = CLEAN;
    const old = { lowCoherence, badBlockShare, lowTileShare, extraSlope, liveliness, clipped, steadyNoise };
    const { damaged: _, master: __, significance: ___, expectedFalse: ____, ...verdict } = SAME;
    const findings = explain({ verdict: { ...verdict, evidence: old }, a: SONG, b: COPY });
    expect(said(findings, 'remainder')).toEqual([expect.stringMatching(/^for: Nothing is left over/)]);
    expect(said(findings, 'master')).toEqual([]);
    expect(said(explain({ verdict: { ...verdict, evidence: null }, a: SONG, b: COPY }), 'waveforms')).toHaveLength(1);
  });
});

describe('the chain of a miss', () => {
  it('says that there was nothing to try', () => {
    const findings = chain(MISS, { places: [], notes: null });
    expect(said(findings, 'fingerprints')[0]).toMatch(/^against: .*no short passage/);
    expect(said(findings, 'fingerprints')[1]).toMatch(/^against: The notes .*nowhere run together/);
    expect(said(findings, 'alignment')[0]).toMatch(/^neutral: There was no place/);
  });

  it('tells the best that the notes gave', () => {
    const notes = {
      ...{ offsetSeconds: -2, tempoRatio: 1.03, pitchRatio: 1.05, bitErrorRate: 0.41, significance: 3 },
      ...{ support: 0.4, startSeconds: 0, seconds: 60 },
    };
    const [places, best] = said(chain(MISS, { notes }), 'fingerprints');
    expect(places).toMatch(/^neutral: .*by chance, too/);
    expect(best).toMatch(/^against: At the best place .*B 3.0 % faster, B's pitch 5.0 % higher, 41 % of the bits/);
    const cover: Verdict = { ...MISS, relation: 'other-performance' };
    const related = chain(cover, { notes: { ...notes, bitErrorRate: 0.3, significance: 20 } });
    expect(said(related, 'fingerprints')[1]).toMatch(/^for: The notes are the same music/);
    expect(said(related, 'alignment')[0]).toMatch(/^against: .*nowhere/);
  });

  it('says what could not be heard, what is silent and what is too short', () => {
    const a = { ...SONG, sound: null, failure: { code: 'decode/broken', message: 'Its header is missing.' } };
    const unheard = chain({ ...MISS, relation: 'unsure' }, { a });
    expect(said(unheard, 'files')[1]).toBe('neutral: A cannot be heard: Its header is missing.');
    const mute = chain(MISS, { a: content('mute', { peak: 0 }), b: content('hush', { peak: 0, seconds: 5 }) });
    expect(said(mute, 'files').slice(1)).toEqual([
      expect.stringContaining('Both are silent'),
      expect.stringContaining('B is shorter than 10 s'),
    ]);
    expect(said(mute, 'fingerprints')).toEqual([]);
  });
});

describe('what is left over', () => {
  it('is told by the side that holds it', () => {
    const louder = { ...CLEAN, lowTileShare: 0.3, badBlockShare: 0.9 };
    const stem: Verdict = { ...SAME, relation: 'shared-parts', coherence: 0.75 };
    const left = (evidence: JudgementFigures): string[] => said(chain({ ...stem, evidence }), 'remainder');
    expect(left({ ...louder, extraSlope: 1 })[0]).toMatch(/^against: A holds something/);
    expect(left({ ...louder, extraSlope: -1 })[0]).toMatch(/^against: B holds something/);
    expect(left({ ...louder, extraSlope: 1, steadyNoise: true })).toEqual([
      expect.stringMatching(/^neutral: Steady noise/),
    ]);
    expect(left({ ...CLEAN, foreignSource: true, touchedShare: 0.3 })[0]).toContain('source of its own');
    expect(left({ ...CLEAN, touchedShare: 0.25, touchedSlope: -1, touchedFit: 0.95 })[0]).toContain('added to B');
    expect(left({ ...CLEAN, droppedShare: 0.05 })[0]).toContain('Some notes are other sounds');
  });
});

describe('the shape', () => {
  const shape = (segments: readonly [number, number, number][], seconds = [200, 200], speedRatio = 1): string[] => {
    const verdict: Verdict = {
      ...SAME,
      ...{ relation: 'other-edit', speedRatio },
      segments: segments.map(([aStartSeconds, bStartSeconds, length]) => {
        return { aStartSeconds, bStartSeconds, seconds: length, bitErrorRate: null };
      }),
    };
    const [a, b] = seconds.map((each, i) => content(`sound ${i}`, { seconds: each })) as [Content, Content];
    return said(chain(verdict, { a, b }), 'shape').map((sentence) => sentence.replace('against: ', ''));
  };

  it('is whole, or lacks an end', () => {
    expect(shape([[0, 0, 200]])).toEqual([expect.stringContaining('without a cut')]);
    expect(shape([[0, 0, 120]], [200, 120])).toEqual(['The last 1 min 20 s of A have no counterpart in B.']);
    expect(shape([[0, 20, 180]], [180, 200])).toEqual(['The first 20 s of B have no counterpart in A.']);
    expect(shape([[0, 0, 150]])).toEqual(['At the end, 50 s of A and 50 s of B do not agree.']);
    expect(shape([[0, 0, 200]], [200, 100], 2)).toEqual([expect.stringContaining('without a cut')]);
  });

  it('has a cut, something put in, something else, or a repeat', () => {
    const two = (aStart: number, bStart: number): string[] =>
      shape(
        [
          [0, 0, 60],
          [aStart, bStart, 100],
        ],
        [aStart + 100, bStart + 100],
      );
    expect(two(72, 60)).toEqual(['A has 12 s that B lacks, from 1:00 to 1:12 of A.']);
    expect(two(60, 80)).toEqual(['B has 20 s that A lacks, from 1:00 to 1:20 of B.']);
    expect(two(70, 70)).toEqual(['A from 1:00 to 1:10 and B from 1:00 to 1:10 do not agree.']);
    expect(two(60, 30)[0]).toMatch(/^From 1:00 of A on, B goes back to 0:30/);
  });
});
