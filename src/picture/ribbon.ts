/** The segment map between two waveforms: a band from each stretch of A down to the stretch of B that answers it. */
import type { Segment } from '#matching';
import { placeOf, type Scale } from './scale.ts';
import { element, figure, joined, type Markup, text } from './xml.ts';

export interface RibbonOptions {
  readonly segments: readonly Segment[];
  readonly speedRatio: number;
  readonly height: number;
  /** From A's and from B's own seconds to places. */
  readonly aScale: Scale;
  readonly bScale: Scale;
  /** What to write on a band: how long it is, and where it lies. */
  readonly label: (segment: Segment) => { readonly short: string; readonly whole: string };
}

/** Bands narrower than this carry no label. */
const LABEL_WIDTH = 54;

export function ribbon({ segments, speedRatio, height, aScale, bScale, label }: RibbonOptions): Markup {
  return joined(
    ...segments.map((segment) => {
      const { aStartSeconds, bStartSeconds, seconds } = segment;
      const [aLeft, aRight] = [placeOf(aScale, aStartSeconds), placeOf(aScale, aStartSeconds + seconds)];
      const bEnd = bStartSeconds + seconds / speedRatio;
      const [bLeft, bRight] = [placeOf(bScale, bStartSeconds), placeOf(bScale, bEnd)];
      const { short, whole } = label(segment);
      const corners = [
        [aLeft, 0],
        [aRight, 0],
        [bRight, height],
        [bLeft, height],
      ] as const;
      const band = element('polygon', {
        class: 'fill-match pale',
        points: corners.map(([x, y]) => `${figure(x)},${figure(y)}`).join(' '),
      });
      const sides = joined(
        element('line', { class: 'line-match soft', x1: aLeft, y1: 0, x2: bLeft, y2: height }),
        element('line', { class: 'line-match soft', x1: aRight, y1: 0, x2: bRight, y2: height }),
      );
      const middle = (aLeft + aRight + bLeft + bRight) / 4;
      const fits = Math.min(aRight - aLeft, bRight - bLeft) >= LABEL_WIDTH;
      const words = element(
        'text',
        { class: 'text small', x: middle, y: height / 2 + 4, 'text-anchor': 'middle' },
        text(short),
      );
      return element('g', {}, element('title', {}, text(whole)), band, sides, ...(fits ? [words] : []));
    }),
  );
}
