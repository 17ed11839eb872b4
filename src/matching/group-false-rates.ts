/** From chances of pairs to those of groups. */
import { createForest, type Forest } from './forest.ts';
import type { Grouping } from './groups.ts';
import { listsByKey } from './lists-by-key.ts';
import { localFalseRates, type Weighing } from './significance-evidence.ts';

/**
 * For each group the chance that it holds a stranger: those of the pairs that tie it together, the most certain
 * ones, at most 1.
 * @param sampleHashes by place: equal samples have equal ones, and no chance ties them together; `null` where there is none
 */
export function falseRatesOfGroups(
  { groups, groupOf }: Pick<Grouping, 'groups' | 'groupOf'>,
  { table, believed, expectedFalse }: Weighing,
  sampleHashes: readonly (string | null)[],
): number[] {
  const rates = localFalseRates(expectedFalse);
  const knots = knotsOf(groupOf, sampleHashes);
  const tiesOf = listsByKey(believed.length, groups.length, (tie) => {
    const group = groupOf[table.a(believed[tie]!)]!;
    return group === groupOf[table.b(believed[tie]!)] ? group : -1;
  });
  return groups.map((_, group) => {
    // Kruskal's spanning tree.
    let sum = 0;
    for (const tie of tiesOf(group).sort((one, other) => rates[one]! - rates[other]!)) {
      const record = believed[tie]!;
      if (knots.unite(table.a(record), table.b(record))) sum += rates[tie]!;
    }
    return Math.min(1, sum);
  });
}

/** Sounds of one group with equal samples are tied from the start. One forest serves all groups. */
function knotsOf(groupOf: Int32Array, sampleHashes: readonly (string | null)[]): Forest {
  const knots = createForest(groupOf.length);
  const first = new Map<string, number>();
  sampleHashes.forEach((hash, place) => {
    if (hash === null) return;
    const key = `${groupOf[place]} ${hash}`;
    const twin = first.get(key);
    if (twin === undefined) first.set(key, place);
    else knots.unite(twin, place);
  });
  return knots;
}
