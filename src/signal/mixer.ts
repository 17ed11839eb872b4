/** Several channels as one. */
import type { SampleView } from './sample-view.ts';

/** Fills `target` with the mean of the channels from frame `from` on, 1 at full scale. */
export type Mixer = (view: SampleView, channels: number, from: number, target: Float32Array) => void;

/** Floats may hold anything; beyond this they are damage. */
const LARGEST = 8;

/** Makes a mixer with work space of its own, since making that anew would take longer than mixing. */
export function createMixer(): Mixer {
  let integers = new Int16Array(0);
  let floats = new Float32Array(0);
  return (view, channels, from, target) => {
    const length = target.length * channels;
    if (view.isS16) {
      if (integers.length < length) integers = new Int16Array(length);
      view.copy(integers, from * channels, length);
      mixIntegers(integers, channels, target);
    } else {
      if (floats.length < length) floats = new Float32Array(length);
      view.copy(floats, from * channels, length);
      mixFloats(floats, channels, target);
    }
  };
}

function mixIntegers(samples: Int16Array, channels: number, target: Float32Array): void {
  const each = 1 / (32_768 * channels);
  for (let i = 0, at = 0; i < target.length; i++) {
    let sum = 0;
    for (const end = at + channels; at < end; at++) sum += samples[at]!;
    target[i] = sum * each;
  }
}

function mixFloats(samples: Float32Array, channels: number, target: Float32Array): void {
  const each = 1 / channels;
  for (let i = 0, at = 0; i < target.length; i++) {
    let sum = 0;
    for (const end = at + channels; at < end; at++) sum += samples[at]!;
    const mean = sum * each;
    target[i] = mean > -LARGEST && mean < LARGEST ? mean : 0;
  }
}
