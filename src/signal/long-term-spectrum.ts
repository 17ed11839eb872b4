/** How loud each frequency is over a whole sound: on average, and in its loud moments. Memory does not grow with it. */

export interface LongTermSpectrum {
  /** Bin `k` lies at `k · binHz`. */
  readonly binHz: number;
  /** Mean power by bin, in dB; 0 dB is a full-scale sine, {@link SILENT_DB} the least. */
  readonly mean: Float32Array;
  /** The level that is exceeded for a twentieth of the time, in whole dB. Empty, as `mean`, where there is no sound. */
  readonly loud: Float32Array;
}

export interface LongTermMeter {
  /** Takes the power by bin of a frame; 1 is a full-scale sine. Nothing of it is kept. */
  push(power: Float32Array, weight: number): void;
  finish(): LongTermSpectrum;
}

/** The least level that is told apart from silence, in dB. */
export const SILENT_DB = -150;
const LOUDEST_DB = 20;
const STEPS = LOUDEST_DB - SILENT_DB + 1;
const LOUD_SHARE = 0.05;

/** @param bins per frame, 0 Hz and half the sample rate included */
export function createLongTermMeter(bins: number, binHz: number): LongTermMeter {
  const sums = new Float64Array(bins);
  const tallies = new Uint32Array(bins * STEPS);
  let total = 0;
  return {
    push(power, weight) {
      for (let bin = 0; bin < bins; bin++) {
        sums[bin] = sums[bin]! + weight * power[bin]!;
        const at = bin * STEPS + stepOf(power[bin]!);
        tallies[at] = tallies[at]! + weight;
      }
      total += weight;
    },
    finish() {
      const length = total > 0 ? bins : 0;
      return {
        binHz,
        mean: Float32Array.from({ length }, (_, bin) => Math.max(SILENT_DB, 10 * Math.log10(sums[bin]! / total))),
        loud: Float32Array.from({ length }, (_, bin) => loudStep(tallies, bin, total) + SILENT_DB),
      };
    },
  };
}

function stepOf(power: number): number {
  if (!(power > 0)) return 0;
  return Math.max(0, Math.min(STEPS - 1, Math.round(10 * Math.log10(power) - SILENT_DB)));
}

function loudStep(tallies: Uint32Array, bin: number, total: number): number {
  let above = 0;
  for (let step = STEPS - 1; step > 0; step--) {
    above += tallies[bin * STEPS + step]!;
    if (above >= total * LOUD_SHARE) return step;
  }
  return 0;
}
