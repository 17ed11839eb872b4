/** What the samples of a sound tell about where it comes from, measured while it is decoded. */
import { type SoundEvidence, type StreamInfo, type Wall, wallOf } from '#audio';
import { liesOnAacGrid } from './aac-grid.ts';
import { createBandMeter } from './band-meter.ts';
import { createGridPieces, type GridPiece } from './grid-pieces.ts';
import { liesOnMp3Grid } from './mp3-grid.ts';
import type { SampleBlock } from './sample-view.ts';
import { createUsedBits } from './used-bits.ts';

export interface EvidenceMeter {
  /** Takes the next samples; little of the block is kept. */
  push(block: SampleBlock): void;
  /** Takes up to half a second where a lossless coding looks as if it had been lossy. */
  finish(stream: Pick<StreamInfo, 'sampleRateHz' | 'lossless'>): SoundEvidence;
}

/** Only what has a wall here is searched for a grid, which takes some 50 ms for MP3. Genuine files seldom have one. Chosen. */
const SUSPECT_HZ = [10_000, 20_900] as const;
/** AAC takes 300 ms, and is searched only below a wall as deep as this. Chosen. */
const AAC_DEPTH_DB = 24;

export function createEvidenceMeter(): EvidenceMeter {
  const bands = createBandMeter();
  const pieces = createGridPieces();
  const usedBits = createUsedBits();
  return {
    push(block) {
      bands.push(block);
      pieces.push(block);
      usedBits.push(block);
    },
    finish({ sampleRateHz, lossless }) {
      const profile = bands.finish(sampleRateHz);
      const wall = profile && wallOf(profile);
      return {
        bands: profile,
        usedBits: usedBits.finish(),
        codedAs: lossless && isSuspect(wall) ? codingOf(pieces.finish(), sampleRateHz, wall) : null,
      };
    },
  };
}

function isSuspect(wall: Wall | null): wall is Wall {
  const [from, to] = SUSPECT_HZ;
  return wall !== null && wall.hz >= from && wall.hz <= to;
}

function codingOf(pieces: readonly GridPiece[], sampleRateHz: number, wall: Wall): SoundEvidence['codedAs'] {
  if (liesOnMp3Grid(pieces, sampleRateHz, wall.hz)) return 'mp3';
  return wall.depthDb >= AAC_DEPTH_DB && liesOnAacGrid(pieces, sampleRateHz, wall.hz) ? 'aac' : null;
}
