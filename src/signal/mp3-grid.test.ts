import { describe, expect, it } from 'vitest';
import { createGridPieces, type GridPiece } from './grid-pieces.ts';
import { liesOnMp3Grid } from './mp3-grid.ts';

const LENGTH = 3456;

function noise(seed: number, level: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: LENGTH }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (level * state) / 2 ** 31;
  });
}

const loud = (n: number): GridPiece => ({ start: n * 176_401, samples: noise(n + 1, 0.03) });

// That MP3 is found is tested in test/accuracy with a real coder.
describe('the grid of MP3', () => {
  it('is not found in noise, in silence, and in hardly anything', () => {
    const pieces = [0, 1, 2, 3, 4, 5].map(loud);
    expect(liesOnMp3Grid(pieces, 44_100, 17_000)).toBe(false);
    const silent = pieces.map(({ start }) => ({ start, samples: new Float32Array(LENGTH) }));
    expect(liesOnMp3Grid(silent, 44_100, 17_000)).toBe(false);
    expect(liesOnMp3Grid(pieces.slice(0, 1), 44_100, 17_000)).toBe(false);
    expect(liesOnMp3Grid(pieces, 44_100, 2000)).toBe(false);
  });

  it('is not taken from a note that swells within a piece', () => {
    for (let rise = 40; rise <= 400; rise += 30) {
      const samples = noise(rise, 0.03).map((value, i) => value * 10 ** -Math.max(0, 4 - i / rise));
      const pieces = [{ start: 0, samples }, ...[1, 2, 3, 4, 5].map(loud)];
      expect(liesOnMp3Grid(pieces, 44_100, 17_000), `rise ${rise}`).toBe(false);
    }
  });
});

describe('the pieces that are kept', () => {
  it('are the same however the sound is cut into blocks', () => {
    const sound = Int16Array.from({ length: 400_000 }, (_, i) => (i * 7919) % 20_000);
    const kept = (sizes: readonly number[]): readonly GridPiece[] => {
      const pieces = createGridPieces();
      let from = 0;
      for (const size of sizes) {
        const block = sound.slice(from, from + size);
        pieces.push({ format: 's16', channels: 1, bytes: new Uint8Array(block.buffer) });
        from += size;
      }
      return pieces.finish();
    };
    const whole = kept([sound.length]);
    expect(whole.map(({ start }) => start)).toEqual([0, 176_401, 352_802]);
    expect(kept([5, 3000, 100_000, 77_777, sound.length])).toEqual(whole);
  });
});
