/**
 * Which of two copies of one recording is better: a total order, compared figure by figure, so that the
 * choice depends on nothing but the copies and what {@link findSources} found among them. Wholeness comes before everything,
 * evidence before the prior of the codec, and what is left is settled by tags, age and name.
 *
 * Figures that are measured (bit rate, length) are compared in steps: what differs by less than a step
 * does not decide. A step has fixed edges, which keeps the order transitive.
 * @see docs/design/keeper.md
 */
import { isFullLossless, mp3Equivalent } from './coding.ts';
import { type Aspect, DEFAULT_RULES, type KeepRules, orderOf } from './keep-rules.ts';
import { usedResolution } from './resolution.ts';
import type { Source } from './source.ts';
import { type Integrity, isDamaged, type Levels, type SoundEvidence, type StreamInfo } from './stream.ts';
import { countTagFields } from './tag-fields.ts';
import type { TagReading } from './tags.ts';

/** What a copy is judged by. */
export interface Copy {
  readonly sound: {
    readonly stream: StreamInfo;
    readonly durationSeconds: number;
    readonly levels: Levels;
    readonly integrity: Integrity;
    readonly evidence?: SoundEvidence;
  } | null;
  /** Does it lack more than 3 s at an end that another copy has? */
  readonly truncated: boolean;
  /** What was found about its source among the copies at hand. Absent: nobody looked. */
  readonly source?: Source;
  readonly tags: TagReading | null;
  readonly mtimeNs: bigint;
  /** Must be different for every copy: it is the last resort. */
  readonly path: string;
}

/** Share of samples in clipped runs above which a copy is spoilt, whatever its coding: 441 samples a second of stereo. Chosen. */
const BADLY_CLIPPED = 0.005;
/** Share above which a copy counts as clipped among copies of one kind. Chosen above what loud masters have. */
const CLIPPED = 0.001;
/** Two bit rates within such a factor are alike. Chosen: half of the distance between 192 and 224. */
const CODING_STEP = Math.log(1.08);

/** Below 0 where `a` is the better copy, above where `b` is; 0 only for copies with the same path and facts. */
export function compareCopies(a: Copy, b: Copy, rules: KeepRules = DEFAULT_RULES): number {
  return decide(a, b, rules).order;
}

/** {@link compareCopies} with the aspect that decided; `null` where none does. */
export function decide(
  a: Copy,
  b: Copy,
  rules: KeepRules = DEFAULT_RULES,
): { readonly order: number; readonly aspect: Aspect | null } {
  for (const aspect of orderOf(rules)) {
    const order = by(aspect, a, b, rules);
    if (order !== 0) return { order: Math.sign(order), aspect };
  }
  return { order: 0, aspect: null };
}

function by(aspect: Aspect, a: Copy, b: Copy, { prefer }: KeepRules): number {
  if (aspect === 'name') return a.path === b.path ? 0 : a.path < b.path ? -1 : 1;
  if (aspect !== 'age') return FIGURES[aspect](b) - FIGURES[aspect](a);
  if (a.mtimeNs === b.mtimeNs) return 0;
  return a.mtimeNs < b.mtimeNs === (prefer !== 'newest') ? -1 : 1;
}

/** Is the whole recording there and undamaged, as far as is known? */
export function isWhole(copy: Copy): boolean {
  return copy.sound !== null && !copy.truncated && !isDamagedCopy(copy);
}

/** Did decoder or checksum complain about this copy? A copy that could not be decoded at all is damaged. */
export function isDamagedCopy({ sound }: Copy): boolean {
  return sound === null || isDamaged(sound.integrity, sound.stream.declaredSeconds);
}

/** Is it a full lossless coding that nothing speaks against: no wall of a lossy coder, and no copy that holds more? */
export function isTrulyLossless({ sound, source }: Copy): boolean {
  const isDoubted = source !== undefined && (source.isFromLossy || source.lacksToHz !== null);
  return sound !== null && isFullLossless(sound.stream) && !isDoubted;
}

/** Samples in clipped runs ÷ all samples, 0 … 1; 0 where there are none. */
export function clippedShare({ sound }: Copy): number {
  if (sound === null) return 0;
  const samples = sound.durationSeconds * sound.stream.sampleRateHz * sound.stream.channels;
  return samples > 0 ? sound.levels.clippedSamples / samples : 0;
}

/** Where all copies have the same flat peaks, the master had them. */
function isClipped(copy: Copy, share: number): boolean {
  return clippedShare(copy) > share && copy.source?.isOverdriven !== false;
}

/** Larger is better; finite for every copy. */
type Figure = (copy: Copy) => number;

const FIGURES: Readonly<Record<Exclude<Aspect, 'age' | 'name'>, Figure>> = {
  decodable: (copy) => (copy.sound === null ? 0 : 1),
  whole: (copy) => (isDamagedCopy(copy) ? 0 : 1) + (copy.truncated ? 0 : 2),
  remains: (copy) => (isWhole(copy) ? 0 : secondsOf(copy)),
  errors: (copy) => (isWhole(copy) ? 0 : -(copy.sound?.integrity.errors ?? 0)),
  'badly-clipped': (copy) => (isClipped(copy, BADLY_CLIPPED) ? 0 : 1),
  lossless: (copy) => (isTrulyLossless(copy) ? 1 : 0),
  clipped: (copy) => (isClipped(copy, CLIPPED) ? 0 : 1),
  coding: codingStep,
  band: ({ source }) => (source?.lacksToHz && source.wall ? source.wall.hz : Number.MAX_SAFE_INTEGER),
  resolution: resolutionOf,
  length: secondsOf,
  tags: (copy) => countTagFields(copy.tags).filled,
  conflicts: (copy) => -(copy.tags?.conflicts.length ?? 0),
  cover: (copy) => (copy.tags?.cover ? 1 : 0),
};

function secondsOf({ sound }: Copy): number {
  return Math.round(sound?.durationSeconds ?? 0);
}

function codingStep({ sound, source }: Copy): number {
  const kbps = sound === null ? 0 : Math.min(mp3Equivalent(sound.stream), source?.mostKbps ?? Number.POSITIVE_INFINITY);
  return kbps >= 1 ? Math.round(Math.log(kbps) / CODING_STEP) : 0;
}

/** Between lossless copies: stereo before mono, then width up to 24 bits, then rate, each as far as it is used. Nothing between others. */
function resolutionOf(copy: Copy): number {
  if (copy.sound === null || !isTrulyLossless(copy)) return 0;
  const { bits, rateHz } = usedResolution(copy.sound);
  return (Math.min(copy.sound.stream.channels, 2) * 32 + Math.min(bits, 24)) * 1e7 + Math.min(rateHz, 192_000);
}
