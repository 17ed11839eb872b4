/**
 * Which of two copies of one recording is better: a total order, compared figure by figure, so that the
 * choice depends on nothing but the copies. Wholeness comes before everything, evidence before the prior of
 * the codec, and what is left is settled by tags, age and name.
 *
 * Figures that are measured (bit rate, length) are compared in steps: what differs by less than a step
 * does not decide. A step has fixed edges, which keeps the order transitive.
 * @see docs/design/keeper.md
 */
import { isFullLossless, mp3Equivalent } from './coding.ts';
import { type Integrity, isDamaged, type Levels, type StreamInfo } from './stream.ts';
import { countTagFields } from './tag-fields.ts';
import type { TagReading } from './tags.ts';

/** What a copy is judged by. */
export interface Copy {
  readonly sound: {
    readonly stream: StreamInfo;
    readonly durationSeconds: number;
    readonly levels: Levels;
    readonly integrity: Integrity;
  } | null;
  /** Does it lack more than 3 s at an end that another copy has? */
  readonly truncated: boolean;
  readonly tags: TagReading | null;
  readonly mtimeNs: bigint;
  /** Must be different for every copy: it is the last resort. */
  readonly path: string;
}

/** What two copies are compared in, the weightiest first. */
export type Aspect =
  | 'decodable'
  | 'whole'
  | 'remains'
  | 'errors'
  | 'badly-clipped'
  | 'lossless'
  | 'clipped'
  | 'coding'
  | 'resolution'
  | 'length'
  | 'tags'
  | 'conflicts'
  | 'cover'
  | 'age'
  | 'name';

/** Share of samples in clipped runs above which a copy is spoilt, whatever its coding: 441 samples a second of stereo. Chosen. */
const BADLY_CLIPPED = 0.005;
/** Share above which a copy counts as clipped among copies of one kind. Chosen above what loud masters have. */
const CLIPPED = 0.001;
/** Two bit rates within such a factor are alike. Chosen: half of the distance between 192 and 224. */
const CODING_STEP = Math.log(1.08);

/** Below 0 where `a` is the better copy, above where `b` is; 0 only for copies with the same path and facts. */
export function compareCopies(a: Copy, b: Copy): number {
  return decide(a, b).order;
}

/** {@link compareCopies} with the aspect that decided; `null` where none does. */
export function decide(a: Copy, b: Copy): { readonly order: number; readonly aspect: Aspect | null } {
  for (const [aspect, figure] of FIGURES) {
    const order = figure(b) - figure(a);
    if (order !== 0) return { order: Math.sign(order), aspect };
  }
  if (a.mtimeNs !== b.mtimeNs) return { order: a.mtimeNs < b.mtimeNs ? -1 : 1, aspect: 'age' };
  if (a.path !== b.path) return { order: a.path < b.path ? -1 : 1, aspect: 'name' };
  return { order: 0, aspect: null };
}

/** Is the whole recording there and undamaged, as far as is known? */
export function isWhole(copy: Copy): boolean {
  return copy.sound !== null && !copy.truncated && !isDamagedCopy(copy);
}

/** Did decoder or checksum complain about this copy? A copy that could not be decoded at all is damaged. */
export function isDamagedCopy({ sound }: Copy): boolean {
  return sound === null || isDamaged(sound.integrity, sound.stream.declaredSeconds);
}

/** Larger is better; finite for every copy. */
type Figure = (copy: Copy) => number;

const FIGURES: readonly (readonly [Aspect, Figure])[] = [
  ['decodable', (copy) => (copy.sound === null ? 0 : 1)],
  ['whole', (copy) => (isDamagedCopy(copy) ? 0 : 1) + (copy.truncated ? 0 : 2)],
  ['remains', (copy) => (isWhole(copy) ? 0 : secondsOf(copy))],
  ['errors', (copy) => (isWhole(copy) ? 0 : -(copy.sound?.integrity.errors ?? 0))],
  ['badly-clipped', (copy) => (clippedShare(copy) > BADLY_CLIPPED ? 0 : 1)],
  ['lossless', (copy) => (copy.sound !== null && isFullLossless(copy.sound.stream) ? 1 : 0)],
  ['clipped', (copy) => (clippedShare(copy) > CLIPPED ? 0 : 1)],
  ['coding', codingStep],
  ['resolution', resolutionOf],
  ['length', secondsOf],
  ['tags', (copy) => countTagFields(copy.tags).filled],
  ['conflicts', (copy) => -(copy.tags?.conflicts.length ?? 0)],
  ['cover', (copy) => (copy.tags?.cover ? 1 : 0)],
];

function secondsOf({ sound }: Copy): number {
  return Math.round(sound?.durationSeconds ?? 0);
}

/** Samples in clipped runs ÷ all samples, 0 … 1; 0 where there are none. */
function clippedShare({ sound }: Copy): number {
  if (sound === null) return 0;
  const samples = sound.durationSeconds * sound.stream.sampleRateHz * sound.stream.channels;
  return samples > 0 ? sound.levels.clippedSamples / samples : 0;
}

function codingStep({ sound }: Copy): number {
  const kbps = sound === null ? 0 : mp3Equivalent(sound.stream);
  return kbps >= 1 ? Math.round(Math.log(kbps) / CODING_STEP) : 0;
}

/** Between lossless copies: stereo before mono, then width up to 24 bits, then rate. Nothing between lossy ones. */
function resolutionOf({ sound }: Copy): number {
  if (sound === null || !isFullLossless(sound.stream)) return 0;
  const { channels, bitsPerSample, sampleRateHz } = sound.stream;
  return (Math.min(channels, 2) * 32 + Math.min(bitsPerSample ?? 16, 24)) * 1e7 + Math.min(sampleRateHz, 192_000);
}
