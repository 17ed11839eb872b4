/**
 * Could b be a with its peaks cut off, or the other way round? Heavy clipping lowers coherence and looks like an
 * extra source. The test clips the one at several levels, four times oversampled as clipping happens at the
 * original rate, and sees whether it gets nearer to the other.
 */
import { type CoherenceMeter, SLOT_SAMPLES } from './coherence.ts';
import type { LineReader, TimeLine } from './time-line.ts';

/** The tools that the test needs. */
export interface ClippingTools {
  readonly coherenceMeter: CoherenceMeter;
  readonly reader: LineReader;
}

const OVERSAMPLING = 4;
/** Share of the samples that stay below the clipping level. */
const LEVELS = [0.97, 0.92, 0.85, 0.75, 0.6] as const;
const MAX_BLOCKS = 4;
const BLOCK = 2 * SLOT_SAMPLES;
const MARGIN = 512;
/** Clipping that harms coherence lowers the ratio of peaks to the mean by more than this. Chosen with room. */
const LEAST_CREST_RATIO = 1.05;
/** Clipping explains the difference when it removes more than this share of the incoherence. Measured. */
const EXPLAINED = 0.5;

/**
 * Does clipping one of them explain most of the incoherence in the blocks that start at a's samples `xs`?
 * At most four of the blocks are tried.
 */
export function clippingExplains(
  tools: ClippingTools,
  a: Int16Array,
  b: Int16Array,
  line: TimeLine,
  xs: readonly number[],
): boolean {
  const count = Math.min(MAX_BLOCKS, xs.length);
  const chosen = Array.from({ length: count }, (_, i) => xs[Math.floor(((i + 0.5) * xs.length) / count)]!);
  const pieces = chosen.map(
    (x) => [piece(tools.reader, a, { start: 0, step: 1 }, x), piece(tools.reader, b, line, x)] as const,
  );
  if (pieces.length === 0) return false;
  // Clipping takes the peaks away: only the one with higher peaks can be the source.
  const crests = [0, 1].map((side) => mean(pieces.map((pair) => crest(pair[side as 0 | 1])))) as [number, number];
  if (Math.max(...crests) < LEAST_CREST_RATIO * Math.min(...crests)) return false;
  const swapped = crests[1] > crests[0];
  const before = mean(pieces.map(([one, other]) => incoherence(tools, one, other)));
  return LEVELS.some((level) => {
    const after = pieces.map(([one, other]) => {
      const [source, copy] = swapped ? [other, one] : [one, other];
      return incoherence(tools, clipped(tools.reader, source, level), copy);
    });
    return mean(after) < EXPLAINED * before;
  });
}

/** Near-peak level ÷ effective level. */
function crest(pcm: Int16Array): number {
  let sum = 0;
  for (let i = 0; i < pcm.length; i++) sum += pcm[i]! * pcm[i]!;
  return magnitudeBelow(pcm, 0.998) / Math.max(1, Math.sqrt(sum / pcm.length));
}

/** The magnitude below which the share `part` of the samples lies, from every fourth sample. */
function magnitudeBelow(pcm: Int16Array, part: number): number {
  const magnitudes = Float32Array.from({ length: Math.floor(pcm.length / 4) }, (_, i) => Math.abs(pcm[4 * i]!));
  magnitudes.sort();
  return magnitudes[Math.floor(part * (magnitudes.length - 1))]!;
}

/** A block with a margin on both sides, as it lies along the line. */
function piece(reader: LineReader, pcm: Int16Array, line: TimeLine, x: number): Int16Array {
  const samples = new Float32Array(BLOCK + 2 * MARGIN);
  reader.read(pcm, line, Math.round(x) - MARGIN, samples);
  return Int16Array.from(samples, (value) => Math.max(-32768, Math.min(32767, Math.round(value))));
}

function incoherence({ coherenceMeter }: ClippingTools, one: Int16Array, other: Int16Array): number {
  const map = coherenceMeter.measure(one, other, { start: 0, step: 1 }, MARGIN, 2, () => true);
  return 1 - map.blockCoherence[0]!;
}

function clipped(reader: LineReader, pcm: Int16Array, part: number): Int16Array {
  const dense = new Float32Array(pcm.length * OVERSAMPLING);
  reader.read(pcm, { start: 0, step: 1 / OVERSAMPLING }, 0, dense);
  const level = magnitudeBelow(pcm, part);
  for (let i = 0; i < dense.length; i++) dense[i] = Math.max(-level, Math.min(level, dense[i]!));
  return decimated(dense, pcm.length);
}

/** Low-passed by a windowed sinc and thinned to every fourth sample. */
function decimated(dense: Float32Array, length: number): Int16Array {
  const half = 6 * OVERSAMPLING;
  const taps = Float32Array.from({ length: 2 * half + 1 }, (_, i) => {
    const distance = (i - half) / OVERSAMPLING;
    const turn = Math.PI * distance;
    return ((0.5 + 0.5 * Math.cos(turn / 6)) * (turn === 0 ? 1 : Math.sin(turn) / turn)) / OVERSAMPLING;
  });
  const out = new Int16Array(length);
  for (let n = 0; n < length; n++) {
    const first = n * OVERSAMPLING - half;
    if (first < 0 || first + taps.length > dense.length) continue;
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap++) sum += dense[first + tap]! * taps[tap]!;
    out[n] = Math.max(-32768, Math.min(32767, Math.round(sum)));
  }
  return out;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
