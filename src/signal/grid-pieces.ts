/** Keeps some short pieces of a sound as it passes, to be looked at when it is known whether that is worth the time. */
import { createMixer } from './mixer.ts';
import { type SampleBlock, type SampleView, viewOf } from './sample-view.ts';

export interface GridPiece {
  /** Samples of the sound before it. */
  readonly start: number;
  /** {@link PIECE} of them, mono, 1 at full scale. */
  readonly samples: Float32Array;
}

export interface GridPieces {
  push(block: SampleBlock): void;
  /** Whole ones, in order. */
  finish(): readonly GridPiece[];
}

/** What the search for a grid needs: 3 granules of MP3 at any of their places with the filter before them. */
const PIECE = 3456;
/** A piece begins every so many samples: four seconds at 44.1 kHz. Chosen. */
const SPACING = 176_401;
/** The first one lies at the beginning, which is often a fade. Chosen. */
const MOST_PIECES = 8;

export function createGridPieces(): GridPieces {
  const pieces: { start: number; samples: Float32Array; filled: number }[] = [];
  const mix = createMixer();
  let at = 0;
  /** Copies what a piece wants of the block; gives how many samples to go on by. */
  const take = (view: SampleView, channels: number, from: number, total: number): number => {
    const within = at % SPACING;
    if (within >= PIECE || at >= MOST_PIECES * SPACING) return Math.min(total - from, SPACING - within);
    if (within === 0) pieces.push({ start: at, samples: new Float32Array(PIECE), filled: 0 });
    const count = Math.min(PIECE - within, total - from);
    const piece = pieces.at(-1)!;
    mix(view, channels, from, piece.samples.subarray(within, within + count));
    piece.filled += count;
    return count;
  };
  return {
    push(block) {
      const view = viewOf(block);
      const total = Math.floor(view.length / block.channels);
      for (let from = 0; from < total; ) {
        const count = take(view, block.channels, from, total);
        from += count;
        at += count;
      }
    },
    finish: () => pieces.filter(({ filled }) => filled === PIECE),
  };
}
