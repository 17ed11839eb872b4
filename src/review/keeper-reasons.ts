/** Why the keeper is kept, in words that a person reads. */
import {
  type Aspect,
  type Copy,
  countTagFields,
  describeCoding,
  isDamagedCopy,
  isTrulyLossless,
  type KeepRules,
  orderOf,
  usedResolution,
} from '#audio';
import { frequencyInWords, secondsInWords } from './words.ts';

/** A copy that is not kept, and what decided against it. */
export interface Beaten {
  readonly copy: Copy;
  readonly aspect: Aspect | null;
}

/** The weightiest reason first; never empty. */
export function explainChoice(keeper: Copy, beaten: readonly Beaten[], rules: KeepRules): string[] {
  const others = beaten.map(({ copy }) => copy);
  const byAspect = Map.groupBy(beaten, ({ aspect }) => aspect);
  const reasons = orderOf(rules).flatMap((aspect) => {
    const lost = byAspect.get(aspect)?.map(({ copy }) => copy);
    return lost === undefined ? [] : [EXPLAIN[aspect]({ keeper, beaten: lost, others, rules })];
  });
  return reasons.length > 0 ? reasons : ['the only copy'];
}

interface Choice {
  readonly keeper: Copy;
  /** The copies that lose by this aspect, best first. */
  readonly beaten: readonly Copy[];
  /** All copies but the keeper. */
  readonly others: readonly Copy[];
  readonly rules: KeepRules;
}

const EXPLAIN: Readonly<Record<Aspect, (choice: Choice) => string>> = {
  decodable: ({ beaten }) => `can be played: ${some(beaten)} cannot`,
  whole: explainWhole,
  remains: ({ keeper }) => `none is whole: this one holds most, ${lengthOf(keeper)}`,
  errors: () => 'none is whole: this one has the fewest errors',
  'badly-clipped': ({ beaten }) => `not clipped: ${some(beaten)} ${isOrAre(beaten)}`,
  lossless: explainLossless,
  clipped: ({ beaten }) => `not clipped: ${some(beaten)} ${isOrAre(beaten)}`,
  coding: explainCoding,
  band: ({ beaten }) =>
    `holds what ${some(beaten)} ${beaten.length === 1 ? 'lacks' : 'lack'} above ${bandOf(beaten[0])}`,
  resolution: explainCoding,
  length: ({ keeper, beaten }) => `longest: ${lengthOf(keeper)} against ${lengthOf(beaten[0])}`,
  tags: explainTags,
  conflicts: () => 'its tags agree with each other',
  cover: () => 'has a cover',
  age: explainAge,
  name: ({ others, beaten }) =>
    others.length === beaten.length ? 'equally good: the first by name' : 'the first by name of the best',
};

function explainAge({ others, beaten, rules: { prefer } }: Choice): string {
  if (prefer !== 'best') return `the ${prefer} file, which is preferred`;
  return others.length === beaten.length ? 'equally good: the oldest file' : 'the oldest of the best';
}

function bandOf(copy: Copy | undefined): string {
  return frequencyInWords(copy?.source?.wall?.hz ?? 0);
}

function explainWhole({ beaten }: Choice): string {
  const truncated = beaten.filter((copy) => copy.truncated);
  const damaged = beaten.filter((copy) => !copy.truncated && isDamagedCopy(copy));
  const [shortest] = truncated.toSorted((a, b) => secondsOf(a) - secondsOf(b));
  const parts = [
    truncated.length > 0
      ? `${some(truncated)} ${truncated.length === 1 ? 'has' : 'have'} only ${lengthOf(shortest)}${truncated.length > 1 ? ' or a little more' : ''}`
      : '',
    damaged.length > 0 ? `${some(damaged)} ${isOrAre(damaged)} damaged` : '',
  ];
  return `complete: ${parts.filter((part) => part !== '').join(', ')}`;
}

function explainLossless({ keeper, others, beaten }: Choice): string {
  const coding = ` (${codingOf(keeper)})`;
  if (!others.some(isTrulyLossless)) return `the only lossless copy${coding}`;
  return `lossless${coding}: ${some(beaten)} ${isOrAre(beaten)} not`;
}

function explainCoding({ keeper, beaten }: Choice): string {
  const [own, ...rest] = [...new Set([keeper, ...beaten].map(codingOf))];
  return `${own} against ${rest.slice(0, 3).join(', ')}${rest.length > 3 ? ` and ${rest.length - 3} more` : ''}`;
}

/** The coding of a copy, with what its sound says against it: `FLAC 24 bit / 96 kHz (used: 16 bit / 44.1 kHz)`. */
export function codingOf(copy: Copy): string {
  const { sound, source } = copy;
  if (sound === null) return 'nothing';
  const coding = describeCoding(sound.stream);
  if (source?.isFromLossy) return `${coding} made from a lossy file`;
  if (source?.lacksToHz && source.wall) return `${coding} that ends at ${frequencyInWords(source.wall.hz)}`;
  return isTrulyLossless(copy) ? `${coding}${unused(sound)}` : coding;
}

function unused(sound: NonNullable<Copy['sound']>): string {
  const { bits, rateHz } = usedResolution(sound);
  const declared = sound.stream.bitsPerSample ?? bits;
  const parts = [
    bits < declared ? `${bits} bit` : '',
    rateHz < sound.stream.sampleRateHz ? `${Number((rateHz / 1000).toFixed(1))} kHz` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : ` (used: ${parts.join(' / ')})`;
}

function explainTags({ keeper }: Choice): string {
  const { filled, of } = countTagFields(keeper.tags);
  return `most complete tags (${filled} of ${of} fields)`;
}

function secondsOf({ sound }: Copy): number {
  return sound?.durationSeconds ?? 0;
}

/** The length of a copy, as people say it. */
export function lengthOf(copy: Copy | undefined): string {
  return secondsInWords(copy === undefined ? 0 : secondsOf(copy));
}

const COUNTS = ['none', 'another', 'two others', 'three others', 'four others', 'five others'];

function some(copies: readonly Copy[]): string {
  return COUNTS[copies.length] ?? `${copies.length} others`;
}

function isOrAre(copies: readonly Copy[]): string {
  return copies.length === 1 ? 'is' : 'are';
}
