/** The rows of damaged tables laid over those of their second copy. */
import type { DatabaseSync } from 'node:sqlite';
import { createCheckedTable, type Row, type TableSpec } from './checked-table.ts';
import { eachRow } from './copied-tables.ts';
import { NUMBERS, TABLES } from './schema.ts';

/**
 * Sound rows replace those of the copy, in `db`. What the copy alone has was removed since it was made, where the tables
 * could be read to their end; else it may be what is damaged, and stays.
 * @param isCopyWhole is the copy as it was made?
 * @returns how many rows are known to have been, and are in neither; one more where there may have been others
 */
export function layOver(db: DatabaseSync, main: DatabaseSync, isCopyWhole: boolean): number {
  const isSolid = hasSolidPages(main);
  let lost = 0;
  let isBehind = false;
  let isRead = true;
  for (const spec of TABLES) {
    if (spec === NUMBERS) continue;
    const target = createCheckedTable(db, spec);
    const copied = new Map(Array.from(target.examine(''), ({ row }) => [keyOf(spec, row), row]));
    const there = new Set<string>();
    const unknown = new Set<string>();
    const isAll = eachRow(main, spec, (row, isSound) => {
      const key = keyOf(spec, row);
      there.add(key);
      if (!isSound && !copied.has(key)) unknown.add(key);
      if (isSound && copied.get(key)?.['sum'] !== row['sum']) {
        isBehind = true;
        target.put(row);
      }
    });
    isRead &&= isAll;
    lost += unknown.size;
    if (!isSolid || !isAll || unknown.size > 0) continue;
    for (const [key, row] of copied) if (!there.has(key)) target.drop(...spec.key.map((column) => row[column] ?? null));
  }
  if (isCopyWhole && !isBehind) return 0;
  return lost + (isSolid && isRead ? 0 : 1);
}

/** Rows can be missing without a trace where pages contradict each other. One that is not used is none of them. */
function hasSolidPages(db: DatabaseSync): boolean {
  try {
    const messages = db.prepare('pragma integrity_check').all();
    return messages.every(({ integrity_check: message }) => /^ok$|never used$/.test(String(message)));
  } catch {
    return false;
  }
}

function keyOf({ key }: TableSpec, row: Row): string {
  return key
    .map((column) => (row[column] instanceof Uint8Array ? `x${Buffer.from(row[column]).toString('hex')}` : row[column]))
    .join('|');
}
