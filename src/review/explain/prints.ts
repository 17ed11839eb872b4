/** What the fingerprints tell: where b may lie over a, how much agrees there, and what chance would do. */
import { RELATED_SIGNIFICANCE } from '#matching';
import { type ComparedPair, type Finding, finding, isMute, percent, placeWords, speedWords } from './finding.ts';

/** Above this many differing bits two sounds have nothing to do with each other; strangers differ by 0.4 to 0.5. */
const UNRELATED_ERRORS = 0.38;

export function explainPrints(pair: ComparedPair): Finding[] {
  if (pair.places === undefined && pair.verdict.significance == null) return [];
  if (isMute(pair.a) || isMute(pair.b)) return [];
  const agreeing = pair.verdict.coherence !== null && pair.verdict.bitErrorRate !== null;
  return [...(agreeing ? [agreement(pair)] : [searched(pair)]), ...notesFinding(pair), ...chance(pair)];
}

/** Where something agrees in the waveforms, too. */
function agreement({ verdict, places }: ComparedPair): Finding {
  const { bitErrorRate, offsetSeconds, speedRatio, similarity } = verdict;
  const rate = bitErrorRate ?? 0;
  const place = { offsetSeconds: offsetSeconds ?? 0, speedRatio: speedRatio ?? 1 };
  const weight = rate < UNRELATED_ERRORS ? 'for' : 'neutral';
  const where = `Where ${placeWords(place, 1)}, ${speedWords(place.speedRatio)}`;
  const sentence = `${where}, ${percent(rate)} of the fingerprints' bits differ; between unrelated sounds about half do.`;
  return finding('fingerprints', weight, sentence, {
    bitErrorRate,
    similarity,
    places: places?.length,
    codesInCommon: places?.[0]?.votes,
  });
}

/** Where nothing agrees in the waveforms: what the search had to offer. */
function searched({ places = [] }: ComparedPair): Finding {
  const best = places[0];
  if (!best)
    return finding('fingerprints', 'against', 'The fingerprints have no short passage in common.', { places: 0 });
  const many = places.length > 1 ? `, and at ${places.length - 1} other place${places.length > 2 ? 's' : ''}` : '';
  const sentence =
    `Some short passages have alike fingerprints where ${placeWords(best, 1)}, ${speedWords(best.speedRatio)}${many}; ` +
    'a few such passages are alike by chance, too.';
  return finding('fingerprints', 'neutral', sentence, {
    places: places.length,
    codesInCommon: best.votes,
    offsetSeconds: best.offsetSeconds,
    speedRatio: best.speedRatio,
  });
}

/** The best that the notes gave, where they were asked. */
function notesFinding({ notes }: ComparedPair): Finding[] {
  if (notes === undefined) return [];
  if (notes === null) {
    const sentence =
      'The notes were laid over each other at every place, speed and pitch within reach, and nowhere run together.';
    return [finding('fingerprints', 'against', sentence)];
  }
  const { bitErrorRate, significance, offsetSeconds, tempoRatio, pitchRatio, support } = notes;
  const figures = { bitErrorRate, significance, offsetSeconds, speedRatio: tempoRatio, pitchRatio, support };
  const isRelated = significance >= RELATED_SIGNIFICANCE;
  const place = { offsetSeconds, speedRatio: tempoRatio };
  const where = `${placeWords(place, 1)}, ${speedWords(tempoRatio)}${pitchWords(pitchRatio)}`;
  const sentence = isRelated
    ? `The notes are the same music where ${where}: ${percent(bitErrorRate)} of the bits differ, in unrelated sounds about half.`
    : `At the best place that the notes have, where ${where}, ${percent(bitErrorRate)} of the bits differ; unrelated sounds come as near.`;
  return [finding('fingerprints', isRelated ? 'for' : 'against', sentence, figures)];
}

function pitchWords(ratio: number): string {
  const change = 100 * (ratio - 1);
  return Math.abs(change) < 0.4
    ? ''
    : `, B's pitch ${Math.abs(change).toFixed(1)} % ${change > 0 ? 'higher' : 'lower'}`;
}

/** What unrelated sounds would do. */
function chance({ verdict: { significance, expectedFalse, coherence } }: ComparedPair): Finding[] {
  if (expectedFalse == null || coherence === null) return [];
  const figures = { significance, expectedFalse };
  if (expectedFalse > 0.05) {
    const sentence = `Unrelated sounds agree so well in ${percent(Math.min(1, expectedFalse))} of all cases: that proves nothing.`;
    return [finding('fingerprints', 'neutral', sentence, figures)];
  }
  const rarity =
    expectedFalse < 1e-9
      ? 'fewer than one pair in a thousand million'
      : `about one pair in ${rounded(1 / expectedFalse)}`;
  return [finding('fingerprints', 'for', `Of unrelated sounds, ${rarity} would agree so well by chance.`, figures)];
}

/** Two digits, with commas. */
function rounded(value: number): string {
  return Number(value.toPrecision(1)).toLocaleString('en-US');
}
