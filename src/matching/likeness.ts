/**
 * What two fingerprints have in common where the waveforms have nothing: another performance, a cover, a changed tempo
 * or pitch. Windows of the one are laid over every place of the other; places that lie on one line give tempo and
 * offset, and the pitch is the one at which most agrees. Slower than the search for candidates and far more sensitive.
 */
import { type AlteredQuestion, HOP_SAMPLES, HOP_SECONDS, SAMPLE_RATE, speedOfSteps, WINDOW_ITEMS } from '#fingerprint';
import { fitDrift, type LagPoint } from '#signal';
import type { AgreementKernel } from './agreement.ts';
import { bitsIn } from './bit-errors.ts';
import type { PhaseItems } from './code-index.ts';
import { significanceOf } from './significance.ts';

/** Two fingerprints and what they are asked about as altered versions. */
export interface ComparedPrints {
  readonly items: PhaseItems;
  readonly altered: readonly AlteredQuestion[];
}

/** How b goes together with a. */
export interface Likeness {
  /** Seconds of a's time at which b starts. */
  readonly offsetSeconds: number;
  /** b's tempo ÷ a's. */
  readonly tempoRatio: number;
  /** b's pitch ÷ a's, in steps of half a per cent. */
  readonly pitchRatio: number;
  /** Differing bits ÷ compared bits along the line, 0 … 1. */
  readonly bitErrorRate: number;
  /** Standard deviations above what unrelated sounds with bits like these would share. */
  readonly significance: number;
  /** Share of the windows that lie on the line, 0 … 1. */
  readonly support: number;
  /** a's stretch from the first to the last window on the line, in seconds. */
  readonly startSeconds: number;
  readonly seconds: number;
}

/** A run of items of one sound, with where it lies in it, in its own seconds. */
interface Window {
  readonly startSeconds: number;
  readonly items: Uint32Array;
}

/** A window with the place in the other sound where it agrees most. */
interface Placed {
  readonly window: Window;
  readonly atSeconds: number;
  readonly errors: number;
}

/** Windows that are looked at, of long sounds. Chosen. */
const MAX_WINDOWS = 24;
/** Laying windows over every place of something longer than an hour and a half takes seconds. */
const MAX_ITEMS = 44_000;
/** Windows on one line lie within this of it: two items and a half. */
const LINE_SECONDS = 0.3;
const MAX_TEMPO_CHANGE = 0.09;
/** A line needs so many windows, and this share of all. */
const MIN_WINDOWS = 3;
const MIN_SUPPORT = 0.35;
/** Errors of a window above this are chance: 42 %. */
const CHANCE_ERRORS: number = 0.42 * 32 * WINDOW_ITEMS;
/** A pitch other than the same must agree so much better, in bits of all windows. Chosen. */
const SAME_PITCH_BONUS = 1.03;

/**
 * What agrees most between the two, at any offset, tempo within 9 per cent and pitch within a semitone; `undefined` of
 * nothing, and of anything longer than an hour and a half. Windows of each are laid over the other, so that `findLikeness(b, a)` mirrors `findLikeness(a, b)`.
 */
export function findLikeness(a: ComparedPrints, b: ComparedPrints, kernel: AgreementKernel): Likeness | undefined {
  if (Math.max(a.items[0].length, b.items[0].length) > MAX_ITEMS) return undefined;
  const [bInA, aInB] = [bestLine(a, b), bestLine(b, a)];
  if (bInA && (!aInB || bInA.agreement >= aInB.agreement)) return likenessOf(a.items, bInA, kernel);
  const turned = aInB && likenessOf(b.items, aInB, kernel);
  return turned && mirrored(turned);
}

function mirrored(likeness: Likeness): Likeness {
  const { offsetSeconds, tempoRatio, pitchRatio, startSeconds, seconds } = likeness;
  return {
    ...likeness,
    offsetSeconds: 0 - offsetSeconds / tempoRatio,
    tempoRatio: 1 / tempoRatio,
    pitchRatio: 1 / pitchRatio,
    startSeconds: (startSeconds - offsetSeconds) / tempoRatio,
    seconds: seconds / tempoRatio,
  };
}

/** The line through a of b's windows, at the pitch at which most agrees. */
function bestLine(a: ComparedPrints, b: ComparedPrints): Line | undefined {
  const rows = [lineOf(a.items, windowsOf(b.items[0]), 0)];
  for (const [steps, windows] of questionsByPitch(b.altered)) rows.push(lineOf(a.items, windows, steps));
  return rows
    .filter((line) => line !== undefined)
    .sort((one, other) => other.agreement - one.agreement || Math.abs(one.pitchSteps) - Math.abs(other.pitchSteps))[0];
}

function windowsOf(items: Uint32Array): Window[] {
  const count = Math.min(MAX_WINDOWS, Math.floor(items.length / WINDOW_ITEMS));
  const stride = count > 1 ? (items.length - WINDOW_ITEMS) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => {
    const first = Math.floor(i * stride);
    return { startSeconds: first * HOP_SECONDS, items: items.subarray(first, first + WINDOW_ITEMS) };
  });
}

