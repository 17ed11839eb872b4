/**
 * How many pairs have which similarity, as a picture: one panel a kind of verdict, each with a scale of its own, for a
 * library holds far more strangers than copies. Pure: the same counts give the same bytes.
 */
import { labelsBelow, labelsLeft, plotGround } from './axis.ts';
import { headline } from './heading.ts';
import { caption, type Panel, PLOT_LEFT, PLOT_RIGHT, page, space } from './layout.ts';
import { countTicks, placeOf, type Scale } from './scale.ts';
import { element, joined, text } from './xml.ts';

export interface HistogramPicture {
  /** What is shown. */
  readonly sentence: string;
  readonly panels: readonly HistogramPanel[];
  /** A count as it is written. */
  readonly countLabel: (count: number) => string;
}

export interface HistogramPanel {
  readonly title: string;
  readonly about: string;
  readonly kind: keyof typeof FILLS;
  /** Of equal steps of similarity, from 0 to 1. */
  readonly counts: readonly number[];
}

const FILLS = { same: 'fill-match', related: 'fill-a', unsure: 'fill-b', different: 'faint' } as const;

const HEIGHT = 150;
const SHARES: Scale = { domain: [0, 1], range: [PLOT_LEFT, PLOT_RIGHT] };
const SHARE_TICKS = Array.from({ length: 11 }, (_, i) => ({ value: i / 10, label: `${i * 10} %` }));
/** Left free between two bars. */
const GAP = 4;

/** The picture as SVG. */
export function drawHistogram({ sentence, panels, countLabel }: HistogramPicture): string {
  const drawn = panels.flatMap((panel) => [space(14), caption(panel.title, panel.about), barsOf(panel, countLabel)]);
  const described = panels.map(({ title, about }) => `${title}: ${about}.`).join(' ');
  return page([headline(sentence), ...drawn], sentence, described);
}

function barsOf({ kind, counts }: HistogramPanel, countLabel: (count: number) => string): Panel {
  const scale: Scale = { domain: [0, Math.max(1, ...counts) * 1.05], range: [HEIGHT, 0] };
  const ticks = countTicks(scale, 36, countLabel);
  const bars = counts.map((count, step) => {
    const [from, to] = [step, step + 1].map((border) => placeOf(SHARES, border / counts.length)) as [number, number];
    // A single pair beside millions is still there.
    const y = count === 0 ? HEIGHT : Math.min(HEIGHT - 1, placeOf(scale, count));
    const box = { x: from + GAP / 2, y, width: to - from - GAP, height: HEIGHT - y };
    return element('rect', { class: FILLS[kind], ...box }, element('title', {}, text(countLabel(count))));
  });
  const markup = joined(
    plotGround(HEIGHT, SHARE_TICKS, SHARES, ticks, scale),
    ...bars,
    labelsLeft(ticks, scale),
    labelsBelow(SHARE_TICKS, SHARES, HEIGHT),
  );
  return { markup, height: HEIGHT + 20 };
}
