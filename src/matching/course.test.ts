import { describe, expect, it } from 'vitest';
import { createFingerprinter, HOP_SECONDS } from '#fingerprint';
import { cut, joined, music, pcmOf, silence } from '../../test/support/music.ts';
import { bitErrorCurve } from './bit-error-curve.ts';
import type { PhaseItems } from './code-index.ts';
import { coherenceCurve } from './coherence-curve.ts';
import { type Curve, courseOf } from './course.ts';
import { createJudgeTools } from './judge.ts';
import type { Segment, Verdict } from './verdict.ts';

const NOTHING: Verdict = {
  relation: 'different',
  truncated: null,
  similarity: null,
  bitErrorRate: null,
  overlapSeconds: 0,
  offsetSeconds: null,
  speedRatio: null,
  coherence: null,
  evidence: null,
  segments: [],
  reasons: [],
};

function verdict(offsetSeconds: number, segments: readonly [number, number, number][], speedRatio = 1): Verdict {
  const shown = segments.map(
    ([aStartSeconds, bStartSeconds, seconds]): Segment => ({
      aStartSeconds,
      bStartSeconds,
      seconds,
      bitErrorRate: null,
    }),
  );
  return { ...NOTHING, relation: 'other-edit', offsetSeconds, speedRatio, segments: shown };
}

describe('courseOf', () => {
  it('follows the main line where nothing else is known', () => {
    expect(courseOf(verdict(5, []), 100, 60)).toEqual([
      { fromSeconds: 5, toSeconds: 65, offsetSeconds: 5, speedRatio: 1, isRough: false },
    ]);
  });

  it('follows each segment on its own line, and the main one between', () => {
    const course = courseOf(
      verdict(15, [
        [0, 0, 40],
        [70, 55, 80],
      ]),
      150,
      135,
    );
    expect(course.map(({ fromSeconds, toSeconds, offsetSeconds }) => [fromSeconds, toSeconds, offsetSeconds])).toEqual([
      [0, 40, 0],
      [40, 70, 15],
      [70, 150, 15],
    ]);
  });

  it('never goes back or beyond a', () => {
    const course = courseOf(
      verdict(-3, [
        [10, 13, 20],
        [20, 40, 30],
        [55, 58, 90],
      ]),
      100,
      200,
    );
    course.forEach(({ fromSeconds, toSeconds }, i) => {
      expect(fromSeconds).toBeGreaterThanOrEqual(course[i - 1]?.toSeconds ?? 0);
      expect(toSeconds).toBeGreaterThan(fromSeconds);
      expect(toSeconds).toBeLessThanOrEqual(100);
    });
  });

  it('of a miss follows what the fingerprints say, roughly, or nothing', () => {
    expect(courseOf(NOTHING, 30, 30, { offsetSeconds: 2, speedRatio: 1, votes: 3 })).toMatchObject([
      { offsetSeconds: 2, speedRatio: 1, isRough: true },
    ]);
    expect(courseOf(NOTHING, 30, 20, { offsetSeconds: 2, speedRatio: 1.05, votes: 3 })).toMatchObject([
      { fromSeconds: 2, toSeconds: 23, speedRatio: 1.05, isRough: true },
    ]);
    expect(courseOf(NOTHING, 30, 30)).toEqual([]);
  });
});

function phasesOf(pcm: Int16Array): PhaseItems {
  const fingerprinter = createFingerprinter({ phases: 4 });
  fingerprinter.push(pcm);
  return fingerprinter.finish() as unknown as PhaseItems;
}

function meanOver({ startSeconds, stepSeconds, values }: Curve, from: number, to: number): number {
  const within = [...values].filter((value, i) => {
    const at = startSeconds + i * stepSeconds;
    return at >= from && at < to && !Number.isNaN(value);
  });
  return within.reduce((sum, value) => sum + value, 0) / within.length;
}

describe('curves over time', () => {
  // b: 3 s of silence, a's first 20 s, then another piece where a goes on.
  const a = music(1, 40);
  const b = joined(silence(3), cut(a, 0, 20), music(2, 20));
  const [aPcm, bPcm] = [pcmOf(a), pcmOf(b)];
  const course = courseOf(verdict(-3, [[0, 3, 20]]), 40, 43);

  it('coherence is high where b is a, and falls where it is not', () => {
    const curve = coherenceCurve(aPcm, bPcm, course, createJudgeTools());
    expect(meanOver(curve, 0, 19)).toBeGreaterThan(0.99);
    expect(meanOver(curve, 21, 39)).toBeLessThan(0.3);
  });

  it('coherence of a rough line is found all the same', () => {
    const rough = course.map((stretch) => ({ ...stretch, offsetSeconds: -2.9, isRough: true }));
    const early = rough.map((stretch) => ({ ...stretch, toSeconds: 20 })).slice(0, 1);
    expect(meanOver(coherenceCurve(aPcm, bPcm, early, createJudgeTools()), 0, 19)).toBeGreaterThan(0.9);
  });

  it('bit errors are few where b is a, and many where it is not', () => {
    const curve = bitErrorCurve(phasesOf(aPcm), phasesOf(bPcm), course);
    expect(curve.stepSeconds).toBe(HOP_SECONDS);
    expect(meanOver(curve, 3, 17)).toBeLessThan(0.05);
    expect(meanOver(curve, 23, 37)).toBeGreaterThan(0.25);
  });

  it('hold nothing where b is not', () => {
    const short = courseOf(verdict(30, [[30, 0, 5]]), 40, 5);
    const coherence = coherenceCurve(aPcm, pcmOf(cut(a, 30, 35)), short, createJudgeTools());
    expect(meanOver(coherence, 0, 29)).toBeNaN();
    expect(meanOver(coherence, 30, 34)).toBeGreaterThan(0.99);
    const tiny = coherenceCurve(pcmOf(cut(a, 0, 0.2)), bPcm, [], createJudgeTools());
    expect(tiny.values.length).toBe(0);
  });
});
