/**
 * The evidence for a verdict as a picture: both waveforms on one time axis with the segment map between them,
 * coherence and bit errors below, spectra at the bottom. Pure: the same evidence gives the same bytes.
 */
import type { Curve, Segment } from '#matching';
import type { SoundPortrait } from '#signal';
import { labelsBelow, labelsLeft, plotGround } from './axis.ts';
import { curve } from './curve.ts';
import { type Fact, facts, fileLine, headline, type NamedFile, reasonLines } from './heading.ts';
import { caption, type Panel, PLOT_LEFT, PLOT_RIGHT, page, space, stacked } from './layout.ts';
import { ribbon } from './ribbon.ts';
import { type Scale, type Tick, timeTicks } from './scale.ts';
import { spectra } from './spectra.ts';
import { waveform } from './waveform.ts';
import { element, joined, type Markup, text } from './xml.ts';

/** One of the two; `portrait` is `null` where nothing could be decoded. */
export interface PairSide extends NamedFile {
  readonly portrait: SoundPortrait | null;
}

export interface PairPicture {
  /** The verdict in a sentence, and in the word of the interface. */
  readonly sentence: string;
  readonly relation: string;
  /** Why, the decisive reason first. */
  readonly reasons: readonly string[];
  readonly figures: readonly Fact[];
  readonly a: PairSide;
  readonly b: PairSide;
  /** Where b lies over a; `null` where nobody knows. */
  readonly line: { readonly offsetSeconds: number; readonly speedRatio: number } | null;
  readonly segments: readonly Segment[];
  /** How a stretch is described. */
  readonly segmentLabel: (segment: Segment) => { readonly short: string; readonly whole: string };
  readonly coherence: Curve | null;
  readonly bitErrors: Curve | null;
}

/** The picture as SVG. */
export function drawPair(picture: PairPicture): string {
  const { sentence, relation, reasons, figures, a, b } = picture;
  const axis = timeAxisOf(picture);
  const shown = [
    { portrait: a.portrait, color: 'a' as const },
    { portrait: b.portrait, color: 'b' as const },
  ].flatMap(({ portrait, color }) => (portrait ? [{ portrait, color }] : []));
  const panels = [
    headline(sentence, relation),
    fileLine(a, 'a'),
    fileLine(b, 'b'),
    space(6),
    reasonLines(reasons),
    facts(figures),
    space(14),
    stacked([caption('Waveforms', 'grey: nothing in the other sound answers it'), waveforms(picture, axis)]),
    space(16),
    caption('Coherence', 'how much of the waveforms is one and the same sound; 1 is all of it'),
    plot(picture.coherence, axis, COHERENCE, 'match'),
    space(16),
    caption('Bit error rate', 'how much of the fingerprints differs; about 0.5 where nothing is alike'),
    plot(picture.bitErrors, axis, BIT_ERRORS, 'error'),
    space(16),
    caption('Spectra', 'levels that are exceeded a twentieth of the time; dashed: the end of the band'),
    spectra(shown),
  ];
  const names = `A: ${a.name}. B: ${b.name}.`;
  return page(panels, `${sentence} ${names}`, reasons.join(' '));
}

interface TimeAxis {
  /** From a's seconds to places. */
  readonly a: Scale;
  /** From b's own seconds to places. */
  readonly b: Scale;
  readonly ticks: readonly Tick[];
}

const TICK_WIDTH = 74;
const SHORTEST_SECONDS = 0.05;

/** An axis that holds both sounds. Where nobody knows better, both begin together. */
function timeAxisOf({ a, b, line }: PairPicture): TimeAxis {
  const { offsetSeconds, speedRatio } = line ?? { offsetSeconds: 0, speedRatio: 1 };
  const [aSeconds, bSeconds] = [a.portrait?.seconds ?? 0, b.portrait?.seconds ?? 0];
  const from = Math.min(0, offsetSeconds);
  const to = Math.max(aSeconds, offsetSeconds + bSeconds * speedRatio, from + SHORTEST_SECONDS);
  const range = [PLOT_LEFT, PLOT_RIGHT] as const;
  const scale: Scale = { domain: [from, to], range };
  const own = (seconds: number): number => (seconds - offsetSeconds) / speedRatio;
  return { a: scale, b: { domain: [own(from), own(to)], range }, ticks: timeTicks(scale, TICK_WIDTH) };
}

const WAVE_HEIGHT = 88;
const RIBBON_HEIGHT = 44;
const LABEL_HEIGHT = 20;
const AMPLITUDE: Scale = { domain: [-1, 1], range: [WAVE_HEIGHT - 2, 2] };

