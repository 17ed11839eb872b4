// The figures as Markdown, for the terminal and for docs/accuracy.md.

const line = (cells) => `| ${cells.join(' | ')} |`;
const digits = (value) => (value === null ? '–' : value.toFixed(3));
const percent = (part, whole) => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(part === whole ? 0 : 1)} %`);

/** A Markdown table; all columns but the first are figures. */
export function table(head, rows) {
  return [line(head), `|---|${'---:|'.repeat(head.length - 1)}`, ...rows.map(line)].join('\n');
}

const KIND_COLUMNS = ['kind', 'n', 'found', 'missed', 'false', 'named rightly', 'coherence p5 / p50', 'said'];

export const kindHead = () => [line(KIND_COLUMNS), `|---|${'---:|'.repeat(6)}---|`].join('\n');

/** One kind as a row. */
export function kindRow({ title, name, n, found, missed, false: wrong, right, coherence, relations }) {
  const said = Object.entries(relations).map(([word, count]) => `${word} ${count}`);
  return line([
    `${title} (\`${name}\`)`,
    n,
    percent(found, n),
    missed,
    wrong,
    percent(right, n),
    `${digits(coherence.p5)} / ${digits(coherence.p50)}`,
    said.join(', '),
  ]);
}
