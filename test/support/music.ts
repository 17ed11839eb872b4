/** Sounds made by seed, at the fingerprint rate, for tests that need something like music. */

const SAMPLE_RATE = 11025;

/** Numbers in [0, 1) that depend on the seed alone. @see mulberry32 */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Melodies of plucked notes with overtones over noise bursts: lively enough to be judged. About −12 dB. */
export function music(
  seed: number,
  seconds: number,
  { voices = 4, peak = 8000 }: { readonly voices?: number; readonly peak?: number } = {},
): Float32Array {
  const random = createRandom(seed);
  const out = new Float32Array(Math.round(seconds * SAMPLE_RATE));
  for (let voice = 0; voice < voices; voice++) {
    for (let at = Math.floor(random() * 2000); at < out.length; ) {
      const length = Math.round((0.1 + random() * 0.5) * SAMPLE_RATE);
      pluck(out, at, length, 110 * 2 ** (Math.floor(random() * 36) / 12), random);
      at += length;
    }
  }
  return scaled(out, peak);
}

function pluck(out: Float32Array, at: number, length: number, hz: number, random: () => number): void {
  const end = Math.min(out.length, at + length * 2);
  const loudness = 0.3 + random();
  const phases = Array.from({ length: 8 }, () => random() * 2 * Math.PI);
  const bright = 0.4 + random() * 0.5;
  for (let i = at; i < end; i++) {
    const t = (i - at) / SAMPLE_RATE;
    let sum = Math.exp(-30 * t) * (random() - 0.5) * 2;
    for (let k = 1; k <= 8 && k * hz < 5000; k++) {
      sum += bright ** k * Math.exp(-(2 + k) * t) * Math.sin(2 * Math.PI * hz * k * t + phases[k - 1]!);
    }
    out[i] = out[i]! + loudness * sum;
  }
}

/** White noise of this effective level. */
export function noise(seed: number, seconds: number, level: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from(
    { length: Math.round(seconds * SAMPLE_RATE) },
    () => (random() - 0.5) * Math.sqrt(12) * level,
  );
}

/** A steady tone. */
export function tone(hz: number, seconds: number, peak: number): Float32Array {
  return Float32Array.from(
    { length: Math.round(seconds * SAMPLE_RATE) },
    (_, i) => peak * Math.sin((2 * Math.PI * hz * i) / SAMPLE_RATE),
  );
}

/** Sample by sample; the shorter one counts as silent beyond its end. */
export function mixed(one: Float32Array, other: Float32Array): Float32Array {
  return Float32Array.from({ length: Math.max(one.length, other.length) }, (_, i) => (one[i] ?? 0) + (other[i] ?? 0));
}

export function joined(...parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The stretch `[from, to)` in seconds. */
export function cut(sound: Float32Array, from: number, to: number): Float32Array {
  return sound.slice(Math.round(from * SAMPLE_RATE), Math.round(to * SAMPLE_RATE));
}

export function silence(seconds: number): Float32Array {
  return new Float32Array(Math.round(seconds * SAMPLE_RATE));
}

/** Scaled so that the largest sample is `peak`. */
export function scaled(sound: Float32Array, peak: number): Float32Array {
  const highest = sound.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  return sound.map((value) => (value * peak) / highest);
}

/** One-pole low- or high-shelf: makes bass or treble louder by about `factor`. */
export function shelved(sound: Float32Array, factor: number): Float32Array {
  let low = 0;
  return sound.map((value) => {
    low += 0.25 * (value - low);
    return low * factor + (value - low);
  });
}

/** Played faster by `speed`, with a long windowed sinc. */
export function faster(sound: Float32Array, speed: number): Float32Array {
  return Float32Array.from({ length: Math.floor(sound.length / speed) }, (_, n) => {
    const at = n * speed;
    const whole = Math.floor(at);
    let sum = 0;
    for (let tap = whole - 15; tap <= whole + 16; tap++) {
      const distance = at - tap;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / 17);
      const turn = Math.PI * distance;
      sum += (sound[tap] ?? 0) * window * (Math.abs(turn) < 1e-9 ? 1 : Math.sin(turn) / turn);
    }
    return sum;
  });
}

/** As a decoder gives it: 16-bit steps, clipped. */
export function pcmOf(sound: Float32Array): Int16Array {
  return Int16Array.from(sound, (value) => Math.max(-32768, Math.min(32767, Math.round(value))));
}
