/** Long-term spectra over frequency, each with the end of its band. */
import type { SoundPortrait } from '#signal';
import { labelsBelow, labelsLeft, plotGround } from './axis.ts';
import { cutoffWords } from './cutoff-words.ts';
import { type Panel, PLOT_LEFT, PLOT_RIGHT, stacked } from './layout.ts';
import { frequencyTicks, placeOf, type Scale } from './scale.ts';
import { element, figure, joined, type Markup, text } from './xml.ts';

export interface ShownSpectrum {
  readonly portrait: SoundPortrait;
  readonly color: 'a' | 'b';
}

const HEIGHT = 200;
const LEVELS: Scale = { domain: [-140, 0], range: [HEIGHT, 0] };
const LEVEL_TICKS = [-120, -90, -60, -30, 0].map((value) => ({ value, label: value === 0 ? '0 dB' : `−${-value}` }));

/** Both spectra on one frequency axis, up to half the higher sample rate. */
export function spectra(shown: readonly ShownSpectrum[]): Panel {
  const top = Math.max(4000, ...shown.map(({ portrait }) => portrait.sampleRateHz / 2));
  const x: Scale = { domain: [0, top], range: [PLOT_LEFT, PLOT_RIGHT] };
  const ticks = frequencyTicks(x, 60);
  const named = ticks.map((tick, i) => (i === ticks.length - 1 ? { ...tick, label: `${tick.label} kHz` } : tick));
  const markup = joined(
    plotGround(HEIGHT, ticks, x, LEVEL_TICKS, LEVELS),
    labelsLeft(LEVEL_TICKS, LEVELS),
    labelsBelow(named, x, HEIGHT),
    ...shown.map(({ portrait, color }) => spectrumLine(portrait, color, x)),
    ...shown.map(({ portrait, color }) => cutoffMark(portrait, color, x)),
  );
  return stacked([...shown.map(legend), { markup, height: HEIGHT + 20 }]);
}

/** The loud spectrum, the loudest bin of each pixel. */
function spectrumLine({ spectrum: { loud, binHz } }: SoundPortrait, color: 'a' | 'b', x: Scale): Markup {
  const places = new Map<number, number>();
  for (let bin = 1; bin < loud.length; bin++) {
    const place = Math.round(placeOf(x, bin * binHz));
    places.set(place, Math.max(places.get(place) ?? Number.NEGATIVE_INFINITY, loud[bin]!));
  }
  const points = [...places].map(([place, level]) => `${place} ${figure(placeOf(LEVELS, clamped(level)))}`);
  return points.length === 0 ? joined() : element('path', { class: `curve line-${color}`, d: `M${points.join('L')}` });
}

function clamped(level: number): number {
  return Math.max(LEVELS.domain[0], Math.min(LEVELS.domain[1], level));
}

function legend({ portrait, color }: ShownSpectrum): Panel {
  const line = element(
    'text',
    { class: 'text', x: PLOT_LEFT, y: 12 },
    element('tspan', { class: `fill-${color} strong` }, text(color.toUpperCase())),
    element('tspan', { dx: 8 }, text(cutoffWords(portrait))),
  );
  return { markup: line, height: 18 };
}

function cutoffMark({ cutoff }: SoundPortrait, color: 'a' | 'b', x: Scale): Markup {
  if (!cutoff) return joined();
  const place = placeOf(x, cutoff.hz);
  return element('line', { class: `cutoff line-${color}`, x1: place, x2: place, y1: 0, y2: HEIGHT });
}
