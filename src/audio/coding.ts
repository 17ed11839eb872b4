/**
 * How good a coding is, from codec, bit rate and sample format alone: a prior, used where two copies of
 * one recording have nothing else between them. One figure for all codecs: the kilobits per second that a
 * constant-rate stereo MP3 needs to sound as good.
 * @see docs/design/keeper.md for where the factors come from
 */
import type { StreamInfo } from './stream.ts';

/** Bits of MP3 that one bit of the codec is worth. Chosen to give the order of listening tests; see docs/design/keeper.md. */
const WORTH: Readonly<Record<string, number>> = {
  mp3: 1,
  mp2: 0.7,
  mp1: 0.5,
  aac: 1.28,
  vorbis: 1.33,
  opus: 1.85,
  musepack: 1.35,
  wma: 0.78,
  ac3: 0.7,
  eac3: 1,
  dts: 0.4,
  atrac: 0.85,
  speech: 0.6,
};
/** Codecs that are not in the table. Chosen low, so that an unknown one has to bring bits. */
const WORTH_OF_UNKNOWN = 0.7;
/** A variable-rate MP3 spends its bits where they count: V0 at about 245 sounds like 320. */
const WORTH_OF_VARIABLE_MP3 = 1.2;
/** What lossless coding stands for: above any lossy rate, since MP3 ends at 320. */
const LOSSLESS_KBPS = 512;
/** A lossy coding counts at most this much: bits beyond do not make it lossless. */
const LARGEST_LOSSY_KBPS = 400;
/** Below this rate the band ends under 16 kHz, which most people hear. */
const FULL_BAND_HZ = 32_000;
/** A mono copy of a stereo recording lacks half of it; whether the recording is stereo is not known here. */
const WORTH_OF_MONO = 0.5;

/** The codec by its everyday name, and the family that its worth is looked up by. */
const FAMILIES: readonly (readonly [pattern: RegExp, family: string, name: string])[] = [
  [/^mp3/, 'mp3', 'MP3'],
  [/^mp2/, 'mp2', 'MP2'],
  [/^mp1/, 'mp1', 'MP1'],
  [/^aac/, 'aac', 'AAC'],
  [/^vorbis/, 'vorbis', 'Vorbis'],
  [/^opus/, 'opus', 'Opus'],
  [/^musepack|^mpc/, 'musepack', 'Musepack'],
  [/^wmalossless/, '', 'WMA Lossless'],
  [/^wmavoice|^speex|^amr|^gsm|^g72|^ilbc/, 'speech', 'Speech codec'],
  [/^wma/, 'wma', 'WMA'],
  [/^eac3/, 'eac3', 'E-AC-3'],
  [/^ac3/, 'ac3', 'AC-3'],
  [/^dts|^dca/, 'dts', 'DTS'],
  [/^atrac/, 'atrac', 'ATRAC'],
  [/^flac/, '', 'FLAC'],
  [/^alac/, '', 'ALAC'],
  [/^wavpack/, '', 'WavPack'],
  [/^tta/, '', 'TTA'],
  [/^ape/, '', "Monkey's Audio"],
  [/^dsd/, '', 'DSD'],
  [/^adpcm/, '', 'ADPCM'],
  [/^pcm/, '', 'PCM'],
];

/** The codec as people write it: `MP3`, `Vorbis`, `PCM`; FFmpeg's name in capitals where there is no other. */
export function codecName(codec: string): string {
  return FAMILIES.find(([pattern]) => pattern.test(codec))?.[2] ?? codec.toUpperCase();
}

/**
 * Does the stream keep all that a CD could hold: lossless, 16 bits or more, 32 kHz or more? What it was
 * made from is another question that cannot be answered from here.
 */
export function isFullLossless(stream: StreamInfo): boolean {
  if (!stream.lossless) return false;
  return stream.codec.startsWith('dsd') || ((stream.bitsPerSample ?? 16) >= 16 && stream.sampleRateHz >= FULL_BAND_HZ);
}

/** Kilobits per second of an equally good stereo MP3, 0 … 512; 0 where a lossy stream's bit rate is not known. */
export function mp3Equivalent(stream: StreamInfo): number {
  if (isFullLossless(stream)) return LOSSLESS_KBPS;
  const band = Math.min(1, stream.sampleRateHz / FULL_BAND_HZ);
  const channels = stream.channels === 1 ? WORTH_OF_MONO : 2 / Math.max(2, stream.channels);
  if (stream.lossless) {
    const depth = Math.min(1, (stream.bitsPerSample ?? 16) / 16);
    return LARGEST_LOSSY_KBPS * band * depth * depth * (stream.channels === 1 ? WORTH_OF_MONO : 1);
  }
  const kbps = (stream.nominalBitRate ?? stream.bitRate ?? 0) / 1000;
  return Math.min(LARGEST_LOSSY_KBPS, kbps * worthOf(stream.codec, kbps) * channels) * band;
}

function worthOf(codec: string, kbps: number): number {
  const family = FAMILIES.find(([pattern]) => pattern.test(codec))?.[1] ?? '';
  const worth = WORTH[family] ?? WORTH_OF_UNKNOWN;
  return family === 'mp3' && !isNominalRate(kbps) ? WORTH_OF_VARIABLE_MP3 : worth;
}

const NOMINAL_MP3_KBPS = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 192, 224, 256, 320];

/** Within one per cent of a rate that constant-rate MP3 has? */
function isNominalRate(kbps: number): boolean {
  return NOMINAL_MP3_KBPS.some((nominal) => Math.abs(kbps - nominal) <= nominal * 0.01);
}

/** For people: `FLAC 24 bit / 96 kHz`, `MP3 320 kbit/s`, `PCM 16 bit / 44.1 kHz mono`. */
export function describeCoding(stream: StreamInfo): string {
  const khz = `${Number((stream.sampleRateHz / 1000).toFixed(1))} kHz`;
  const rate = stream.bitRate === null ? '' : ` ${Math.round(stream.bitRate / 1000)} kbit/s`;
  const depth = stream.bitsPerSample === null ? ` ${khz}` : ` ${stream.bitsPerSample} bit / ${khz}`;
  const channels = stream.channels === 1 ? ' mono' : stream.channels > 2 ? ` ${stream.channels} channels` : '';
  return `${codecName(stream.codec)}${stream.lossless ? depth : rate}${channels}`;
}
