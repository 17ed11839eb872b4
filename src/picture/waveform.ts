/** A waveform: peaks with the loudness as a core, one place a pixel. What answers nothing in the other sound is grey. */
import type { Peaks } from '#signal';
import { placeOf, type Scale, valueAt } from './scale.ts';
import { element, figure, joined, type Markup } from './xml.ts';

export interface WaveformOptions {
  readonly peaks: Peaks;
  readonly seconds: number;
  /** From the sound's own seconds to places. */
  readonly scale: Scale;
  /** From −1 … 1 to places. */
  readonly amplitude: Scale;
  readonly color: 'a' | 'b';
  /** Stretches in colour, in the sound's own seconds; all of it where absent. */
  readonly coloured?: readonly (readonly [from: number, to: number])[];
  /** Unique in the picture. */
  readonly id: string;
}

export function waveform(options: WaveformOptions): Markup {
  const { color, coloured, id } = options;
  const { outline, core } = paths(options);
  const painted = (name: string): Markup =>
    joined(element('path', { class: `${name} soft`, d: outline }), element('path', { class: name, d: core }));
  if (!coloured) return painted(`fill-${color}`);
  const clip = element('clipPath', { id }, ...coloured.map((stretch) => window(options, stretch)));
  return joined(painted('idle'), clip, element('g', { 'clip-path': `url(#${id})` }, painted(`fill-${color}`)));
}

function window({ scale, amplitude }: WaveformOptions, [from, to]: readonly [number, number]): Markup {
  const [left, right] = [placeOf(scale, from), placeOf(scale, to)];
  const [top, bottom] = [Math.min(...amplitude.range), Math.max(...amplitude.range)];
  return element('rect', { x: left, y: top, width: Math.max(0.5, right - left), height: bottom - top });
}

/** Silence is drawn too, as a line this thick to either side. */
const HAIRLINE = 0.012;

/** Closed paths around the peaks and around the loudness. */
function paths({ peaks, seconds, scale, amplitude }: WaveformOptions): { outline: string; core: string } {
  const first = Math.floor(placeOf(scale, 0));
  const end = Math.ceil(placeOf(scale, seconds));
  const [upper, lower, louder, softer]: [string[], string[], string[], string[]] = [[], [], [], []];
  const y = (value: number): string => figure(placeOf(amplitude, Math.max(-1, Math.min(1, value))));
  for (let x = first; x < end; x++) {
    const { low, high, rms } = span(peaks, valueAt(scale, x), valueAt(scale, x + 1));
    upper.push(`${x} ${y(high)}`);
    lower.push(`${x} ${y(low)}`);
    const loudness = Math.max(HAIRLINE, rms);
    louder.push(`${x} ${y(loudness)}`);
    softer.push(`${x} ${y(-loudness)}`);
  }
  return { outline: closed(upper, lower), core: closed(louder, softer) };
}

function closed(there: readonly string[], back: readonly string[]): string {
  return there.length === 0 ? '' : `M${there.join('L')}L${back.toReversed().join('L')}Z`;
}

/** Lowest, highest and mean loudness over a stretch of seconds. */
function span(peaks: Peaks, from: number, to: number): { low: number; high: number; rms: number } {
  const first = Math.max(0, Math.floor(from / peaks.columnSeconds));
  const end = Math.min(peaks.low.length, Math.max(first + 1, Math.ceil(to / peaks.columnSeconds)));
  let [low, high, squares] = [0, 0, 0];
  for (let column = first; column < end; column++) {
    low = Math.min(low, peaks.low[column]!);
    high = Math.max(high, peaks.high[column]!);
    squares += peaks.rms[column]! ** 2;
  }
  return { low, high, rms: Math.sqrt(squares / Math.max(1, end - first)) };
}
