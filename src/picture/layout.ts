/** The page: one column of panels below each other, all as wide and with the same margins. */
import { styleSheet } from './theme.ts';
import { element, joined, type Markup, text } from './xml.ts';

/** A panel drawn as if the page began with it. */
export interface Panel {
  readonly markup: Markup;
  readonly height: number;
}

export const PAGE_WIDTH = 1200;
/** Left and right ends of what is plotted. */
export const PLOT_LEFT = 76;
export const PLOT_RIGHT: number = PAGE_WIDTH - 28;
const TOP = 26;
const BOTTOM = 22;

/** The whole picture. `title` and `description` are what readers get who do not see it. */
export function page(panels: readonly Panel[], title: string, description: string): string {
  let y = TOP;
  const placed = panels.map(({ markup, height }) => {
    const piece = element('g', { transform: `translate(0 ${y})` }, markup);
    y += height;
    return piece;
  });
  const height = y + BOTTOM;
  const root = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: PAGE_WIDTH,
      height,
      viewBox: `0 0 ${PAGE_WIDTH} ${height}`,
      role: 'img',
    },
    element('title', {}, text(title)),
    element('desc', {}, text(description)),
    element('style', {}, styleSheet()),
    element('rect', { class: 'paper', width: PAGE_WIDTH, height }),
    ...placed,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

/** Panels below each other as one. */
export function stacked(panels: readonly Panel[]): Panel {
  let y = 0;
  const pieces = panels.map(({ markup, height }) => {
    const piece = element('g', { transform: `translate(0 ${y})` }, markup);
    y += height;
    return piece;
  });
  return { markup: joined(...pieces), height: y };
}

/** Nothing, this high. */
export function space(height: number): Panel {
  return { markup: joined(), height };
}

/** What the panel below shows, and how to read it. */
export function caption(title: string, explanation: string): Panel {
  const line = element(
    'text',
    { class: 'text', x: PLOT_LEFT, y: 13 },
    element('tspan', { class: 'strong' }, text(title)),
    element('tspan', { class: 'faint', dx: 10 }, text(explanation)),
  );
  return { markup: line, height: 20 };
}
