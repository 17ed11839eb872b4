/**
 * Measures a {@link BandProfile} while a sound is decoded: short frames far apart, so that it costs little, and how often
 * each level occurs in each band, so that memory does not grow with the sound. Channels are mixed, as their sum is what
 * codings keep best. Deterministic.
 */
import { type BandProfile, PROFILE_BAND_HZ, PROFILE_FLOOR_DB } from '#audio';
import { createRealFft } from './fft.ts';
import { createMixer } from './mixer.ts';
import { type SampleBlock, viewOf } from './sample-view.ts';

export interface BandMeter {
  /** Takes the next samples; nothing of the block is kept. */
  push(block: SampleBlock): void;
  /** `null` where too little of the sound is loud enough to tell. */
  finish(sampleRateHz: number): BandProfile | null;
}

const FRAME = 2048;
/** Samples from one frame to the next: three and a half a second at 44.1 kHz. Chosen for cost; see docs/design/keeper.md. */
const HOP = 12_288;
/** Bins are tallied in cells of so many. */
const CELL_BINS = 4;
const CELLS = FRAME / 2 / CELL_BINS;
const LEVELS = 256;
/** Mean power below which a frame counts as a pause: −70 dB of full scale. Chosen. */
const PAUSE_POWER = 1e-7;
/** Fewer frames tell nothing: four and a half seconds at 44.1 kHz. Chosen. */
const LEAST_FRAMES = 16;
const LOUD_SHARE = 0.05;
const OFTEN_SHARE = 0.3;
const QUIET_SHARE = 0.9;
/** A level is the power in a bin of this width, whatever the sample rate. */
const BIN_HZ = 44_100 / FRAME;

export function createBandMeter(): BandMeter {
  const tallies = new Uint32Array(CELLS * LEVELS);
  const powerOf = createFramePower();
  const frame = new Float32Array(FRAME);
  const mix = createMixer();
  let [at, frames] = [0, 0];

  const tally = (): void => {
    const cells = powerOf(frame);
    if (cells === undefined) return;
    for (let cell = 0; cell < CELLS; cell++) tallies[cell * LEVELS + levelOf(cells[cell]!)]!++;
    frames++;
  };
  return {
    push(block) {
      const view = viewOf(block);
      const total = Math.floor(view.length / block.channels);
      for (let from = 0; from < total; ) {
        if (at >= FRAME) {
          const skipped = Math.min(HOP - at, total - from);
          at = (at + skipped) % HOP;
          from += skipped;
          continue;
        }
        const count = Math.min(FRAME - at, total - from);
        mix(view, block.channels, from, frame.subarray(at, at + count));
        at += count;
        from += count;
        if (at === FRAME) tally();
      }
    },
    finish: (sampleRateHz) => (frames < LEAST_FRAMES ? null : profileOf(tallies, frames, sampleRateHz)),
  };
}

/** Mean power of the bins of each cell, 1 for a full-scale sine; `undefined` in a pause. */
function createFramePower(): (frame: Float32Array) => Float32Array | undefined {
  const fft = createRealFft(FRAME);
  const hann = Float32Array.from({ length: FRAME }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / FRAME));
  const windowed = new Float32Array(FRAME);
  const [re, im] = [new Float32Array(fft.bins), new Float32Array(fft.bins)];
  const cells = new Float32Array(CELLS);
  const scale = (4 / FRAME) ** 2 / CELL_BINS;
  return (frame) => {
    let power = 0;
    for (let i = 0; i < FRAME; i++) {
      const x = frame[i]!;
      power += x * x;
      windowed[i] = x * hann[i]!;
    }
    if (!(power / FRAME > PAUSE_POWER)) return undefined;
    fft.forward(windowed, re, im);
    for (let cell = 0; cell < CELLS; cell++) {
      let sum = 0;
      for (let bin = cell * CELL_BINS; bin < (cell + 1) * CELL_BINS; bin++) sum += re[bin]! ** 2 + im[bin]! ** 2;
      cells[cell] = sum * scale;
    }
    return cells;
  };
}

function levelOf(power: number): number {
  return power > 0 ? clamped(10 * Math.log10(power) - PROFILE_FLOOR_DB) : 0;
}

function clamped(level: number): number {
  return Math.max(0, Math.min(LEVELS - 1, Math.round(level)));
}

/** From cells, whose width goes with the sample rate, to bands, whose width is always the same. */
function profileOf(tallies: Uint32Array, frames: number, sampleRateHz: number): BandProfile {
  const binHz = sampleRateHz / FRAME;
  const shift = -10 * Math.log10(binHz / BIN_HZ);
  const bands = Math.floor(sampleRateHz / 2 / PROFILE_BAND_HZ);
  const perBand = PROFILE_BAND_HZ / (binHz * CELL_BINS);
  const levelsAt = (share: number): Uint8Array => {
    const powers = Float64Array.from(
      { length: CELLS },
      (_, cell) => 10 ** (exceeded(tallies, cell, frames * share) / 10),
    );
    return Uint8Array.from({ length: bands }, (_, band) =>
      clamped(10 * Math.log10(meanBetween(powers, band * perBand, (band + 1) * perBand)) + shift),
    );
  };
  return { loud: levelsAt(LOUD_SHARE), often: levelsAt(OFTEN_SHARE), quiet: levelsAt(QUIET_SHARE) };
}

/** The level that is exceeded in so many frames. */
function exceeded(tallies: Uint32Array, cell: number, wanted: number): number {
  let above = 0;
  for (let level = LEVELS - 1; level > 0; level--) {
    above += tallies[cell * LEVELS + level]!;
    if (above >= wanted) return level;
  }
  return 0;
}

/** Mean of a step function over [from, to). */
function meanBetween(steps: Float64Array, from: number, to: number): number {
  const last = Math.min(steps.length - 1, Math.ceil(to) - 1);
  let sum = 0;
  for (let step = Math.floor(from); step <= last; step++)
    sum += steps[step]! * (Math.min(step + 1, to) - Math.max(step, from));
  return sum / (Math.min(to, steps.length) - from);
}
