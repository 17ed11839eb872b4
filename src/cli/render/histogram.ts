import { PAIR_KINDS, type PairKind, type Similarities, totalsOf } from '../similarities.ts';
import { alignColumns } from '../terminal/columns.ts';
import type { Style } from '../terminal/style.ts';
import { counted, countText } from '../terminal/units.ts';

const BAR_COLUMNS = 40;

/** What bars are made of: told apart without colours, too. */
const SHADES: Readonly<Record<PairKind, string>> = { same: '█', related: '▓', unsure: '▒', different: '░' };
const NAMES: Readonly<Record<PairKind, string>> = {
  same: 'the same recording',
  related: 'related',
  unsure: 'unsure',
  different: 'different',
};

/** A bar for each step of similarity, from 0 to 1; the last one is of pairs of which it is not known. */
export function renderHistogram(counts: Similarities, style: Style): string[] {
  const totals = totalsOf(counts);
  const steps = totals.length - 1;
  const columnsPerPair = BAR_COLUMNS / Math.max(1, ...totals);
  const rows = totals.map((total, step) => [
    step < steps ? `${Math.round((step * 100) / steps)}–${Math.round(((step + 1) * 100) / steps)} %` : 'not known',
    countText(total),
    PAIR_KINDS.map((kind) => barOf(kind, counts[kind][step] as number, columnsPerPair, style)).join(''),
  ]);
  const legend = PAIR_KINDS.flatMap((kind) => {
    const sum = counts[kind].reduce((total, count) => total + count, 0);
    return sum === 0 ? [] : [`${paint(kind, SHADES[kind], style)} ${NAMES[kind]}: ${counted(sum, 'pair')}`];
  });
  return [
    'Pairs by similarity',
    ...alignColumns(rows, [{ side: 'right' }, { side: 'right' }, {}]),
    ...(legend.length > 0 ? ['', legend.join('   ')] : []),
  ];
}

/** One column at least, so that nothing is hidden by something larger. */
function barOf(kind: PairKind, count: number, columnsPerPair: number, style: Style): string {
  const columns = count === 0 ? 0 : Math.max(1, Math.round(count * columnsPerPair));
  return paint(kind, SHADES[kind].repeat(columns), style);
}

function paint(kind: PairKind, text: string, style: Style): string {
  return kind === 'same' ? style.good(text) : kind === 'different' ? style.faint(text) : style.accent(text);
}
