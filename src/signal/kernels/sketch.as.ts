// The filter bank of sketches: a frame of 4096 samples is weighed, folded onto 512, and correlated with one cosine
// and one sine per band. Frames start 441 samples apart. Tables are written by the caller.

const FRAME: usize = 4096;
const FOLDED: usize = 512;
const HOP: usize = 441;
const MOST_FRAMES: usize = 25;
const MOST_BANDS: usize = 16;

const pcm: usize = memory.data(30016, 16);
const prototype: usize = memory.data(16384, 16);
const folded: usize = memory.data(2048, 16);
const waves: usize = memory.data(65536, 16);
const lanes: usize = memory.data(16, 16);
const bands: usize = memory.data(3200, 16);

/** Address of the samples, 16 bits each: FRAME + (MOST_FRAMES - 1) · HOP of them. */
export function pcmAt(): usize {
  return pcm;
}

/** Address of the weights of a frame, FRAME floats. */
export function prototypeAt(): usize {
  return prototype;
}

/** Address of the waves: for each band FOLDED cosines and then as many sines, floats. */
export function wavesAt(): usize {
  return waves;
}

/** Address of the results: for each frame and band the real and the imaginary part, floats. */
export function bandsAt(): usize {
  return bands;
}

/** Analyses the first `frames` frames in `count` bands. */
export function analyse(frames: usize, count: usize): void {
  let out = bands;
  for (let frame: usize = 0; frame < min(frames, MOST_FRAMES); frame++) {
    fold(pcm + frame * HOP * 2);
    for (let band: usize = 0; band < min(count, MOST_BANDS); band++) {
      const wave = waves + band * FOLDED * 8;
      store<f32>(out, correlation(wave));
      store<f32>(out + 4, -correlation(wave + FOLDED * 4));
      out += 8;
    }
  }
}

function fold(samples: usize): void {
  for (let at: usize = 0; at < FOLDED; at += 8) {
    let low = f32x4.splat(0);
    let high = f32x4.splat(0);
    for (let part: usize = at; part < FRAME; part += FOLDED) {
      const x = v128.load(samples + part * 2);
      const weights = prototype + part * 4;
      low = f32x4.add(low, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(x)), v128.load(weights)));
      high = f32x4.add(high, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(x)), v128.load(weights, 16)));
    }
    store<v128>(folded + at * 4, low);
    store<v128>(folded + at * 4, high, 16);
  }
}

function correlation(wave: usize): f32 {
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  for (let at: usize = 0; at < FOLDED * 4; at += 32) {
    even = f32x4.add(even, f32x4.mul(v128.load(folded + at), v128.load(wave + at)));
    odd = f32x4.add(odd, f32x4.mul(v128.load(folded + at, 16), v128.load(wave + at, 16)));
  }
  store<v128>(lanes, f32x4.add(even, odd));
  return load<f32>(lanes) + load<f32>(lanes, 4) + load<f32>(lanes, 8) + load<f32>(lanes, 12);
}
