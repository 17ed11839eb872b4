import type { Relation, Verdict } from '#matching';

/** A verdict without listening. `equalSeconds`: how much is known to be equal; `null` where nothing is. */
export function bareVerdict(relation: Relation, equalSeconds: number | null, reason: string): Verdict {
  const equal = equalSeconds !== null;
  const segment = { aStartSeconds: 0, bStartSeconds: 0, seconds: equalSeconds ?? 0, bitErrorRate: equal ? 0 : null };
  return {
    relation,
    truncated: null,
    similarity: equal ? 1 : null,
    bitErrorRate: equal ? 0 : null,
    significance: null,
    overlapSeconds: equalSeconds ?? 0,
    offsetSeconds: equal ? 0 : null,
    speedRatio: equal ? 1 : null,
    coherence: null,
    evidence: null,
    segments: equal ? [segment] : [],
    reasons: [reason],
  };
}
