/**
 * A second look at left and right where the sum of both does not decide: a copy may hold one channel alone, or both
 * channels may have been changed in a way that their sum does not show, such as wide clipping or one channel turned over.
 * Two wide sounds are the same only if both of their channels are: what is mixed into one side alone is another mix.
 */
import { type JudgedSound, type JudgeTools, judgeSounds } from './judge.ts';
import type { OffsetHypothesis, Verdict } from './verdict.ts';

/** Left and right of a sound; the same array twice where it has one channel. Mono PCM at 11,025 Hz each. */
export interface Sides {
  readonly left: Int16Array;
  readonly right: Int16Array;
}

/** A sound with its channels. */
export interface JudgedSides extends JudgedSound {
  readonly sides: Sides;
}

/** Below this share of the middle's energy, −27 dB, the sides change nothing. Measured: −20 dB made a channel doubtful. */
const WIDE = 0.002;
/** Where the sums agree by less than this, none of the channels is the same either. Measured: one channel alone, 0.25 and more. */
const LEAST_COHERENCE = 0.2;

/** Might left and right tell more than this verdict on the sums? */
export function isWorthSides({ relation, coherence }: Verdict): boolean {
  if (relation === 'different') return true;
  const open = relation === 'shared-parts' || relation === 'other-performance' || relation === 'unsure';
  return open && (coherence === null || coherence >= LEAST_COHERENCE);
}

/**
 * The verdict on the channels where one of them, or both, decide; `onSums`, the verdict on the sums, where they do not.
 * Symmetric as {@link judgeSounds}.
 */
export function judgeSides(
  a: JudgedSides,
  b: JudgedSides,
  offsets: readonly OffsetHypothesis[],
  onSums: Verdict,
  tools: JudgeTools,
): Verdict {
  const [aWide, bWide] = [isWide(a.sides), isWide(b.sides)];
  const judge = (one: Int16Array, other: Int16Array): Verdict =>
    judgeSounds({ ...a, pcm: one }, { ...b, pcm: other }, offsets, tools);
  if (aWide && bWide) return bothChannels(a.sides, b.sides, judge) ?? onSums;
  if (!aWide && !bWide) return onSums;
  const alone = aWide
    ? bestOf(judge(a.sides.left, b.pcm), judge(a.sides.right, b.pcm))
    : bestOf(judge(a.pcm, b.sides.left), judge(a.pcm, b.sides.right));
  return alone ? withReason(alone, 'One of the two holds a single channel of the other.') : onSums;
}

/** Does the difference of the channels hold enough for a look at each? */
function isWide({ left, right }: Sides): boolean {
  if (left === right) return false;
  let [middle, side] = [0, 0];
  for (let i = 0; i < left.length; i++) {
    middle += (left[i]! + right[i]!) ** 2;
    side += (left[i]! - right[i]!) ** 2;
  }
  return side > WIDE * middle && isHeard(left) && isHeard(right);
}

function isHeard(channel: Int16Array): boolean {
  let power = 0;
  for (let i = 0; i < channel.length; i++) power += channel[i]! ** 2;
  return power > channel.length;
}

/** The same, channel by channel or crosswise; `undefined` where they are not. */
function bothChannels(a: Sides, b: Sides, judge: (one: Int16Array, other: Int16Array) => Verdict): Verdict | undefined {
  for (const [first, second] of [[b.left, b.right] as const, [b.right, b.left] as const]) {
    const left = judge(a.left, first);
    if (left.relation !== 'same-recording') continue;
    const right = judge(a.right, second);
    if (right.relation !== 'same-recording') return undefined;
    const weaker = (left.coherence ?? 0) <= (right.coherence ?? 0) ? left : right;
    return withReason(weaker, 'The channels agree one by one, although their sums do not.');
  }
  return undefined;
}

/** The more coherent one of those that are the same recording. */
function bestOf(left: Verdict, right: Verdict): Verdict | undefined {
  return [left, right]
    .filter(({ relation }) => relation === 'same-recording')
    .sort((one, other) => (other.coherence ?? 0) - (one.coherence ?? 0))[0];
}

function withReason(verdict: Verdict, reason: string): Verdict {
  return { ...verdict, reasons: [...verdict.reasons, reason] };
}
