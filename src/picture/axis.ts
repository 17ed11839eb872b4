/** Axes: rules across a plot, and the labels beside it. */
import { PLOT_LEFT, PLOT_RIGHT } from './layout.ts';
import { placeOf, type Scale, type Tick } from './scale.ts';
import { element, joined, type Markup, text } from './xml.ts';

/** The background of a plot with a rule at each tick of both scales. */
export function plotGround(
  height: number,
  x: readonly Tick[],
  xScale: Scale,
  y: readonly Tick[] = [],
  yScale?: Scale,
): Markup {
  return joined(
    element('rect', { class: 'panel', x: PLOT_LEFT, y: 0, width: PLOT_RIGHT - PLOT_LEFT, height }),
    ...x.map(({ value }) => {
      const place = placeOf(xScale, value);
      return element('line', { class: 'grid', x1: place, x2: place, y1: 0, y2: height });
    }),
    ...(yScale ? y : []).map(({ value }) => {
      const place = placeOf(yScale as Scale, value);
      return element('line', { class: 'grid', x1: PLOT_LEFT, x2: PLOT_RIGHT, y1: place, y2: place });
    }),
  );
}

/** Labels along a horizontal axis, below `y`. Those at the ends of the plot stay on the page. */
export function labelsBelow(ticks: readonly Tick[], scale: Scale, y: number, className = 'faint small'): Markup {
  return joined(
    ...ticks.map(({ value, label }) => {
      const place = placeOf(scale, value);
      const [from, to] = scale.range;
      const anchor = place < from + 14 ? 'start' : place > to - 14 ? 'end' : 'middle';
      return element('text', { class: className, x: place, y: y + 13, 'text-anchor': anchor }, text(label));
    }),
  );
}

/** Labels left of a vertical axis at `x`. */
export function labelsLeft(ticks: readonly Tick[], scale: Scale, x: number = PLOT_LEFT): Markup {
  return joined(
    ...ticks.map(({ value, label }) =>
      element(
        'text',
        { class: 'faint small', x: x - 8, y: placeOf(scale, value) + 4, 'text-anchor': 'end' },
        text(label),
      ),
    ),
  );
}
