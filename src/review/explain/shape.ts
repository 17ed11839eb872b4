/** What is missing, cut, repeated or added, and where: from the stretches that agree and the lengths of both. */
import type { Segment } from '#matching';
import { secondsInWords } from '../words.ts';
import { type ComparedPair, type Finding, type FindingWeight, finding, span } from './finding.ts';

/** Fades, silence and the grid of a second leave so much at an end, and between two stretches. */
const END_SECONDS = 3.5;
const GAP_SECONDS = 1.5;
const SHOWN_GAPS = 6;

/** Seconds before the first and behind the last agreeing stretch. */
export interface Ends {
  readonly aSeconds: number;
  readonly bSeconds: number;
  readonly head: Rest;
  readonly tail: Rest;
}

interface Rest {
  readonly a: number;
  readonly b: number;
}

/** `undefined` where nothing agrees. */
export function endsOf({ verdict, a, b }: ComparedPair): Ends | undefined {
  const ordered = stretchesOf(verdict.segments);
  const [first, last] = [ordered[0], ordered.at(-1)];
  if (!first || !last || !a.sound || !b.sound) return undefined;
  const speed = verdict.speedRatio ?? 1;
  const [aSeconds, bSeconds] = [a.sound.durationSeconds, b.sound.durationSeconds];
  return {
    aSeconds,
    bSeconds,
    head: { a: hundredths(first.aStartSeconds), b: hundredths(first.bStartSeconds) },
    tail: {
      a: hundredths(aSeconds - (last.aStartSeconds + last.seconds)),
      b: hundredths(bSeconds - (last.bStartSeconds + last.seconds / speed)),
    },
  };
}

function hundredths(seconds: number): number {
  return Math.round(100 * Math.max(0, seconds)) / 100;
}

function stretchesOf(segments: readonly Segment[]): Segment[] {
  return segments.toSorted((one, other) => one.aStartSeconds - other.aStartSeconds);
}

export function explainShape(pair: ComparedPair): Finding[] {
  const { verdict } = pair;
  const ends = verdict.coherence === null ? undefined : endsOf(pair);
  if (!ends) return [];
  const weight: FindingWeight = verdict.relation === 'same-recording' ? 'neutral' : 'against';
  const said = [
    ...endSentences(ends.head, 'beginning'),
    ...gapSentences(stretchesOf(verdict.segments), verdict.speedRatio ?? 1),
    ...endSentences(ends.tail, 'end'),
  ];
  const figures = { stretches: verdict.segments.length };
  if (said.length === 0)
    return [finding('shape', 'for', 'Both run from the same beginning to the same end, without a cut.', figures)];
  return said.map((sentence) => finding('shape', weight, sentence, figures));
}

function endSentences({ a, b }: Rest, end: 'beginning' | 'end'): string[] {
  const [more, less] = [Math.max(a, b), Math.min(a, b)];
  if (more <= END_SECONDS) return [];
  const [longer, other] = a > b ? ['A', 'B'] : ['B', 'A'];
  const place = end === 'beginning' ? 'first' : 'last';
  if (less <= END_SECONDS) return [`The ${place} ${span(more)} of ${longer} have no counterpart in ${other}.`];
  return [`At the ${end}, ${span(a)} of A and ${span(b)} of B do not agree.`];
}

/** What lies between two agreeing stretches. */
function gapSentences(stretches: readonly Segment[], speed: number): string[] {
  const sentences = stretches.slice(1).flatMap((next, i) => {
    const before = stretches[i] as Segment;
    const aFrom = before.aStartSeconds + before.seconds;
    const bFrom = before.bStartSeconds + before.seconds / speed;
    const [inA, inB] = [next.aStartSeconds - aFrom, next.bStartSeconds - bFrom];
    const range = (from: number, to: number): string => `from ${secondsInWords(from)} to ${secondsInWords(to)}`;
    if (inB < -GAP_SECONDS)
      return [
        `From ${secondsInWords(next.aStartSeconds)} of A on, B goes back to ${secondsInWords(next.bStartSeconds)}: repeated, or in another order.`,
      ];
    if (inA <= GAP_SECONDS && inB <= GAP_SECONDS) return [];
    if (Math.abs(inA - inB) <= GAP_SECONDS)
      return [`A ${range(aFrom, next.aStartSeconds)} and B ${range(bFrom, next.bStartSeconds)} do not agree.`];
    if (inA > inB)
      return [`A has ${span(inA - Math.max(0, inB))} that B lacks, ${range(aFrom, next.aStartSeconds)} of A.`];
    return [`B has ${span(inB - Math.max(0, inA))} that A lacks, ${range(bFrom, next.bStartSeconds)} of B.`];
  });
  if (sentences.length <= SHOWN_GAPS) return sentences;
  return [...sentences.slice(0, SHOWN_GAPS), `So it goes on at ${sentences.length - SHOWN_GAPS} further places.`];
}