function waveforms(picture: PairPicture, axis: TimeAxis): Panel {
  const { a, b, segments, line, segmentLabel } = picture;
  const speedRatio = line?.speedRatio ?? 1;
  const aStretches = segments.map(({ aStartSeconds, seconds }) => [aStartSeconds, aStartSeconds + seconds] as const);
  const bStretches = segments.map(
    ({ bStartSeconds, seconds }) => [bStartSeconds, bStartSeconds + seconds / speedRatio] as const,
  );
  const bTop = WAVE_HEIGHT + RIBBON_HEIGHT;
  const bTicks = timeTicks(axis.b, TICK_WIDTH).filter(
    ({ value }) => value >= 0 && value <= (b.portrait?.seconds ?? 0) + 1e-9,
  );
  const below = (y: number, markup: Markup): Markup => element('g', { transform: `translate(0 ${y})` }, markup);
  const bands = ribbon({
    segments,
    speedRatio,
    height: RIBBON_HEIGHT,
    aScale: axis.a,
    bScale: axis.b,
    label: segmentLabel,
  });
  const markup = joined(
    wave(a.portrait, 'a', axis.a, axis.ticks, axis.a, aStretches),
    below(WAVE_HEIGHT, segments.length > 0 ? bands : ribbonNote(picture)),
    below(bTop, wave(b.portrait, 'b', axis.b, bTicks, axis.b, bStretches)),
    labelsBelow(bTicks, axis.b, bTop + WAVE_HEIGHT),
    element(
      'text',
      { class: 'fill-b small', x: PLOT_LEFT - 18, y: bTop + WAVE_HEIGHT + 13, 'text-anchor': 'end' },
      text('B’s time'),
    ),
  );
  const aLabels = joined(
    labelsBelow(
      axis.ticks.filter(({ value }) => value >= 0 && value <= (a.portrait?.seconds ?? 0) + 1e-9),
      axis.a,
      -1,
    ),
    element('text', { class: 'fill-a small', x: PLOT_LEFT - 18, y: 12, 'text-anchor': 'end' }, text('A’s time')),
  );
  return {
    markup: joined(aLabels, below(LABEL_HEIGHT, markup)),
    height: LABEL_HEIGHT + bTop + WAVE_HEIGHT + LABEL_HEIGHT,
  };
}

function wave(
  portrait: SoundPortrait | null,
  color: 'a' | 'b',
  scale: Scale,
  ticks: readonly Tick[],
  tickScale: Scale,
  coloured: readonly (readonly [number, number])[],
): Markup {
  const letter = element(
    'text',
    { class: `fill-${color} title`, x: PLOT_LEFT - 30, y: WAVE_HEIGHT / 2 + 8, 'text-anchor': 'middle' },
    text(color.toUpperCase()),
  );
  const ground = plotGround(WAVE_HEIGHT, ticks, tickScale);
  if (!portrait) return joined(ground, letter, note('no sound that could be decoded', WAVE_HEIGHT));
  const { peaks, seconds } = portrait;
  const id = `wave-${color}`;
  return joined(ground, letter, waveform({ peaks, seconds, scale, amplitude: AMPLITUDE, color, coloured, id }));
}

function ribbonNote({ line }: PairPicture): Markup {
  const words = line
    ? 'no stretch of the one answers the other'
    : 'no place was found where the one could lie over the other; both are drawn from their beginning';
  return note(words, RIBBON_HEIGHT);
}

function note(words: string, height: number): Markup {
  const middle = (PLOT_LEFT + PLOT_RIGHT) / 2;
  return element('text', { class: 'faint', x: middle, y: height / 2 + 4, 'text-anchor': 'middle' }, text(words));
}

const CURVE_HEIGHT = 84;

interface Measure {
  readonly scale: Scale;
  readonly ticks: readonly Tick[];
}

const COHERENCE: Measure = {
  scale: { domain: [0, 1], range: [CURVE_HEIGHT, 0] },
  ticks: [0, 0.5, 1].map((value) => ({ value, label: String(value) })),
};
const BIT_ERRORS: Measure = {
  scale: { domain: [0, 0.6], range: [CURVE_HEIGHT, 0] },
  ticks: [0, 0.25, 0.5].map((value) => ({ value, label: String(value) })),
};

function plot(values: Curve | null, axis: TimeAxis, { scale, ticks }: Measure, color: 'match' | 'error'): Panel {
  const isMeasured = values?.values.some((value) => !Number.isNaN(value)) ?? false;
  const drawn =
    values && isMeasured
      ? joined(
          plotGround(CURVE_HEIGHT, axis.ticks, axis.a, ticks, scale),
          curve(values, axis.a, scale, color),
          labelsLeft(ticks, scale),
        )
      : joined(plotGround(CURVE_HEIGHT, [], axis.a), note('not measured', CURVE_HEIGHT));
  const markup = joined(drawn, labelsBelow(axis.ticks, axis.a, CURVE_HEIGHT));
  return { markup, height: CURVE_HEIGHT + LABEL_HEIGHT };
}
