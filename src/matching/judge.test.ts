import { beforeAll, describe, expect, it } from 'vitest';
import {
  cut,
  faster,
  joined,
  mixed,
  music,
  noise,
  pcmOf,
  scaled,
  shelved,
  silence,
  tone,
} from '../../test/support/music.ts';
import { createJudgeTools, type JudgeTools, judgeSounds, mirrorVerdict } from './judge.ts';
import type { Verdict } from './verdict.ts';

let tools: JudgeTools;
const song = music(1, 32);
const other = music(2, 32);

beforeAll(() => {
  tools = createJudgeTools();
});

function judge(a: Float32Array, b: Float32Array, offsets: readonly number[] = [0], decodeErrors = 0): Verdict {
  const hypotheses = offsets.map((offsetSeconds, i) => ({ offsetSeconds, speedRatio: 1, votes: 50 - i }));
  return judgeSounds({ pcm: pcmOf(a), decodeErrors: 0 }, { pcm: pcmOf(b), decodeErrors }, hypotheses, tools);
}

describe('sounds of one recording are', () => {
  const same = (verdict: Verdict): void => {
    expect(verdict).toMatchObject({ relation: 'same-recording', truncated: null });
    expect(verdict.reasons[0]).toMatch(/agree by \d+ %/);
  };

  it('the same at another level, with other treble and some noise', () => {
    const verdict = judge(song, mixed(scaled(shelved(song, 1.8), 4000), noise(7, 32, 20)));
    same(verdict);
    expect(verdict.coherence).toBeGreaterThan(0.9);
  });

  it('the same with silence in front, and the offset is told to the millisecond', () => {
    const verdict = judge(song, joined(silence(2.5), song), [-2.45]);
    same(verdict);
    expect(verdict.offsetSeconds).toBeCloseTo(-2.5, 3);
  });

  it('the same at half a per cent more speed', () => {
    const verdict = judge(song, faster(song, 1.005));
    same(verdict);
    expect(verdict.speedRatio).toBeCloseTo(1.005, 4);
  });

  it('the same where the ends are cross-faded into something else', () => {
    const ramp = (sound: Float32Array, up: boolean): Float32Array =>
      sound.map((value, i) => value * (up ? i / sound.length : 1 - i / sound.length));
    const head = mixed(ramp(cut(song, 0, 5), true), ramp(cut(other, 0, 5), false));
    same(judge(song, joined(head, cut(song, 5, 32))));
  });

  it('the same where damage took a piece out and the decoder complained', () => {
    const torn = joined(cut(song, 0, 14), cut(song, 15.2, 32));
    same(judge(song, torn, [0], 3));
  });

  it('the same where peaks are clipped hard', () => {
    const loud = song.map((value) => Math.max(-2200, Math.min(2200, value)));
    same(judge(song, scaled(loud, 20_000)));
  });

  it('truncated where the shorter stops in mid-sound', () => {
    expect(judge(song, cut(song, 0, 14))).toMatchObject({ relation: 'same-recording', truncated: 'b' });
    expect(judge(cut(song, 0, 14), song)).toMatchObject({ relation: 'same-recording', truncated: 'a' });
  });
});

describe('copies of one recording', () => {
  it('come from the same master where only the level differs, or noise was added', () => {
    const verdict = judge(song, mixed(scaled(song, 4000), noise(7, 32, 20)));
    expect(verdict).toMatchObject({ relation: 'same-recording', master: 'same' });
    expect(verdict.evidence?.gainDb).toBeCloseTo(-6, 0);
  });

  it('come from another master where the tone differs, or the loudness over time', () => {
    expect(judge(song, shelved(song, 1.8))).toMatchObject({ relation: 'same-recording', master: 'other' });
    const riding = song.map((value, i) => value * (1 + 0.3 * Math.sin(i / 30_000)));
    expect(judge(song, riding)).toMatchObject({ relation: 'same-recording', master: 'other' });
  });

  it('are damaged where the decoder complained, and only then', () => {
    expect(judge(song, song)).toMatchObject({ damaged: null });
    expect(judge(song, cut(song, 0, 31), [0], 3)).toMatchObject({ relation: 'same-recording', damaged: 'b' });
    expect(judge(song, joined(song, silence(2)), [0], 3)).toMatchObject({ damaged: 'b' });
    expect(judge(song, other, [0], 3)).toMatchObject({ relation: 'different', damaged: null, master: 'unknown' });
  });
});

describe('what is no duplicate is not called one:', () => {
  it('other music', () => {
    expect(judge(song, other).relation).toBe('different');
  });

  it('the same with another voice on top', () => {
    const verdict = judge(song, mixed(song, scaled(music(3, 32, { voices: 2 }), 6000)));
    expect(verdict.relation).toBe('shared-parts');
    expect(verdict.evidence?.extraSlope).toBeLessThan(-0.4);
  });

  it('a medley of the beginnings of two', () => {
    const medley = joined(cut(song, 0, 16), cut(other, 0, 16));
    expect(judge(song, medley).relation).toMatch(/^contain(s|ed)$/);
    expect(judge(other, medley, [-16]).relation).toMatch(/^contain(s|ed)$/);
    expect(judge(cut(other, 0, 12), medley, [-16]).relation).toBe('contained');
  });

  it('one with a stretch repeated', () => {
    const extended = joined(cut(song, 0, 20), cut(song, 5, 20), song);
    expect(judge(song, extended, [-35, 0, -15]).relation).not.toBe('same-recording');
  });

  it('one with a stretch cut out', () => {
    expect(judge(song, joined(cut(song, 0, 13), cut(song, 18, 32)), [0, 5]).relation).toBe('other-edit');
  });

  it('an excerpt below ten seconds', () => {
    expect(judge(song, cut(song, 0, 9)).relation).toBe('contains');
    expect(judge(cut(song, 10, 19), song, [-10]).relation).toBe('contained');
  });

  it('a small part from the middle', () => {
    expect(judge(song, cut(song, 12, 24), [12]).relation).toBe('contains');
  });

  it('equal tones, equal noise, silence', () => {
    expect(judge(tone(440, 30, 9000), scaled(tone(440, 30, 9000), 5000)).relation).toBe('unsure');
    const rain = noise(9, 30, 3000);
    expect(judge(rain, scaled(rain, 5000)).relation).toBe('unsure');
    expect(judge(silence(30), silence(25)).relation).toBe('unsure');
  });
});

describe('a judgement', () => {
  it('is mirrored when the pair is turned round', () => {
    const pairs: readonly (readonly [Float32Array, Float32Array, number])[] = [
      [song, cut(song, 0, 14), 0],
      [song, joined(silence(2.5), scaled(song, 3000)), -2.5],
      [song, mixed(song, scaled(music(3, 32), 6000)), 0],
      [song, song, 0],
    ];
    for (const [a, b, offset] of pairs) expect(judge(b, a, [-offset])).toEqual(mirrorVerdict(judge(a, b, [offset])));
  });

  it('does not depend on what was judged before', () => {
    const first = judge(song, cut(song, 0, 14));
    judge(other, song);
    expect(judge(song, cut(song, 0, 14))).toEqual(first);
    expect(judge(song, cut(song, 0, 14), [7, 3, 0])).toEqual({ ...first });
  });

  it('survives a round trip through JSON', () => {
    const verdict = judge(song, cut(song, 0, 14));
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  });
});
