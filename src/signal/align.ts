/**
 * From a rough offset to a time line that is true to the sample. Blocks spread over the overlap are correlated;
 * a straight line through their lags is the answer. Where speed differs, the correlation of long blocks smears,
 * so a coarse line through the loudness envelopes comes first and is then refined on b as resampled along it.
 * Cost is bounded: at most 32 blocks are looked at, however long the sounds are.
 */
import { FINGERPRINT_RATE_HZ } from '#audio';
import { type Drift, fitDrift, type LagPoint } from './drift.ts';
import type { EnvelopeMeter } from './envelope.ts';
import type { LagMeter } from './lag.ts';
import { overlapOf, type TimeLine } from './time-line.ts';

export interface Alignment {
  readonly line: TimeLine;
  /** Share of the blocks looked at whose lag lies on the line, 0 … 1. */
  readonly support: number;
}

/** The measuring tools that alignment needs. */
export interface AlignTools {
  readonly lagMeter: LagMeter;
  readonly envelopeMeter: EnvelopeMeter;
}

/** Faster or slower than the hypothesis by more than this is not looked for. */
const MAX_SPEED_CHANGE = 0.012;

const SAMPLE_RATE = FINGERPRINT_RATE_HZ;
const MIN_BLOCKS = 6;
const MAX_BLOCKS = 32;
/** One block for every so many samples of overlap: 2.5 s. */
const BLOCK_SPACING = 2.5 * SAMPLE_RATE;
/** The offset of a fingerprint hit is true to about an item and a half. */
const HIT_REACH = Math.round(0.2 * SAMPLE_RATE);
/** Windows asked about at another speed agree to about half a second. */
const SLANTED_REACH = Math.round(0.5 * SAMPLE_RATE);
const ENVELOPE_TOLERANCE = 0.03 * SAMPLE_RATE;
/** Windows and tolerances of the refining rounds, in samples. */
const ROUNDS = [
  { within: 441, tolerance: 12 },
  { within: 143, tolerance: 6 },
  { within: 44, tolerance: 2 },
] as const;
/** Lags within this of a line, in samples, lie on it. */
const TOLERANCE = 2.5;
/** A drift of less than this over the whole overlap is none. */
const LEVEL_SAMPLES = 0.7;
/** Fewer agreeing blocks than this are chance. */
const MIN_SUPPORT = 3;
/** Share of the blocks that must agree on a level line, and on a slanted one, for the search to end with it. */
const LEVEL_SHARE = 0.25;
const SLANTED_SHARE = 0.6;
/** A line with a slope has one more freedom and needs more witnesses. */
const MIN_SLOPED_SUPPORT = 4;

/**
 * The time line near a hypothesis, or `undefined` where no blocks agree.
 * @param guess true to 0.2 s at equal speed, to about a second and two per cent of speed otherwise
 * @param levelOnly leaves out the costly search for another speed
 */
export function alignSounds(
  tools: AlignTools,
  a: Int16Array,
  b: Int16Array,
  guess: TimeLine,
  levelOnly = false,
): Alignment | undefined {
  if (guess.step !== 1) return alignSlanted(tools, a, b, guess);
  const level: TimeLine = { start: Math.round(guess.start), step: 1 };
  const xs = blockStarts(a, b, level, tools.lagMeter.blockSamples);
  const points = lagsAt(tools.lagMeter, a, b, level, xs, HIT_REACH);
  if (points.length === 0) return undefined;
  const direct = fitDrift(points, TOLERANCE, MAX_SPEED_CHANGE);
  const enough = direct && direct.slope === 0 && direct.support >= Math.max(MIN_SUPPORT, points.length * LEVEL_SHARE);
  if (enough) return levelAlignment(level, direct, points, a);
  if (levelOnly)
    return direct && direct.slope === 0 && direct.support >= MIN_SUPPORT
      ? levelAlignment(level, direct, points, a)
      : undefined;
  const slanted = direct && direct.support >= Math.max(MIN_SLOPED_SUPPORT, points.length * SLANTED_SHARE);
  const sloped = [slanted ? bent(level, direct, a.length) : coarseLine(tools, a, b, level, xs)]
    .filter((line) => line !== undefined)
    .map((line) => refine(tools, a, b, line, xs))
    .filter((found) => found !== undefined);
  if (direct && direct.slope === 0 && direct.support >= MIN_SUPPORT) {
    sloped.push(levelAlignment(level, direct, points, a));
  }
  return sloped.sort((one, other) => other.support - one.support)[0];
}

