/** How fine a lossless coding is by what is there, not by what it declares. */
import { hasMusicFrom } from './band-profile.ts';
import type { SoundEvidence, StreamInfo } from './stream.ts';

export interface Resolution {
  readonly bits: number;
  readonly rateHz: number;
}

/** The rates that music is sold at, and where something must be heard for more than that to be used: beyond a resampler's slope. */
const RATES: readonly (readonly [rateHz: number, beyondHz: number])[] = [
  [44_100, 22_400],
  [48_000, 24_400],
  [96_000, 48_400],
];
/** Fewer bits are taken for a coincidence: quiet music uses few. */
const CD_BITS = 16;

/** Declared width and rate, less empty low bits and an empty upper band; as declared where nobody looked. */
export function usedResolution({
  stream,
  evidence,
}: {
  readonly stream: StreamInfo;
  readonly evidence?: SoundEvidence;
}): Resolution {
  const bits = stream.bitsPerSample ?? CD_BITS;
  const used = evidence?.usedBits ?? bits;
  const bands = evidence?.bands;
  const enough = RATES.find(
    ([rateHz, beyondHz]) => rateHz < stream.sampleRateHz && bands && !hasMusicFrom(bands, beyondHz),
  );
  return { bits: Math.min(bits, Math.max(CD_BITS, used)), rateHz: enough?.[0] ?? stream.sampleRateHz };
}
