/** What a sound looks like, measured while it is decoded. Neither memory nor result grow with the sound. */
import { type Cutoff, cutoffOf } from './cutoff.ts';
import { createLongTermMeter, type LongTermSpectrum } from './long-term-spectrum.ts';
import { createPeakMeter, type Peaks } from './peaks.ts';
import { type SampleBlock, type SampleView, viewOf } from './sample-view.ts';
import { createSpectrogramMeter, frameSizeAt, type Spectrogram, type SpectrogramMeter } from './spectrogram.ts';

export interface SoundPortrait {
  readonly sampleRateHz: number;
  /** As decoded. */
  readonly seconds: number;
  readonly peaks: Peaks;
  readonly spectrum: LongTermSpectrum;
  /** `null` where no end of the band stands out, and of sounds under a second. */
  readonly cutoff: Cutoff | null;
  readonly spectrogram: Spectrogram;
}

export interface PortraitMeter {
  /** Takes the next samples; nothing of the block is kept. */
  push(block: SampleBlock): void;
  finish(): SoundPortrait;
}

/** Frames that are looked at in one go. */
const PIECE_FRAMES = 4096;
const S16_SCALE = 1 / 32_768;
/** In less than this nobody can tell what the band is. Chosen. */
const SHORTEST_BAND_SECONDS = 1;
/** Floats may hold anything; beyond this they are damage. */
const LARGEST = 8;

export function createPortraitMeter(sampleRateHz: number): PortraitMeter {
  const size = frameSizeAt(sampleRateHz);
  const peaks = createPeakMeter(sampleRateHz);
  const longTerm = createLongTermMeter(size / 2 + 1, sampleRateHz / size);
  let spectrogram: SpectrogramMeter | undefined;
  let piece = new Float32Array(0);
  let seen = 0;
  const meterFor = (channels: number): SpectrogramMeter => {
    spectrogram ??= createSpectrogramMeter({ sampleRateHz, channels, onFrame: longTerm.push });
    return spectrogram;
  };
  return {
    push(block) {
      const view = viewOf(block);
      const { channels } = block;
      if (piece.length < PIECE_FRAMES * channels) piece = new Float32Array(PIECE_FRAMES * channels);
      const total = Math.floor(view.length / channels);
      for (let from = 0; from < total; from += PIECE_FRAMES) {
        const frames = Math.min(PIECE_FRAMES, total - from);
        take(view, from * channels, frames * channels, piece);
        peaks.push(piece, frames, channels);
        meterFor(channels).push(piece, frames, channels);
      }
      seen += total;
    },
    finish() {
      const drawn = meterFor(1).finish();
      const spectrum = longTerm.finish();
      return {
        sampleRateHz,
        seconds: seen / sampleRateHz,
        peaks: peaks.finish(),
        spectrum,
        cutoff: seen / sampleRateHz < SHORTEST_BAND_SECONDS ? null : cutoffOf(spectrum),
        spectrogram: drawn,
      };
    },
  };
}

/** Copies samples in units of full scale. */
function take(view: SampleView, from: number, count: number, target: Float32Array): void {
  view.copy(target, from, count);
  const scale = view.isS16 ? S16_SCALE : 1;
  for (let i = 0; i < count; i++) target[i] = Math.max(-LARGEST, Math.min(LARGEST, target[i]! * scale || 0));
}
