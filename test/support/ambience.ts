/** Sounds in which little happens, by seed: what a bit error rate takes for each other. Added to `music.ts`. */
import { createRandom, mixed, noise, scaled, tone } from './music.ts';

const SAMPLE_RATE = 11025;

/** Six partials that swell and fade within `secondsPerSwell` or faster. */
export function drone(seed: number, seconds: number, secondsPerSwell: number): Float32Array {
  const random = createRandom(seed);
  const out = new Float32Array(Math.round(seconds * SAMPLE_RATE));
  for (let partial = 0; partial < 6; partial++) {
    const turn = (2 * Math.PI * 55 * 2 ** (Math.floor(random() * 36) / 12)) / SAMPLE_RATE;
    const swell = (2 * Math.PI * (1 + 6 * random())) / (secondsPerSwell * SAMPLE_RATE);
    const [phase, start, depth] = [random() * 6, random() * 6, 0.3 + 0.7 * random()];
    for (let i = 0; i < out.length; i++) {
      out[i] = out[i]! + (1 + depth * Math.sin(swell * i + start)) * Math.sin(turn * i + phase);
    }
  }
  return scaled(out, 9000);
}

/** Noise through a band, in gusts, with drops. */
export function rain(seed: number, seconds: number): Float32Array {
  const random = createRandom(seed);
  let [low, lower, level, target] = [0, 0, 1, 1];
  const out = Float32Array.from({ length: Math.round(seconds * SAMPLE_RATE) }, (_, i) => {
    if (i % 5512 === 0) target = 0.5 + random();
    level += 0.0003 * (target - level);
    low += 0.3 * (random() - 0.5 - low);
    lower += 0.1 * (low - lower);
    return level * (low - lower) + (random() < 0.002 ? random() - 0.5 : 0);
  });
  return scaled(out, 8000);
}

/** Mains and hiss. */
export function hum(seed: number, seconds: number): Float32Array {
  const random = createRandom(seed);
  const mains = mixed(tone(50, seconds, 3000), tone(100, seconds, 2000));
  return mixed(mains, noise(seed, seconds, 200 + 200 * random()));
}
