/** How coherent two sounds are over time, slot by slot along a course. At most some 1,200 slots are measured. */
import { SAMPLE_RATE } from '#fingerprint';
import { type LagMeter, overlapOf, SLOT_SAMPLES, type TimeLine } from '#signal';
import { type Curve, lineOf, type Stretch } from './course.ts';
import type { JudgeTools } from './judge.ts';

const MOST_SLOTS = 1200;
/** How far a rough offset may be off, in samples: a hop of a fingerprint and a half. */
const ROUGH_REACH = 2200;

/** Coherence over a's time, 0 … 1; each value stands at the middle of its slot. */
export function coherenceCurve(a: Int16Array, b: Int16Array, course: readonly Stretch[], tools: JudgeTools): Curve {
  const slots = Math.floor(a.length / SLOT_SAMPLES);
  const stride = Math.max(1, Math.ceil(slots / MOST_SLOTS));
  const values = new Float32Array(Math.ceil(slots / stride)).fill(Number.NaN);
  for (const stretch of course) {
    const line = trueLine(tools.lagMeter, a, b, stretch);
    const { from, to } = overlapOf(a.length, b.length, line);
    const first = Math.max(from, stretch.fromSeconds * SAMPLE_RATE);
    const end = Math.min(to, stretch.toSeconds * SAMPLE_RATE);
    // A slot belongs to the stretch that holds its middle.
    for (let i = Math.ceil(Math.max(0, first / SLOT_SAMPLES - 0.5) / stride); i < values.length; i++) {
      const x = i * stride * SLOT_SAMPLES;
      if (x + SLOT_SAMPLES / 2 > end) break;
      values[i] = tools.coherenceMeter.measure(a, b, line, x, 1, () => true).slotCoherence[0] ?? Number.NaN;
    }
  }
  const stepSeconds = (stride * SLOT_SAMPLES) / SAMPLE_RATE;
  return { startSeconds: SLOT_SAMPLES / SAMPLE_RATE / 2, stepSeconds, values };
}

/** The line, true to the sample: a rough one is put right by the lag in its middle. */
function trueLine(meter: LagMeter, a: Int16Array, b: Int16Array, stretch: Stretch): TimeLine {
  const line = lineOf(stretch);
  if (!stretch.isRough) return line;
  const middle = ((stretch.fromSeconds + stretch.toSeconds) / 2) * SAMPLE_RATE;
  const x = Math.max(0, Math.min(a.length - meter.blockSamples, Math.round(middle - meter.blockSamples / 2)));
  const lag = meter.at(a, b, line, x, ROUGH_REACH)?.samples ?? 0;
  return { start: line.step === 1 ? Math.round(line.start - lag) : line.start - lag, step: line.step };
}
