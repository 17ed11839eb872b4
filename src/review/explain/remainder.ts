/** What is left over where two sounds lie over each other: sources, notes, noise, clipping, damage, and another master. */
import {
  DROPPED_SHARE,
  EXTRA_SLOPE,
  FOREIGN_SHARE,
  isAdded,
  type JudgementFigures,
  LOW_TILE_SHARE,
  LOW_TILE_SHARE_ALONE,
} from '#matching';
import { type ComparedPair, type Finding, finding, percent } from './finding.ts';

/** Below this a level difference is not worth a word. */
const AUDIBLE_GAIN_DB = 0.5;

export function explainRemainder(pair: ComparedPair): Finding[] {
  const { evidence } = pair.verdict;
  const damage = damageOf(pair);
  if (!evidence) return damage;
  const odd = [...sources(evidence), ...spoilers(evidence)];
  return [...(odd.length > 0 ? odd : [nothingLeft(evidence)]), ...damage];
}

function nothingLeft(evidence: JudgementFigures): Finding {
  const { badBlockShare, lowTileShare, extraSlope } = evidence;
  const figures = { badBlockShare, lowTileShare, extraSlope, ...touched(evidence) };
  return finding(
    'remainder',
    'for',
    'Nothing is left over that only one of them holds: no voice, no instrument, no noise.',
    figures,
  );
}

/** Voices, instruments and notes that only one of them holds. */
function sources(evidence: JudgementFigures): Finding[] {
  const { badBlockShare, lowTileShare, extraSlope, droppedShare = 0, clipped, steadyNoise } = evidence;
  const found: Finding[] = [];
  const excused = clipped || steadyNoise;
  const { touchedShare = 0, touchedSlope = 0, touchedFit = 0 } = evidence;
  if (!excused && lowTileShare >= LOW_TILE_SHARE && Math.abs(extraSlope) >= EXTRA_SLOPE) {
    const sentence = `${sideOf(extraSlope)} holds something on top of what both share: ${percent(lowTileShare)} of the common sound is covered by it.`;
    found.push(finding('remainder', 'against', sentence, { lowTileShare, extraSlope, badBlockShare }));
  } else if (!excused && isAdded({ touchedShare, touchedSlope, touchedFit })) {
    const sentence = `Something was added to ${sideOf(touchedSlope)}: the more of it there is at a place, the less the two agree there.`;
    found.push(finding('remainder', 'against', sentence, touched(evidence)));
  } else if (!clipped && evidence.foreignSource && touchedShare >= FOREIGN_SHARE) {
    const sentence =
      'A source of its own lies under the whole of one of them: it neither follows the music nor stands still.';
    found.push(finding('remainder', 'against', sentence, touched(evidence)));
  } else if (!excused && lowTileShare >= LOW_TILE_SHARE) {
    const weight = lowTileShare > LOW_TILE_SHARE_ALONE ? 'against' : 'neutral';
    const sentence = `${percent(lowTileShare)} of the common sound differ, and neither clearly holds more than the other.`;
    found.push(finding('remainder', weight, sentence, { lowTileShare, extraSlope, badBlockShare }));
  }
  if (!excused && droppedShare >= DROPPED_SHARE) {
    const sentence = `Some notes are other sounds in one than in the other: ${percent(droppedShare)} of the loud places.`;
    found.push(finding('remainder', 'against', sentence, { droppedShare }));
  }
  return found;
}

/** What makes waveforms differ without another recording. */
function spoilers({ clipped, steadyNoise }: JudgementFigures): Finding[] {
  return [
    ...(clipped
      ? [
          finding('remainder', 'neutral', 'The peaks of one are cut off (clipped), which explains what differs.', {
            clipped,
          }),
        ]
      : []),
    ...(steadyNoise
      ? [
          finding('remainder', 'neutral', 'Steady noise lies over one of them, which explains what differs.', {
            steadyNoise,
          }),
        ]
      : []),
  ];
}

function touched({ touchedShare, touchedSlope, touchedFit, droppedShare }: JudgementFigures): Finding['figures'] {
  return finding('remainder', 'neutral', '', { touchedShare, touchedSlope, touchedFit, droppedShare }).figures;
}

function sideOf(slope: number): 'A' | 'B' {
  return slope > 0 ? 'A' : 'B';
}

function damageOf({ a, b }: ComparedPair): Finding[] {
  const [aErrors, bErrors] = [a.sound?.integrity.errors ?? 0, b.sound?.integrity.errors ?? 0];
  if (aErrors === 0 && bErrors === 0) return [];
  const who = aErrors > 0 && bErrors > 0 ? 'Both files are' : aErrors > 0 ? 'A is' : 'B is';
  const sentence = `${who} damaged: the decoder complained, so there may be holes and jumps that nobody made.`;
  return [finding('remainder', 'neutral', sentence, { aDecodeErrors: aErrors, bDecodeErrors: bErrors })];
}

/** Do both come from one master? Says nothing about whether they are one recording. */
export function explainMaster({ verdict }: ComparedPair): Finding[] {
  const { master, evidence, relation } = verdict;
  if (relation !== 'same-recording' || evidence?.equalizationDb === undefined) return [];
  const { equalizationDb, gainSpreadDb = 0, gainDb = 0 } = evidence;
  const figures = { equalizationDb, gainSpreadDb, gainDb };
  const level =
    Math.abs(gainDb) < AUDIBLE_GAIN_DB ? '' : `, and ${gainDb > 0 ? 'B' : 'A'} is ${decibels(Math.abs(gainDb))} louder`;
  if (master === 'same')
    return [finding('master', 'for', `The same master: at most the coding differs${level}.`, figures)];
  const differences = `the tone differs by up to ${decibels(equalizationDb)} (EQ), the loudness over time by ${decibels(gainSpreadDb)}`;
  const who = master === 'other' ? 'Another master' : 'Perhaps the same master, perhaps another';
  return [finding('master', 'neutral', `${who}: ${differences}${level}.`, figures)];
}

function decibels(value: number): string {
  return `${Number(value.toFixed(value < 9.95 ? 1 : 0))} dB`;
}
