import { describe, expect, it } from 'vitest';
import { createFingerprinter } from '#fingerprint';
import { faster, joined, music, pcmOf, silence } from '../../test/support/music.ts';
import { leastAlteredVotes, searchAltered } from './altered-search.ts';
import { indexOf } from './code-index.ts';

/** Between the notes of A = 440 Hz: on these, pitches lie on the edges of Chromaprint's classes. */
const songs = [1, 2, 3, 4].map((seed) => faster(music(seed, 40), 2 ** (1 / 24)));
const index = indexOf(songs.map((song) => fingerprinted(song).items));

function fingerprinted(song: Float32Array): { items: Uint32Array; questions: ReturnType<typeof alteredOf> } {
  const fingerprinter = createFingerprinter({ phases: 4 });
  fingerprinter.push(pcmOf(song));
  return { items: fingerprinter.finish()[0] as Uint32Array, questions: alteredOf(fingerprinter) };
}

function alteredOf(fingerprinter: ReturnType<typeof createFingerprinter>) {
  return fingerprinter.alteredQuestions();
}

const NEAR = { near: true, leastVotes: leastAlteredVotes(3, true) };

describe('the votes that it takes', () => {
  it('grow with the library, so that chance brings no more pairs than in 20,000 tracks', () => {
    const votes = [1, 20_000, 100_000, 1_000_000].map((tracks) => leastAlteredVotes(tracks, false));
    expect(votes).toEqual([6, 6, 10, 15]);
    expect(leastAlteredVotes(100, true)).toBe(11);
  });
});

describe('the search for altered versions', () => {
  it.each([1.02, 0.98, 1.0427, 0.953])(
    'finds the track, the speed and the start of a copy at %f times the speed',
    (speed) => {
      const { questions } = fingerprinted(faster(joined(silence(2), songs[2] as Float32Array), speed));
      const [best, ...others] = searchAltered(index, questions, NEAR);
      expect(others).toEqual([]);
      expect(best?.track).toBe(2);
      expect(Math.abs((best?.offsets[0]?.speedRatio ?? 9) / speed - 1)).toBeLessThan(0.012);
      expect(best?.offsets[0]?.offsetSeconds).toBeCloseTo(-2, -0.5);
    },
  );

  it('finds nothing for a stranger', () => {
    expect(searchAltered(index, fingerprinted(music(9, 40)).questions, NEAR)).toEqual([]);
  });
});
