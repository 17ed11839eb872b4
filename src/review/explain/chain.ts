/**
 * The whole chain of evidence for a verdict, match or miss, in sentences. Pure, and it judges nothing: every sentence
 * follows from figures that the judge left. Verdicts of before, which lack some figures, make a shorter chain.
 */
import type { Relation } from '#matching';
import { explainFiles } from './files.ts';
import { type ComparedPair, type Finding, type FindingWeight, finding } from './finding.ts';
import { explainPrints } from './prints.ts';
import { explainMaster, explainRemainder } from './remainder.ts';
import { explainShape } from './shape.ts';
import { explainAlignment, explainWaves } from './waves.ts';

/** The findings in the order in which they were made, the decision last. Never empty. */
export function explain(pair: ComparedPair): Finding[] {
  const { relation, reasons } = pair.verdict;
  const decision = reasons.map((reason) => finding('decision', DECIDED[relation], reason));
  if (relation === 'same-bytes' || relation === 'same-audio') return [...explainFiles(pair), ...decision];
  const isHeard = pair.a.sound !== null && pair.b.sound !== null;
  return [
    ...explainFiles(pair),
    ...explainPrints(pair),
    ...explainAlignment(pair),
    ...explainWaves(pair),
    ...(isHeard ? explainRemainder(pair) : []),
    ...explainMaster(pair),
    ...explainShape(pair),
    ...decision,
  ];
}

const DECIDED: Readonly<Record<Relation, FindingWeight>> = {
  'same-bytes': 'for',
  'same-audio': 'for',
  'same-recording': 'for',
  contains: 'against',
  contained: 'against',
  'other-edit': 'against',
  'other-speed': 'against',
  'shared-parts': 'against',
  'other-performance': 'against',
  different: 'against',
  unsure: 'neutral',
};
