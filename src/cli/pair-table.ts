/** Recorded comparisons as a table: what people load into other programs. */
import { base64Of, bytesOfPath, isDisplayable } from '#kernel';
import type { JudgedPair } from './app.ts';
import type { TableColumn, TableRow } from './surroundings.ts';

/** As in the JSON lines; a path that is no UTF-8 is lossy and has its bytes in a column of its own, base64. */
export const PAIR_COLUMNS: readonly TableColumn[] = [
  { name: 'a', type: 'text' },
  { name: 'b', type: 'text' },
  { name: 'relation', type: 'text' },
  { name: 'similarity', type: 'figure' },
  { name: 'significance', type: 'figure' },
  { name: 'expectedFalse', type: 'figure' },
  { name: 'coherence', type: 'figure' },
  { name: 'overlapSeconds', type: 'figure' },
  { name: 'offsetSeconds', type: 'figure' },
  { name: 'speedRatio', type: 'figure' },
  { name: 'truncated', type: 'text' },
  { name: 'damaged', type: 'text' },
  { name: 'master', type: 'text' },
  { name: 'aPathBase64', type: 'text' },
  { name: 'bPathBase64', type: 'text' },
];

/** In the order of {@link PAIR_COLUMNS}. */
export function pairRow({ a, b, verdict }: JudgedPair): TableRow {
  const { relation, similarity, significance = null, expectedFalse = null, coherence } = verdict;
  const { overlapSeconds, offsetSeconds, speedRatio, truncated, damaged = null, master = 'unknown' } = verdict;
  return [
    ...[a.toWellFormed(), b.toWellFormed(), relation, similarity, significance, expectedFalse, coherence],
    ...[overlapSeconds, offsetSeconds, speedRatio, truncated, damaged, master],
    ...[a, b].map((path) => (isDisplayable(path) ? null : base64Of(bytesOfPath(path)))),
  ];
}
