/** The relations between recordings that make no duplicates: edges, one for each pair of groups. */
import type { BytePath } from '#kernel';
import type { RecordedPair, Relation } from '#matching';
import { rounded } from './group-entry.ts';
import { RELATED_RELATIONS, type RelatedEntry, type RelatedRelation } from './groups-document.ts';
import { exactBytes, pathFields } from './path-fields.ts';

/** Edges between `faces` (path by audio hash), ordered by a, b, relation; of several verdicts the most similar one is told. */
export function relatedBetween(
  verdicts: readonly RecordedPair[],
  faces: ReadonlyMap<string, BytePath>,
): RelatedEntry[] {
  const edges = new Map<string, Edge>();
  for (const verdict of verdicts) {
    const edge = edgeOf(verdict, faces);
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

function edgeOf({ a, b, verdict }: RecordedPair, faces: ReadonlyMap<string, BytePath>): Edge | null {
  const [first, second] = [faces.get(a), faces.get(b)];
  if (first === undefined || second === undefined || first === second) return null;
  const isSwapped = verdict.relation === 'contained' || (verdict.relation !== 'contains' && second < first);
  const relation = verdict.relation === 'contained' ? 'contains' : verdict.relation;
  if (!isRelated(relation)) return null;
  return { a: isSwapped ? second : first, b: isSwapped ? first : second, relation, similarity: verdict.similarity };
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
