/** What chance does in this library: fingerprints of some of its sounds, laid over each other. */
import { type ComparisonTable, fitNull, measureNullPairs, type NullDistribution, sampleOf } from '#matching';
import type { MatchStore } from './ports.ts';
import { itemsOf } from './prints.ts';

/**
 * The null distribution of a library. Costs the reading of 48 fingerprints and some 0.2 s, however large the library
 * is, and is the same in whatever order its files came.
 * @param sounds audio hashes of all present sounds
 * @param table judged pairs: those that have anything to do with each other say nothing about chance
 */
export async function learnChance(
  store: Pick<MatchStore, 'fingerprintOf'>,
  sounds: readonly string[],
  table: ComparisonTable,
): Promise<NullDistribution> {
  const sample = sampleOf(sounds.toSorted());
  const fingerprints = await Promise.all(sample.map((hash) => store.fingerprintOf(hash)));
  const places = sample.map((hash) => table.placeOf(hash));
  const mayBeRelated = (one: number, other: number): boolean => {
    const [a, b] = [places[one], places[other]];
    const record = a === undefined || b === undefined ? undefined : table.find(a, b);
    return record !== undefined && table.relation(record) !== 'different';
  };
  const tracks = fingerprints.map((phases) => (phases ? itemsOf(phases[0]) : new Uint32Array(0)));
  return fitNull(measureNullPairs(tracks, mayBeRelated));
}