/** Where another speed is taken for granted: short blocks of waveform would smear, so the envelopes come first. */
function alignSlanted(tools: AlignTools, a: Int16Array, b: Int16Array, guess: TimeLine): Alignment | undefined {
  const xs = blockStarts(a, b, guess, tools.lagMeter.blockSamples);
  const line = coarseLine(tools, a, b, guess, xs);
  return line && refine(tools, a, b, line, xs);
}

function levelAlignment(level: TimeLine, drift: Drift, points: readonly LagPoint[], a: Int16Array): Alignment {
  return { line: bent(level, drift, a.length), support: drift.support / points.length };
}

function blockStarts(a: Int16Array, b: Int16Array, line: TimeLine, blockSamples: number): number[] {
  const { from, to } = overlapOf(a.length, b.length, line);
  const room = to - from - blockSamples;
  if (room < 0) return [];
  const count = Math.max(MIN_BLOCKS, Math.min(MAX_BLOCKS, Math.round(room / BLOCK_SPACING)));
  return Array.from({ length: count }, (_, i) => from + Math.floor((i * room) / (count - 1)));
}

function lagsAt(
  meter: LagMeter,
  a: Int16Array,
  b: Int16Array,
  line: TimeLine,
  xs: readonly number[],
  within: number,
): LagPoint[] {
  return xs.flatMap((x) => {
    const lag = meter.at(a, b, line, x, within);
    return lag ? [{ x: x + meter.blockSamples / 2, lag: lag.samples }] : [];
  });
}

function coarseLine(
  tools: AlignTools,
  a: Int16Array,
  b: Int16Array,
  guess: TimeLine,
  xs: readonly number[],
): TimeLine | undefined {
  const half = tools.lagMeter.blockSamples / 2;
  const { from, to } = overlapOf(a.length, b.length, guess);
  const reach = guess.step === 1 ? HIT_REACH : SLANTED_REACH;
  const within = reach + (MAX_SPEED_CHANGE / 2) * Math.min(to - from, 240 * SAMPLE_RATE);
  const points = tools.envelopeMeter.lags(
    a,
    b,
    guess,
    xs.map((x) => x + half),
    within,
  );
  const drift = fitDrift(points, ENVELOPE_TOLERANCE, MAX_SPEED_CHANGE);
  return drift && drift.support >= MIN_SLOPED_SUPPORT ? bent(guess, drift, a.length) : undefined;
}

/** Narrower and narrower rounds of correlation along the line so far. */
function refine(
  tools: AlignTools,
  a: Int16Array,
  b: Int16Array,
  coarse: TimeLine,
  xs: readonly number[],
): Alignment | undefined {
  let line = coarse;
  let support = 0;
  for (const { within, tolerance } of ROUNDS) {
    const points = lagsAt(tools.lagMeter, a, b, line, xs, within);
    const drift = fitDrift(points, tolerance, MAX_SPEED_CHANGE);
    if (!drift || drift.support < (drift.slope === 0 ? MIN_SUPPORT : MIN_SLOPED_SUPPORT)) return undefined;
    line = bent(line, drift, a.length);
    support = drift.support / points.length;
  }
  return { line, support };
}

/** The line with a drift of lags added. A lag is measured in samples of a. */
function bent(line: TimeLine, drift: Drift, length: number): TimeLine {
  // b as read along the line answers a's x at x + lag + slope·x, so b's position is (x·(1 + slope) + lag − start)·step.
  const stretch = 1 + drift.slope;
  const step = line.step * stretch;
  const start = (line.start - drift.lag) / stretch;
  return Math.abs(step - 1) * length < LEVEL_SAMPLES ? { start: Math.round(start), step: 1 } : { start, step };
}
