/** A spectrogram as an image with axes: time to the right, frequency upwards, level by colour. */
import { base64Of } from '#kernel';
import { FLOOR_DB, type SoundPortrait, type Spectrogram } from '#signal';
import { kilohertz } from './cutoff-words.ts';
import { levelPalette } from './palette.ts';
import { placeOf, type Scale } from './scale.ts';
import { element, joined, type Markup, text } from './xml.ts';

/** An image of few colours. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue of each colour; 256 colours at most. */
  readonly palette: Uint8Array;
  /** Colour of each pixel, row by row from the top. */
  readonly indices: Uint8Array;
}

/** Makes a PNG file of an image. */
export type EncodePng = (pixels: Pixels) => Uint8Array;

/** Levels from the floor to full scale, a colour a dB. */
export const LEVELS: number = 1 - FLOOR_DB;

/** The image, as wide and high as the scales' ranges. */
export function spectrogramImage(
  { spectrogram, seconds, sampleRateHz }: SoundPortrait,
  x: Scale,
  y: Scale,
  encode: EncodePng,
): Markup {
  const [left, right] = [placeOf(x, 0), placeOf(x, seconds)];
  const [top, bottom] = [placeOf(y, sampleRateHz / 2), placeOf(y, 0)];
  const frame = { x: left, y: top, width: right - left, height: bottom - top };
  const ground = element('rect', { ...frame, fill: '#08080f' });
  if (spectrogram.columns === 0) return ground;
  const image = base64Of(encode(pixelsOf(spectrogram)));
  return joined(
    ground,
    element('image', { ...frame, preserveAspectRatio: 'none', href: `data:image/png;base64,${image}` }),
  );
}

function pixelsOf({ columns, rows, levels }: Spectrogram): Pixels {
  const indices = new Uint8Array(columns * rows);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      indices[(rows - 1 - row) * columns + column] = Math.min(LEVELS - 1, levels[column * rows + row]!);
    }
  }
  return { width: columns, height: rows, palette: levelPalette(LEVELS), indices };
}

/** The end of the band across the image. */
export function cutoffLine({ cutoff, seconds }: SoundPortrait, x: Scale, y: Scale): Markup {
  if (!cutoff) return joined();
  const [left, right, place] = [placeOf(x, 0), placeOf(x, seconds), placeOf(y, cutoff.hz)];
  const above = place - Math.min(...y.range) > 26;
  const label = { x: left + 6, y: above ? place - 22 : place + 5, width: 66, height: 17, rx: 3 };
  return joined(
    element('line', { class: 'cutoff line-on-dark', x1: left, x2: right, y1: place, y2: place }),
    element('rect', { class: 'shade', ...label }),
    element('text', { class: 'on-dark small', x: label.x + 6, y: label.y + 12 }, text(kilohertz(cutoff.hz))),
  );
}
