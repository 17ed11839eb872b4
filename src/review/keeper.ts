/** The copy worth keeping, and why, in words that a person reads. */
import {
  type Aspect,
  type Copy,
  compareCopies,
  countTagFields,
  decide,
  describeCoding,
  isDamagedCopy,
  isFullLossless,
} from '#audio';
import { secondsInWords } from './words.ts';

export interface KeeperChoice<T extends Copy> {
  readonly keeper: T;
  /** The decisive one first; never empty. */
  readonly reasons: readonly string[];
}

/** Chooses by the order of `compareCopies`; the answer does not depend on the order of `copies`, of which there is at least one. */
export function chooseKeeper<T extends Copy>(copies: readonly T[]): KeeperChoice<T> {
  const [keeper, ...others] = copies.toSorted(compareCopies);
  if (keeper === undefined) throw new RangeError('A keeper is chosen among at least one copy.');
  const byAspect = Map.groupBy(others, (other) => decide(keeper, other).aspect);
  const reasons = [...EXPLAIN].flatMap(([aspect, explain]) => {
    const beaten = byAspect.get(aspect);
    return beaten === undefined ? [] : [explain({ keeper, beaten, others })];
  });
  return { keeper, reasons: reasons.length > 0 ? reasons : ['the only copy'] };
}

interface Choice {
  readonly keeper: Copy;
  /** The copies that lose by this aspect, best first. */
  readonly beaten: readonly Copy[];
  /** All copies but the keeper. */
  readonly others: readonly Copy[];
}

const EXPLAIN: ReadonlyMap<Aspect, (choice: Choice) => string> = new Map([
  ['decodable', ({ beaten }) => `can be played: ${some(beaten)} cannot`],
  ['whole', explainWhole],
  ['remains', ({ keeper }) => `none is whole: this one holds most, ${lengthOf(keeper)}`],
  ['errors', () => 'none is whole: this one has the fewest errors'],
  ['badly-clipped', ({ beaten }) => `not clipped: ${some(beaten)} ${isOrAre(beaten)}`],
  ['lossless', explainLossless],
  ['clipped', ({ beaten }) => `not clipped: ${some(beaten)} ${isOrAre(beaten)}`],
  ['coding', explainCoding],
  ['resolution', explainCoding],
  ['length', ({ keeper, beaten }) => `longest: ${lengthOf(keeper)} against ${lengthOf(beaten[0])}`],
  ['tags', explainTags],
  ['conflicts', () => 'its tags agree with each other'],
  ['cover', () => 'has a cover'],
  [
    'age',
    ({ others, beaten }) =>
      others.length === beaten.length ? 'equally good: the oldest file' : 'the oldest of the best',
  ],
  [
    'name',
    ({ others, beaten }) =>
      others.length === beaten.length ? 'equally good: the first by name' : 'the first by name of the best',
  ],
]);

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
  const isOnly = !others.some(({ sound }) => sound !== null && isFullLossless(sound.stream));
  const coding = keeper.sound === null ? '' : ` (${describeCoding(keeper.sound.stream)})`;
  return isOnly ? `the only lossless copy${coding}` : `lossless${coding}: ${some(beaten)} ${isOrAre(beaten)} not`;
}

function explainCoding({ keeper, beaten }: Choice): string {
  const codings = [
    ...new Set([keeper, ...beaten].flatMap(({ sound }) => (sound === null ? [] : describeCoding(sound.stream)))),
  ];
  const [own, ...rest] = codings;
  return `${own} against ${rest.slice(0, 3).join(', ')}${rest.length > 3 ? ` and ${rest.length - 3} more` : ''}`;
}

function explainTags({ keeper }: Choice): string {
  const { filled, of } = countTagFields(keeper.tags);
  return `most complete tags (${filled} of ${of} fields)`;
}

function secondsOf({ sound }: Copy): number {
  return sound?.durationSeconds ?? 0;
}

function lengthOf(copy: Copy | undefined): string {
  return secondsInWords(copy === undefined ? 0 : secondsOf(copy));
}

const COUNTS = ['none', 'another', 'two others', 'three others', 'four others', 'five others'];

function some(copies: readonly Copy[]): string {
  return COUNTS[copies.length] ?? `${copies.length} others`;
}

function isOrAre(copies: readonly Copy[]): string {
  return copies.length === 1 ? 'is' : 'are';
}
