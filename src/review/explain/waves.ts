/** What the waveforms tell: along which line they run together, and how much they agree there. */
import { LIVELY, PERFORMANCE_COHERENCE, SAME_COHERENCE, SAME_LOW_COHERENCE } from '#matching';
import { type ComparedPair, type Finding, finding, isMute, percent, placeWords, span, speedWords } from './finding.ts';
import { endsOf } from './shape.ts';

/** Unrelated sounds stay below: the coherence map's measure. */
const UNRELATED_COHERENCE = 0.06;

export function explainAlignment(pair: ComparedPair): Finding[] {
  const { verdict, places, notes } = pair;
  if (verdict.coherence === null) {
    const wasLaid = (places?.length ?? 0) > 0 || notes;
    if (places === undefined || isMute(pair.a) || isMute(pair.b)) return [];
    return [wasLaid ? unaligned(pair) : nowhere()];
  }
  const { offsetSeconds, speedRatio, segments } = verdict;
  const place = { offsetSeconds: offsetSeconds ?? 0, speedRatio: speedRatio ?? 1 };
  const ends = endsOf(pair);
  const agreed = segments.reduce((sum, { seconds }) => sum + seconds, 0);
  const aShare = share(agreed, ends?.aSeconds);
  const bShare = share(agreed / place.speedRatio, ends?.bSeconds);
  const where = `To the millisecond, ${placeWords(place, 3)}, ${speedWords(place.speedRatio)}`;
  const sentence = `${where}; so they run together for ${span(agreed)}, ${whole(aShare)} of A and ${whole(bShare)} of B.`;
  return [
    finding('alignment', 'for', sentence, {
      offsetSeconds,
      speedRatio,
      overlapSeconds: verdict.overlapSeconds,
      aShare: Math.round(1000 * aShare) / 1000,
      bShare: Math.round(1000 * bShare) / 1000,
      aHeadSeconds: ends?.head.a,
      bHeadSeconds: ends?.head.b,
      aTailSeconds: ends?.tail.a,
      bTailSeconds: ends?.tail.b,
    }),
  ];
}

/** The grid of a second allows no more. */
function whole(part: number): string {
  return `${Math.round(100 * part)} %`;
}

function share(seconds: number, of: number | undefined): number {
  return of ? Math.min(1, seconds / of) : 0;
}

function unaligned({ verdict }: ComparedPair): Finding {
  const sentence = 'Laid over each other there, the waveforms run together nowhere, not even for two seconds.';
  return finding('alignment', 'against', sentence, {
    offsetSeconds: verdict.offsetSeconds,
    speedRatio: verdict.speedRatio,
  });
}

function nowhere(): Finding {
  return finding(
    'alignment',
    'neutral',
    'There was no place at which the waveforms could have been laid over each other.',
  );
}

export function explainWaves({ verdict }: ComparedPair): Finding[] {
  const { coherence, evidence } = verdict;
  if (coherence === null) return [];
  const low = evidence?.lowCoherence;
  const isSame = coherence >= SAME_COHERENCE && (low ?? coherence) >= SAME_LOW_COHERENCE;
  const weight = isSame ? 'for' : coherence < PERFORMANCE_COHERENCE ? 'against' : 'neutral';
  const weakest = low === undefined ? '' : `, in their weakest tenth by ${percent(low)}`;
  const yardstick =
    `unrelated sounds stay under ${percent(UNRELATED_COHERENCE)}, other performances under ` +
    `${percent(PERFORMANCE_COHERENCE)}, one recording lies over ${percent(SAME_COHERENCE)}`;
  const sentence = `Where they run together, the waveforms agree by ${percent(coherence)}${weakest} (${yardstick}).`;
  const figures = { coherence, lowCoherence: low, liveliness: evidence?.liveliness };
  return [finding('waveforms', weight, sentence, figures), ...steady(evidence?.liveliness)];
}

function steady(liveliness: number | undefined): Finding[] {
  if (liveliness === undefined || liveliness >= LIVELY) return [];
  const sentence = 'The sound hardly changes: tones and steady noise agree whoever made them, so this proves nothing.';
  return [finding('waveforms', 'neutral', sentence, { liveliness })];
}
