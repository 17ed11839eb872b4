/** Files that could not be used, summed up by what was wrong. */
import type { Failure } from '#kernel';
import { safeText } from '../terminal/safe-text.ts';
import { counted } from '../terminal/units.ts';
import { type CarriedPath, exactPath, shownPath } from './paths.ts';
import type { View } from './view.ts';

const EXAMPLES = 3;

/** All failures where `all` is wanted, else a few of each kind. */
export function renderFailures(failures: readonly (Failure & CarriedPath)[], all: boolean, view: View): string[] {
  if (failures.length === 0) return [];
  const { style } = view;
  const lines = [style.warning(`${counted(failures.length, 'path')} could not be used:`)];
  for (const [code, some] of Map.groupBy(failures, (failure) => failure.code)) {
    const shown = all ? some : some.slice(0, EXAMPLES);
    lines.push(`  ${counted(some.length, 'path')}, ${code}`);
    lines.push(
      ...shown.map(
        (failure) => `    ${shownPath(exactPath(failure), view.base)}  ${style.faint(safeText(failure.message))}`,
      ),
    );
    if (shown.length < some.length) lines.push(style.faint(`    and ${some.length - shown.length} more; -v lists all`));
  }
  return lines;
}
