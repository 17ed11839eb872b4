/** How a rendition is named in a few words. */
import { codecName } from '#audio';
import { rateText } from '../terminal/units.ts';

/** `FLAC`, `MP3`, `Vorbis`; bare samples are called by their container: `WAV`, `AIFF`. */
export function codecText(codec: string, container: string): string {
  return codec.startsWith('pcm_') ? container.toUpperCase() : codecName(codec);
}

/** The figures that qualities are compared by. */
export interface QualityFigures {
  readonly lossless: boolean | null;
  readonly bitRate: number | null;
  readonly sampleRateHz: number | null;
  readonly bitsPerSample?: number | null;
}

/** `16 bit 44.1 kHz` for lossless coding, `320 kbit/s` for lossy. */
export function qualityText({ lossless, bitRate, sampleRateHz, bitsPerSample }: QualityFigures): string {
  if (!lossless && bitRate !== null) return `${Math.round(bitRate / 1000)} kbit/s`;
  const rate = sampleRateHz === null ? '' : rateText(sampleRateHz);
  return lossless && bitsPerSample ? `${bitsPerSample} bit ${rate}` : rate;
}
