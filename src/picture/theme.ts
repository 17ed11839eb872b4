/**
 * How pictures look, in light and in dark. Plain rules with the dark ones in a media query behind them: whoever draws
 * without knowing `prefers-color-scheme` leaves that out and draws in light.
 */
import type { Markup } from './xml.ts';

/** Colours by role: light, dark. */
const COLORS = {
  paper: ['#ffffff', '#14171c'],
  panel: ['#f6f7f9', '#1c2027'],
  ink: ['#1b2028', '#e7eaf0'],
  faint: ['#667080', '#98a2b3'],
  grid: ['#dfe3e9', '#2c323c'],
  idle: ['#b7bec9', '#4b5361'],
  a: ['#2563c9', '#6ea8ff'],
  b: ['#c4570c', '#ff9d57'],
  match: ['#15884b', '#3ecf83'],
  error: ['#b3261e', '#ff7b70'],
} as const;

type Role = keyof typeof COLORS;

/** What is painted with which colour. */
const FILLS: Readonly<Record<string, Role>> = {
  paper: 'paper',
  panel: 'panel',
  text: 'ink',
  faint: 'faint',
  idle: 'idle',
  'fill-a': 'a',
  'fill-b': 'b',
  'fill-match': 'match',
  'fill-error': 'error',
};
const STROKES: Readonly<Record<string, Role>> = {
  grid: 'grid',
  axis: 'idle',
  'line-faint': 'faint',
  'line-a': 'a',
  'line-b': 'b',
  'line-match': 'match',
  'line-error': 'error',
};

const SHARED = [
  'text{font-family:system-ui,sans-serif;font-size:12px;white-space:pre}',
  '.title{font-size:22px;font-weight:bold}',
  '.strong{font-weight:bold}',
  '.name{font-size:15px}',
  '.value{font-size:14px}',
  '.small{font-size:11px}',
  '.grid,.axis{stroke-width:1}',
  '.curve{fill:none;stroke-width:1.5;stroke-linejoin:round}',
  '.cutoff{stroke-width:1.5;stroke-dasharray:5 4}',
  '.soft{opacity:.4}',
  '.pale{opacity:.22}',
  '.on-dark{fill:#ffffff}',
  '.line-on-dark{stroke:#ffffff}',
  '.shade{fill:#000000;opacity:.55}',
];

/** The stylesheet of every picture. */
export function styleSheet(): Markup {
  const dark = rules(1).join('');
  return [...SHARED, ...rules(0), `@media (prefers-color-scheme:dark){${dark}}`].join('\n') as Markup;
}

function rules(theme: 0 | 1): string[] {
  return [
    ...Object.entries(FILLS).map(([name, role]) => `.${name}{fill:${COLORS[role][theme]}}`),
    ...Object.entries(STROKES).map(([name, role]) => `.${name}{stroke:${COLORS[role][theme]}}`),
  ];
}
