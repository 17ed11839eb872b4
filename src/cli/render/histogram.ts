import { alignColumns } from '../terminal/columns.ts';
import type { Style } from '../terminal/style.ts';
import { countText } from '../terminal/units.ts';

const BAR_COLUMNS = 40;

/** A bar for each step of similarity, from 0 to 1; the last count is of pairs without one. */
export function renderHistogram(counts: readonly number[], style: Style): string[] {
  const steps = counts.length - 1;
  const most = Math.max(1, ...counts);
  const rows = counts.map((count, step) => [
    step < steps ? `${Math.round((step * 100) / steps)}–${Math.round(((step + 1) * 100) / steps)} %` : 'not known',
    countText(count),
    style.accent('█'.repeat(Math.ceil((count * BAR_COLUMNS) / most))),
  ]);
  return ['Pairs by similarity', ...alignColumns(rows, [{ side: 'right' }, { side: 'right' }, {}])];
}