/** Also in the telephone's band, at the same pitch. */
function questionsByPitch(altered: readonly AlteredQuestion[]): [number, Window[]][] {
  const rows = Map.groupBy(altered, ({ pitchSteps }) => pitchSteps);
  return [...rows].map(([steps, own]) => [
    steps,
    own.map(({ startSample, items }) => ({ startSeconds: startSample / SAMPLE_RATE, items })),
  ]);
}

/** Tempi within a third of a per cent count as equal: windows tell no more. */
const LEVEL_TEMPO = 0.0035;

/** Is the tempo equal, as far as windows can tell? */
export function isLevelTempo(ratio: number): boolean {
  return Math.abs(Math.log(ratio)) <= LEVEL_TEMPO;
}

interface Line {
  readonly pitchSteps: number;
  readonly placed: readonly Placed[];
  readonly tempoRatio: number;
  readonly offsetSeconds: number;
  readonly support: number;
  /** Bits per window by which it agrees more than chance, so that rows of different numbers of windows compare. */
  readonly agreement: number;
}

/** Places every window of b in a and draws a line through the places. */
function lineOf(a: PhaseItems, windows: readonly Window[], pitchSteps: number): Line | undefined {
  const placed = windows.map((window) => placeOf(a, window)).filter((place) => place.errors < CHANCE_ERRORS);
  const points: LagPoint[] = placed.map(({ window, atSeconds }) => ({
    x: window.startSeconds,
    lag: atSeconds - window.startSeconds,
  }));
  const drift = fitDrift(points, LINE_SECONDS, MAX_TEMPO_CHANGE);
  if (!drift || drift.support < Math.max(MIN_WINDOWS, MIN_SUPPORT * windows.length)) return undefined;
  const on = placed.filter((_, i) => Math.abs(points[i]!.lag - drift.lag - drift.slope * points[i]!.x) <= LINE_SECONDS);
  const saved = on.reduce((sum, { errors }) => sum + CHANCE_ERRORS - errors, 0) / windows.length;
  return {
    pitchSteps,
    placed: on,
    tempoRatio: 1 + drift.slope,
    offsetSeconds: drift.lag,
    support: on.length / windows.length,
    agreement: saved * (pitchSteps === 0 ? SAME_PITCH_BONUS : 1),
  };
}

/** Where in a the window agrees most. */
function placeOf(a: PhaseItems, window: Window): Placed {
  let [errors, at] = [Number.POSITIVE_INFINITY, 0];
  const look = (phase: number, first: number): void => {
    const items = a[phase as 0 | 1 | 2 | 3];
    if (first < 0 || first + WINDOW_ITEMS > items.length) return;
    const found = errorsAt(items, first, window.items, errors);
    if (found < errors) [errors, at] = [found, first + phase / a.length];
  };
  for (let first = 0; first + WINDOW_ITEMS <= a[0].length; first++) look(0, first);
  // Half a hop costs seven per cent of the bits: enough to find the place, and the other grids tell it exactly.
  const near = Math.floor(at);
  for (let phase = 1; phase < a.length; phase++) for (let by = -1; by <= 1; by++) look(phase, near + by);
  return { window, atSeconds: at * HOP_SECONDS, errors };
}

/** Differing bits; stops where it is no better than `limit`. */
function errorsAt(items: Uint32Array, first: number, window: Uint32Array, limit: number): number {
  let errors = 0;
  for (let i = 0; i < WINDOW_ITEMS; i++) {
    errors += bitsIn(items[first + i]! ^ window[i]!);
    if (errors >= limit) break;
  }
  return errors;
}

function likenessOf(a: PhaseItems, line: Line, kernel: AgreementKernel): Likeness | undefined {
  const pairs = line.placed.map(({ window, atSeconds }) => {
    const quarters = Math.round((atSeconds * SAMPLE_RATE * 4) / HOP_SAMPLES);
    const items = a[(quarters & 3) as 0 | 1 | 2 | 3];
    return [items.subarray(quarters >> 2, (quarters >> 2) + WINDOW_ITEMS), window.items] as const;
  });
  const one = Uint32Array.from(pairs.flatMap(([items]) => [...items]));
  const other = Uint32Array.from(pairs.flatMap(([, items]) => [...items]));
  const significance = significanceOf(one, other, kernel);
  if (significance === null) return undefined;
  const places = line.placed.map(({ atSeconds }) => atSeconds);
  const start = Math.min(...places);
  return {
    offsetSeconds: line.offsetSeconds,
    tempoRatio: line.tempoRatio,
    pitchRatio: speedOfSteps(line.pitchSteps),
    bitErrorRate: one.reduce((sum, item, i) => sum + bitsIn(item ^ other[i]!), 0) / (32 * one.length),
    significance,
    support: line.support,
    startSeconds: start,
    seconds: Math.max(...places) - start + WINDOW_ITEMS * HOP_SECONDS,
  };
}
