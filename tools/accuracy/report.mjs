// The figures as Markdown, for the terminal and for docs/accuracy.md.
import { accepted, reproduced } from './contest.mjs';
import { PEERS } from './peers.mjs';

const line = (cells) => `| ${cells.join(' | ')} |`;
const digits = (value) => (value === null ? '–' : value.toFixed(3));
const percent = (share) =>
  Number.isNaN(share) ? '–' : `${(100 * share).toFixed(share === 1 || share === 0 ? 0 : 1)} %`;

/** A Markdown table; all columns but the first are figures. */
export function table(head, rows) {
  return [line(head), `|---|${'---:|'.repeat(head.length - 1)}`, ...rows.map(line)].join('\n');
}

const KIND_COLUMNS = [
  'kind',
  'n',
  'found',
  'missed',
  'false',
  'named rightly',
  'coherence p5 / p50',
  'BER p50 / p95',
  'said',
];

export const kindHead = () => [line(KIND_COLUMNS), `|---|${'---:|'.repeat(7)}---|`].join('\n');

/** One kind as a row. */
export function kindRow({ title, name, n, found, missed, false: wrong, right, coherence, bitErrorRate, relations }) {
  const said = Object.entries(relations).map(([word, count]) => `${word} ${count}`);
  return line([
    `${title} (\`${name}\`)`,
    n,
    percent(found / n),
    missed,
    wrong,
    percent(right / n),
    `${digits(coherence.p5)} / ${digits(coherence.p50)}`,
    `${digits(bitErrorRate.p50)} / ${digits(bitErrorRate.p95)}`,
    said.join(', '),
  ]);
}

/** The bars as a table. */
export function barsTable(bars) {
  return table(
    ['bar', 'best public', 'wanted', 'ours', 'holds'],
    bars.map(({ bar, best, wanted, reached, holds }) => [bar, best, wanted, reached, holds ? 'yes' : '**no**']),
  );
}

/** Kinds too small for the figure that is asked of them, in a sentence; empty when there is none. */
export function smallKinds(done, wanted) {
  const small = done.filter(({ results }) => results.length < wanted);
  if (small.length === 0) return '';
  const names = small.map(({ kind, results }) => `\`${kind.name}\` (${results.length})`);
  return `Fewer than ${wanted} pairs, because the music has no more: ${names.join(', ')}.`;
}

/** Does each peer here do what was measured for it elsewhere? */
export function peersTable(pairs) {
  const rows = reproduced(pairs).map(({ peer, recall, threshold, near }) => [
    peer.title,
    `${peer.measured} %`,
    percent(recall),
    threshold.toFixed(3),
    near ? 'yes' : 'no',
  ]);
  const head = ['our own implementation of', 'measured before', 'here', 'threshold', 'within 6 points'];
  return table(head, rows);
}

/** What ours and the peers accept as duplicates, kind by kind, each by its own rule. */
export function contestTable(pairs, done) {
  const names = PEERS.map(({ name, accepts }) => `${name} ≥ ${accepts}`);
  const truth = { yes: 'all', no: 'none', open: 'open' };
  const rows = done.map(({ kind }) => {
    const shares = accepted(pairs, kind);
    return [kind.title, truth[kind.truth.duplicate], ...Object.values(shares).map(percent)];
  });
  return table(['called duplicates by', 'should be', 'Reprise', ...names], rows);
}
