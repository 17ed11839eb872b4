/** A figure over time as a line with its area; broken where nothing was measured. One point a pixel at most. */
import type { Curve } from '#matching';
import { placeOf, type Scale } from './scale.ts';
import { element, figure, joined, type Markup } from './xml.ts';

interface Point {
  readonly x: number;
  readonly value: number;
}

/** @param x from a's seconds to places; values beyond the ends of `y` are drawn at them */
export function curve(
  { startSeconds, stepSeconds, values }: Curve,
  x: Scale,
  y: Scale,
  color: 'match' | 'error',
): Markup {
  const runs = runsOf(
    pointsOf(values, (i) => placeOf(x, startSeconds + i * stepSeconds), placeOf(x, stepSeconds) - placeOf(x, 0)),
  );
  const [least, most] = [Math.min(...y.domain), Math.max(...y.domain)];
  const place = (value: number): string => figure(placeOf(y, Math.max(least, Math.min(most, value))));
  const ground = figure(placeOf(y, least));
  return joined(
    ...runs.map((run) => {
      const line = run.map((point) => `${figure(point.x)} ${place(point.value)}`).join('L');
      const [first, last] = [run[0] as Point, run.at(-1) as Point];
      const area = `M${figure(first.x)} ${ground}L${line}L${figure(last.x)} ${ground}Z`;
      return joined(
        element('path', { class: `fill-${color} pale`, d: area }),
        element('path', { class: `curve line-${color}`, d: `M${line}` }),
      );
    }),
  );
}

/** Means by pixel; a value that fills more than a pixel is drawn as wide as it is. */
function pointsOf(values: Float32Array, placeOfValue: (i: number) => number, width: number): (Point | undefined)[] {
  const perPoint = Math.max(1, Math.ceil(1 / width));
  const half = width > 1 ? width / 2 : 0;
  return Array.from({ length: Math.ceil(values.length / perPoint) }, (_, point) => {
    const first = point * perPoint;
    const end = Math.min(values.length, first + perPoint);
    let [sum, count] = [0, 0];
    for (let i = first; i < end; i++) {
      if (Number.isNaN(values[i]!)) continue;
      sum += values[i]!;
      count++;
    }
    return count === 0 ? undefined : { x: placeOfValue((first + end - 1) / 2), value: sum / count };
  }).flatMap((point) =>
    point && half > 0
      ? [
          { ...point, x: point.x - half },
          { ...point, x: point.x + half },
        ]
      : [point],
  );
}

function runsOf(points: readonly (Point | undefined)[]): Point[][] {
  const runs: Point[][] = [[]];
  for (const point of points) {
    if (point) (runs.at(-1) as Point[]).push(point);
    else if ((runs.at(-1) as Point[]).length > 0) runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}
