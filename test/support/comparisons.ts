/** Comparisons as the catalogue keeps them, made of verdicts about audio hashes, and back. */
import { type ComparisonTable, createComparisonTable, type RecordedPair, recordsOf } from '#matching';

/** The table of these sounds; pairs with others are recorded, and left aside as those of absent files are. */
export function tableOf(sounds: readonly string[], pairs: readonly RecordedPair[]): ComparisonTable {
  // Numbers are given as sounds come, which is in no order of hashes.
  const numbers = new Map(
    [...new Set([...sounds, ...pairs.flatMap(({ a, b }) => [a, b])])].map((sound, n) => [sound, n + 1]),
  );
  const builder = createComparisonTable(new Map(sounds.map((sound) => [sound, numbers.get(sound) as number])));
  builder.add(
    recordsOf(
      pairs.map(({ a, b, verdict }) => ({ a: numbers.get(a) as number, b: numbers.get(b) as number, verdict })),
    ),
  );
  return builder.build();
}

/** Every record of a table, in its order. */
export function pairsIn(table: ComparisonTable): RecordedPair[] {
  return Array.from({ length: table.size }, (_, record) => ({
    a: table.sounds[table.a(record)] as string,
    b: table.sounds[table.b(record)] as string,
    verdict: table.verdict(record),
  }));
}
