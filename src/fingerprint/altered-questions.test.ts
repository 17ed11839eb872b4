import { describe, expect, it } from 'vitest';
import { faster, music, pcmOf } from '../../test/support/music.ts';
import {
  type AlteredQuestion,
  packAlteredQuestions,
  unpackAlteredQuestions,
  WINDOW_ITEMS,
} from './altered-questions.ts';
import { createFingerprinter, HOP_SAMPLES, SAMPLE_RATE } from './index.ts';

/** Between the notes of A = 440 Hz: on these, pitches lie on the edges of Chromaprint's classes. */
const song = faster(music(3, 26), 2 ** (1 / 24));

function fingerprinted(pcm: Int16Array): { items: Uint32Array; questions: readonly AlteredQuestion[] } {
  const fingerprinter = createFingerprinter({ phases: 4 });
  fingerprinter.push(pcm);
  return { items: fingerprinter.finish()[0] as Uint32Array, questions: fingerprinter.alteredQuestions() };
}

function bitErrors(one: Uint32Array, other: Uint32Array): number {
  const bits = [...one].reduce((sum, item, i) => {
    let differing = 0;
    for (let rest = (item ^ (other[i] ?? ~item)) >>> 0; rest !== 0; rest &= rest - 1) differing++;
    return sum + differing;
  }, 0);
  return bits / (32 * one.length);
}

describe('questions about another speed', () => {
  it.each([1.03, 0.97])('find a sound that is played %f times as fast', (speed) => {
    const steps = Math.round(144 * Math.log2(speed));
    const { items } = fingerprinted(pcmOf(song));
    const { questions } = fingerprinted(pcmOf(faster(song, speed)));
    const own = questions.filter(({ pitchSteps }) => pitchSteps === steps);
    expect(own.length).toBeGreaterThanOrEqual(2);
    for (const { startSample, items: asked } of own) {
      const start = Math.round((speed * startSample) / HOP_SAMPLES);
      const errors = [-1, 0, 1].map((by) => bitErrors(asked, items.slice(start + by, start + by + WINDOW_ITEMS)));
      expect(Math.min(...errors)).toBeLessThan(0.15);
    }
  });

  it('cover three, eleven and twenty seconds of a sound of half a minute, at 26 pitches and in one narrow band', () => {
    const { questions } = fingerprinted(pcmOf(music(5, 30)));
    const starts = [...new Set(questions.map(({ startSample }) => Math.round(startSample / SAMPLE_RATE)))];
    expect(starts).toEqual([3, 11, 20]);
    expect(questions).toHaveLength(3 * 27);
  });

  it('are none of a sound that is too short', () => {
    expect(fingerprinted(pcmOf(music(5, 8))).questions).toEqual([]);
  });

  it('come out of their packed form as they went in', () => {
    const { questions } = fingerprinted(pcmOf(song));
    const key = ({ pitchSteps, startSample }: AlteredQuestion): number => pitchSteps * 1e8 + startSample;
    const sorted = [...questions].sort((one, other) => key(one) - key(other));
    expect(unpackAlteredQuestions(packAlteredQuestions(questions))).toEqual(sorted);
    expect(unpackAlteredQuestions(packAlteredQuestions([]))).toEqual([]);
  });
});
