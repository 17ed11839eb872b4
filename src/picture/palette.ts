/** Colours for levels: dark blue through violet and orange to pale yellow, each lighter than the one before. */

/** Chosen by eye: the path of matplotlib's "inferno" by S. van der Walt and N. Smith (CC0), at nine places. */
const STOPS = [
  '#08080f',
  '#1b0c41',
  '#4a0c6b',
  '#781c6d',
  '#a52c60',
  '#cf4446',
  '#ed6925',
  '#fb9b06',
  '#f7d13d',
  '#fcffa4',
];

/** `count` colours as red, green, blue bytes, the quietest first. */
export function levelPalette(count: number): Uint8Array {
  const stops = STOPS.map((color) => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)));
  const bytes = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    const place = (i / Math.max(1, count - 1)) * (stops.length - 1);
    const before = Math.min(stops.length - 2, Math.floor(place));
    for (let part = 0; part < 3; part++) {
      const [from, to] = [stops[before]![part]!, stops[before + 1]![part]!];
      bytes[i * 3 + part] = Math.round(from + (place - before) * (to - from));
    }
  }
  return bytes;
}
