/** The chain of evidence as a list: a mark, what was looked at, and the sentence. */
import type { Finding, FindingStep, FindingWeight } from '#review';
import { wrapWords } from '../terminal/columns.ts';
import { safeText } from '../terminal/safe-text.ts';
import { padTo } from '../terminal/width.ts';
import type { View } from './view.ts';

const STEP_WORDS: Readonly<Record<FindingStep, string>> = {
  files: 'Files',
  fingerprints: 'Fingerprints',
  alignment: 'Alignment',
  waveforms: 'Waveforms',
  remainder: 'Left over',
  master: 'Master',
  shape: 'Shape',
  decision: 'Decision',
};
const MARKS: Readonly<Record<FindingWeight, string>> = { for: '+', against: '−', neutral: '·' };
const STEP_COLUMNS = 12;
const INDENT = '  ';

/** One line a finding, wrapped on a terminal; `isVerbose`: its figures below it. */
export function renderFindings(findings: readonly Finding[], view: View, isVerbose: boolean): string[] {
  const { style, columns } = view;
  const margin = ' '.repeat(INDENT.length + STEP_COLUMNS + 4);
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(20, columns - margin.length);
  const lines = findings.flatMap(({ step, weight, sentence, figures }, i) => {
    const name = findings[i - 1]?.step === step ? '' : STEP_WORDS[step];
    const [first = '', ...rest] = wrapWords(safeText(sentence), room);
    const behind = isVerbose ? figuresText(figures, room) : [];
    return [
      `${INDENT}${padTo(style.faint(name), STEP_COLUMNS)}  ${painted(weight, view)} ${first}`,
      ...rest.map((line) => `${margin}${line}`),
      ...behind.map((line) => `${margin}${style.faint(line)}`),
    ];
  });
  return [...lines, '', style.faint(`${INDENT}+ speaks for copies of one recording   − against   · neither`)];
}

function painted(weight: FindingWeight, { style }: View): string {
  const paint = weight === 'for' ? style.good : weight === 'against' ? style.bad : style.faint;
  return paint(MARKS[weight]);
}

function figuresText(figures: Finding['figures'], room: number): string[] {
  const entries = Object.entries(figures).map(([name, value]) => `${wordsOf(name)} ${valueText(value)}`);
  return entries.length > 0 ? wrapWords(entries.join(', '), room) : [];
}

/** `bitErrorRate` is the bit error rate. */
function wordsOf(name: string): string {
  return name
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^([ab]) /, (_, side) => `${side.toUpperCase()} `);
}

function valueText(value: number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(5)));
}
