/** Why a copy is not kept, held against the one that is, in words that a person reads. */
import {
  type Aspect,
  type Copy,
  clippedShare,
  codecName,
  countTagFields,
  describeCoding,
  isTrulyLossless,
  type KeepRules,
} from '#audio';
import { codingOf, lengthOf } from './keeper-reasons.ts';
import { frequencyInWords } from './words.ts';

export interface Loss {
  readonly keeper: Copy;
  readonly loser: Copy;
  /** What decided between the two; `null` for copies that are equal in everything. */
  readonly aspect: Aspect | null;
  readonly rules: KeepRules;
  readonly isOtherMaster: boolean;
}

/** What decided, then what else sets the two apart; never empty. */
export function explainLoss(loss: Loss): string[] {
  const decisive = loss.aspect === null ? 'equal in everything' : AGAINST[loss.aspect](loss);
  return [decisive, ...(loss.isOtherMaster ? otherMaster(loss) : [])];
}

const AGAINST: Readonly<Record<Aspect, (loss: Loss) => string>> = {
  decodable: () => 'cannot be played',
  whole: ({ keeper, loser }) =>
    loser.truncated && !keeper.truncated
      ? `incomplete: ${lengthOf(loser)}, where the copy kept has ${lengthOf(keeper)}`
      : damage(loser),
  remains: ({ keeper, loser }) => `holds less: ${lengthOf(loser)} against ${lengthOf(keeper)}`,
  errors: ({ loser }) => damage(loser),
  'badly-clipped': againstClipping,
  lossless: againstSource,
  clipped: againstClipping,
  coding: againstSource,
  band: againstSource,
  resolution: againstCoding,
  length: ({ keeper, loser }) => `shorter: ${lengthOf(loser)} against ${lengthOf(keeper)}`,
  tags: ({ keeper, loser }) => {
    const [own, kept] = [countTagFields(loser.tags), countTagFields(keeper.tags)];
    return `fewer tags: ${own.filled} of ${own.of} fields, where the copy kept has ${kept.filled}`;
  },
  conflicts: () => 'its blocks of tags disagree with each other',
  cover: () => 'has no cover',
  age: ({ rules: { prefer } }) =>
    prefer === 'best' ? 'as good, but the newer file' : `the ${prefer === 'newest' ? 'older' : 'newer'} file`,
  name: () => 'as good, but later by name',
};

function damage({ sound }: Copy): string {
  return `damaged: ${sound?.integrity.complaints[0] ?? 'the decoder or a checksum complained'}`.replace(/\.$/, '');
}

function againstClipping({ keeper, loser }: Loss): string {
  const percent = (copy: Copy): string => `${(100 * clippedShare(copy)).toFixed(2)} %`;
  return `clipped: ${percent(loser)} of its samples, where the copy kept has ${percent(keeper)}`;
}

/** What its sound says where it says something, else what its coding says. */
function againstSource(loss: Loss): string {
  const { source, sound } = loss.loser;
  const isDoubted = source !== undefined && (source.isFromLossy || source.lacksToHz !== null);
  if (sound === null || !isDoubted) return againstCoding(loss);
  const codec = codecName(sound.stream.codec);
  const lossless = source.isFromLossy ? `${codec} made from a lossy file` : `${codec} of a poorer source`;
  const kind = sound.stream.lossless ? lossless : describeCoding(sound.stream);
  if (source.wall === null) return kind;
  return `${kind}: nothing above ${frequencyInWords(source.wall.hz)}${goingOn(loss.keeper, source.lacksToHz)}`;
}

/** How far the keeper goes, or another copy where the keeper is not known to. */
function goingOn({ source, sound }: Copy, lacksToHz: number | null): string {
  if (lacksToHz === null) return '';
  const reach = source?.wall?.hz ?? (sound === null ? lacksToHz : Math.min(lacksToHz, sound.stream.sampleRateHz / 2));
  return `, where the copy kept goes up to ${frequencyInWords(reach)}`;
}

function againstCoding({ keeper, loser }: Loss): string {
  const isLossyBesideLossless = isTrulyLossless(keeper) && !isTrulyLossless(loser);
  return `${isLossyBesideLossless ? 'lossy: ' : ''}${codingOf(loser)}, where the copy kept is ${codingOf(keeper)}`;
}

/** Shown, not judged: which master is the better one is a matter of taste. */
function otherMaster({ keeper, loser }: Loss): string[] {
  if (keeper.sound === null || loser.sound === null) return [];
  const [kept, own] = [masterFigures(keeper.sound.levels), masterFigures(loser.sound.levels)];
  const [louder, livelier] = [own.loudness - kept.loudness, own.dynamics - kept.dynamics];
  const isTone = Math.max(Math.abs(louder), Math.abs(livelier)) < 1;
  const difference = isTone
    ? 'another balance of high and low'
    : `${inDecibels(louder, 'louder', 'softer')}, ${inDecibels(livelier, 'more', 'less')} between its mean and its peaks`;
  return [`another master, which was not judged: ${difference}`];
}

function masterFigures({ rms, peak }: NonNullable<Copy['sound']>['levels']): { loudness: number; dynamics: number } {
  const loudness = 20 * Math.log10(Math.max(rms, 1e-6));
  return { loudness, dynamics: 20 * Math.log10(Math.max(peak, 1e-6)) - loudness };
}

function inDecibels(difference: number, more: string, less: string): string {
  return `${Math.abs(difference).toFixed(1)} dB ${difference < 0 ? less : more}`;
}
