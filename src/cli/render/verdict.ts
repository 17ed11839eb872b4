/** What `compare` says about two files. */
import type { BytePath } from '#kernel';
import type { Segment, Verdict } from '#matching';
import type { ExplainedVerdict } from '../app.ts';
import { alignColumns } from '../terminal/columns.ts';
import { safeText } from '../terminal/safe-text.ts';
import { clockText, offsetText, percentText } from '../terminal/units.ts';
import { renderFindings } from './findings.ts';
import { relationText, type View } from './view.ts';

const SHOWN_SEGMENTS = 12;

/** The verdict in a sentence. */
export function sentenceOf({ relation }: Verdict): string {
  return SENTENCES[relation];
}

const SENTENCES: Readonly<Record<Verdict['relation'], string>> = {
  'same-bytes': 'The two files are equal, byte for byte.',
  'same-audio': 'The two files hold the same audio; only tags or container differ.',
  'same-recording': 'The two files hold the same recording.',
  contains: 'A contains B as a part.',
  contained: 'A is contained in B as a part.',
  'other-edit': 'The two are different edits of one recording.',
  'other-speed': 'The two are one recording at different speeds.',
  'shared-parts': 'The two share takes, in different mixes.',
  'other-performance': 'The two are different performances of one work.',
  different: 'The two are different.',
  unsure: 'It is not sure what the two have to do with each other.',
};

/** `isVerbose`: also the figures behind every sentence. */
export function renderVerdict(
  a: BytePath,
  b: BytePath,
  { verdict, evidence }: ExplainedVerdict,
  view: View,
  isVerbose: boolean,
): string[] {
  const { style } = view;
  const isDuplicate = verdict.relation.startsWith('same-');
  const sentence = sentenceOf(verdict);
  const figures = [...figuresOf(verdict), ...weightsOf(verdict)];
  return [
    `A  ${safeText(a)}`,
    `B  ${safeText(b)}`,
    '',
    `${style.strong(isDuplicate ? style.good(sentence) : sentence)} (${relationText(verdict.relation)})`,
    '',
    ...renderFindings(evidence, view, isVerbose),
    ...segmentLines(verdict.segments),
    ...(isVerbose
      ? [
          '',
          ...alignColumns(
            figures.map(([term, value]) => [style.faint(term), value]),
            [{}, {}],
          ),
        ]
      : []),
  ];
}

/** The key figures, as terms with their values. */
export function figuresOf(verdict: Verdict): (readonly [string, string])[] {
  const { similarity, bitErrorRate, offsetSeconds, coherence, speedRatio, truncated } = verdict;
  return [
    ['Similarity', similarity === null ? unknown : percentText(similarity)],
    ['Bit error rate', bitErrorRate === null ? unknown : bitErrorRate.toFixed(4)],
    ['Both agree for', clockText(verdict.overlapSeconds)],
    ['Offset', offsetSeconds === null ? unknown : offsetSentence(offsetSeconds)],
    ['Coherence', coherence === null ? unknown : coherence.toFixed(3)],
    ['Speed', speedRatio === null ? unknown : speedSentence(speedRatio)],
    ['Truncated', truncated === null ? 'neither' : truncated.toUpperCase()],
  ];
}

/** How much the evidence weighs against chance. */
function weightsOf({ significance, expectedFalse }: Verdict): (readonly [string, string])[] {
  return [
    ['Significance', significance == null ? unknown : `${significance.toFixed(2)} (unrelated sounds stay below 5)`],
    ['By chance', expectedFalse == null ? unknown : `${expectedFalse.toPrecision(2)} of one pair of unrelated sounds`],
  ];
}

const unknown = 'not known';

function offsetSentence(seconds: number): string {
  if (Math.abs(seconds) < 0.005) return 'none; both start together';
  return `${offsetText(seconds)}: ${seconds > 0 ? 'B' : 'A'} starts later`;
}

function speedSentence(ratio: number): string {
  const percent = (ratio - 1) * 100;
  return Math.abs(percent) < 0.005
    ? 'equal'
    : `B is ${Math.abs(percent).toFixed(2)} % ${percent > 0 ? 'faster' : 'slower'}`;
}

function segmentLines(segments: readonly Segment[]): string[] {
  if (segments.length === 0) return [];
  const rows = segments
    .slice(0, SHOWN_SEGMENTS)
    .map(({ aStartSeconds, bStartSeconds, seconds, bitErrorRate }) => [
      `A ${clockText(aStartSeconds)} – ${clockText(aStartSeconds + seconds)}`,
      `B ${clockText(bStartSeconds)} – ${clockText(bStartSeconds + seconds)}`,
      bitErrorRate === null ? '' : `bit error rate ${bitErrorRate.toFixed(4)}`,
    ]);
  const more = segments.length > SHOWN_SEGMENTS ? [`  and ${segments.length - SHOWN_SEGMENTS} more`] : [];
  return ['', 'Where they agree', ...alignColumns(rows, [{}, {}, {}]).map((line) => `  ${line}`), ...more];
}
