/**
 * One sound as a picture: its waveform, and its spectrogram over the full band with the long-term spectrum beside it
 * and the end of the band marked. Pure: the same portrait gives the same bytes, if the encoder's are.
 */
import { FLOOR_DB, type SoundPortrait } from '#signal';
import { labelsBelow, labelsLeft } from './axis.ts';
import { cutoffWords } from './cutoff-words.ts';
import { fileLine, headline, type NamedFile } from './heading.ts';
import { type Panel, PLOT_LEFT, PLOT_RIGHT, page, space } from './layout.ts';
import { levelPalette } from './palette.ts';
import { frequencyTicks, placeOf, type Scale, type Tick, timeTicks } from './scale.ts';
import { cutoffLine, type EncodePng, LEVELS, spectrogramImage } from './spectrogram.ts';
import { waveform } from './waveform.ts';
import { element, figure, joined, type Markup, text } from './xml.ts';

export interface FilePicture extends NamedFile {
  readonly portrait: SoundPortrait;
}

/** The picture as SVG. */
export function drawFile({ name, about, portrait }: FilePicture, encode: EncodePng): string {
  const words = cutoffWords(portrait);
  const sentence = `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
  const panels = [headline(name), fileLine({ name: sentence, about }), space(14), body(portrait, encode)];
  return page(panels, name, sentence);
}

const SIDE_WIDTH = 150;
const SIDE_GAP = 14;
const IMAGE_RIGHT = PLOT_RIGHT - SIDE_WIDTH - SIDE_GAP;
const WAVE_HEIGHT = 72;
const IMAGE_TOP = WAVE_HEIGHT + 12;
const IMAGE_HEIGHT = 440;
const IMAGE_BOTTOM = IMAGE_TOP + IMAGE_HEIGHT;
const SHORTEST_SECONDS = 0.05;
const AMPLITUDE: Scale = { domain: [-1, 1], range: [WAVE_HEIGHT - 2, 2] };

function body(portrait: SoundPortrait, encode: EncodePng): Panel {
  const { peaks, seconds, sampleRateHz } = portrait;
  const x: Scale = { domain: [0, Math.max(SHORTEST_SECONDS, seconds)], range: [PLOT_LEFT, IMAGE_RIGHT] };
  const y: Scale = { domain: [0, sampleRateHz / 2], range: [IMAGE_BOTTOM, IMAGE_TOP] };
  const frequencies = frequencyTicks(y, 32);
  const markup = joined(
    element('rect', { class: 'panel', x: PLOT_LEFT, y: 0, width: IMAGE_RIGHT - PLOT_LEFT, height: WAVE_HEIGHT }),
    waveform({ peaks, seconds, scale: x, amplitude: AMPLITUDE, color: 'a', id: 'wave' }),
    spectrogramImage(portrait, x, y, encode),
    cutoffLine(portrait, x, y),
    labelsLeft(frequencies, y),
    sideTitle('kHz', PLOT_LEFT - 8, IMAGE_TOP - 8, 'end'),
    labelsBelow(timeTicks(x, 74), x, IMAGE_BOTTOM),
    profile(portrait, y, frequencies),
  );
  return { markup, height: IMAGE_BOTTOM + 20 };
}

const PROFILE_LEFT = IMAGE_RIGHT + SIDE_GAP;
const PROFILE: Scale = { domain: [FLOOR_DB, 0], range: [PROFILE_LEFT, PLOT_RIGHT] };
const PROFILE_TICKS: readonly Tick[] = [-100, -60, -20].map((value) => ({
  value,
  label: value === -20 ? '−20 dB' : `−${-value}`,
}));

/** The long-term spectrum, turned so that it shares the spectrogram's frequencies; above it what the colours mean. */
function profile(
  { spectrum: { loud, mean, binHz }, cutoff }: SoundPortrait,
  y: Scale,
  frequencies: readonly Tick[],
): Markup {
  const cut = cutoff ? placeOf(y, cutoff.hz) : undefined;
  return joined(
    element('rect', { class: 'panel', x: PROFILE_LEFT, y: IMAGE_TOP, width: SIDE_WIDTH, height: IMAGE_HEIGHT }),
    ...frequencies.map(({ value }) => {
      const place = placeOf(y, value);
      return element('line', { class: 'grid', x1: PROFILE_LEFT, x2: PLOT_RIGHT, y1: place, y2: place });
    }),
    spectrumLine(mean, binHz, y, 'curve line-faint'),
    spectrumLine(loud, binHz, y, 'curve line-a'),
    ...(cut === undefined
      ? []
      : [element('line', { class: 'cutoff line-faint', x1: PROFILE_LEFT, x2: PLOT_RIGHT, y1: cut, y2: cut })]),
    labelsBelow(PROFILE_TICKS, PROFILE, IMAGE_BOTTOM),
    sideTitle('Spectrum', PROFILE_LEFT, 12),
    legendLine('loud moments', 'line-a', 30),
    legendLine('on average', 'line-faint', 46),
    colorBar(WAVE_HEIGHT - 12),
  );
}

function sideTitle(words: string, x: number, y: number, anchor = 'start'): Markup {
  return element(
    'text',
    { class: anchor === 'end' ? 'faint small' : 'text strong', x, y, 'text-anchor': anchor },
    text(words),
  );
}

function legendLine(words: string, className: string, y: number): Markup {
  return joined(
    element('line', { class: `curve ${className}`, x1: PROFILE_LEFT, x2: PROFILE_LEFT + 18, y1: y - 4, y2: y - 4 }),
    element('text', { class: 'faint small', x: PROFILE_LEFT + 26, y }, text(words)),
  );
}

/** The colours of the spectrogram over the same levels as the profile below. */
function colorBar(y: number): Markup {
  const steps = 60;
  const palette = levelPalette(LEVELS);
  return joined(
    ...Array.from({ length: steps }, (_, i) => {
      const at = Math.round((i / (steps - 1)) * (LEVELS - 1)) * 3;
      const width = SIDE_WIDTH / steps;
      const fill = `rgb(${palette.subarray(at, at + 3).join(',')})`;
      return element('rect', { x: PROFILE_LEFT + i * width, y, width: width + 0.3, height: 8, fill });
    }),
  );
}

/** The loudest bin of each pixel. */
function spectrumLine(levels: Float32Array, binHz: number, y: Scale, className: string): Markup {
  const places = new Map<number, number>();
  for (let bin = 0; bin < levels.length; bin++) {
    const place = Math.round(placeOf(y, bin * binHz));
    places.set(place, Math.max(places.get(place) ?? FLOOR_DB, Math.min(0, levels[bin]!)));
  }
  const points = [...places].map(([place, level]) => `${figure(placeOf(PROFILE, level))} ${place}`);
  return points.length === 0 ? joined() : element('path', { class: className, d: `M${points.join('L')}` });
}
