/** The relations between recordings that make no duplicates: edges, one for each pair of groups. */
import type { BytePath } from '#kernel';
import { type ComparisonTable, type Decision, pairKey, type RecordedVerdict, type Relation } from '#matching';
import { rounded } from './group-entry.ts';
import { RELATED_RELATIONS, type RelatedEntry, type RelatedRelation } from './groups-document.ts';
import { exactBytes, pathFields } from './path-fields.ts';

/**
 * Edges between `faces` (path by audio hash), ordered by a, b, relation; of several verdicts the most similar one is told.
 * @param decisions a person's words that hold: what is called the same is no mere relation
 */
export function relatedBetween(
  table: ComparisonTable,
  decisions: readonly Decision[],
  faces: ReadonlyMap<string, BytePath>,
): RelatedEntry[] {
  const paths = table.sounds.map((sound) => faces.get(sound));
  const same = new Set(decisions.filter(({ word }) => word === 'same').map(pairKey));
  const edges = new Map<string, Edge>();
  for (let record = 0; record < table.size; record++) {
    const relation = table.relation(record);
    if (relation !== 'contained' && !isRelated(relation)) continue;
    const [a, b] = [table.a(record), table.b(record)];
    if (same.size > 0 && same.has(pairKey({ a: table.sounds[a] as string, b: table.sounds[b] as string }))) continue;
    const edge = edgeOf(paths[a], paths[b], table.verdict(record));
    if (edge === null) continue;
    const key = JSON.stringify([edge.a, edge.b, edge.relation]);
    const known = edges.get(key);
    if (known === undefined || (edge.similarity ?? 0) > (known.similarity ?? 0)) edges.set(key, edge);
  }
  return [...edges].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => entryOf(edge));
}

interface Edge {
  readonly a: BytePath;
  readonly b: BytePath;
  readonly relation: RelatedRelation;
  readonly similarity: number | null;
}

function edgeOf(
  first: BytePath | undefined,
  second: BytePath | undefined,
  { relation: found, similarity }: RecordedVerdict,
): Edge | null {
  if (first === undefined || second === undefined || first === second) return null;
  const isSwapped = found === 'contained' || (found !== 'contains' && second < first);
  const relation = found === 'contained' ? 'contains' : found;
  if (!isRelated(relation)) return null;
  return { a: isSwapped ? second : first, b: isSwapped ? first : second, relation, similarity };
}

function isRelated(relation: Relation): relation is RelatedRelation {
  return (RELATED_RELATIONS as readonly Relation[]).includes(relation);
}

function entryOf({ a, b, relation, similarity }: Edge): RelatedEntry {
  const [exactA, exactB] = [exactBytes(a), exactBytes(b)];
  return {
    a: pathFields(a).path,
    ...(exactA === undefined ? {} : { aPathBase64: exactA }),
    b: pathFields(b).path,
    ...(exactB === undefined ? {} : { bPathBase64: exactB }),
    relation,
    similarity: rounded(similarity, 4),
  };
}
