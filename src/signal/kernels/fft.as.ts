// The Fourier transform of real signals, four lanes at a time. A real signal of `size` samples is packed
// into size/2 complex values (even samples real, odd ones imaginary), transformed by a Stockham radix-4
// network (no bit reversal: every pass reads one buffer and writes the other in final order), and taken
// apart into the spectrum of the real signal. Real and imaginary parts lie in separate arrays.
// One instance serves one size; `prepare` must be called first and once.

let half: usize = 0; // complex values per transform: size / 2
let twiddles: usize = 0; // of the first pass, then of each further radix-4 pass
let rotationRe: usize = 0; // exp(-2 pi i k / size) for k in [0, half / 2 + 4)
let rotationIm: usize = 0;
let aRe: usize = 0;
let aIm: usize = 0;
let bRe: usize = 0;
let bIm: usize = 0;
let outRe: usize = 0;
let outIm: usize = 0;
let samples: usize = 0;
let zRe: usize = 0; // the transformed packed signal, in buffer a or b
let zIm: usize = 0;

let allocated: usize = (__heap_base + 15) & ~15;

/** Zeroed memory, aligned to 16 bytes and never given back. */
export function allocate(bytes: usize): usize {
  const at = allocated;
  allocated = (at + bytes + 15) & ~15;
  const pages = <i32>((allocated + 0xffff) >> 16) - memory.size();
  if (pages > 0) memory.grow(pages);
  return at;
}

/** Allocates and fills everything for real signals of `size` samples, a power of two of at least 64. */
export function prepare(size: i32): void {
  half = size >> 1;
  const bytes = (half + 4) << 2; // one more value, so that Z[half] = Z[0] can be read, and padding
  aRe = allocate(bytes);
  aIm = allocate(bytes);
  bRe = allocate(bytes);
  bIm = allocate(bytes);
  outRe = allocate(bytes);
  outIm = allocate(bytes);
  samples = allocate(half << 3);
  rotationRe = allocate((half << 1) + 32);
  rotationIm = allocate((half << 1) + 32);
  for (let k: usize = 0; k < (half >> 1) + 4; k++) {
    const angle = (Math.PI * <f64>k) / <f64>half;
    store<f32>(rotationRe + (k << 2), <f32>Math.cos(angle));
    store<f32>(rotationIm + (k << 2), <f32>-Math.sin(angle));
  }
  twiddles = allocate(half << 3);
  prepareTwiddles();
}

function prepareTwiddles(): void {
  let at = twiddles;
  for (let p: usize = 0; p < half >> 2; p += 4) {
    for (let power = 1; power <= 3; power++) {
      for (let lane: usize = 0; lane < 4; lane++) {
        const angle = (2 * Math.PI * <f64>((p + lane) * power)) / <f64>half;
        store<f32>(at + (lane << 2), <f32>Math.cos(angle));
        store<f32>(at + (lane << 2), <f32>-Math.sin(angle), 16);
      }
      at += 32;
    }
  }
  for (let n = half >> 2; n > 4; n >>= 2) {
    for (let p: usize = 0; p < n >> 2; p++) {
      for (let power = 1; power <= 3; power++) {
        const angle = (2 * Math.PI * <f64>(p * power)) / <f64>n;
        store<f32>(at, <f32>Math.cos(angle));
        store<f32>(at, <f32>-Math.sin(angle), 4);
        at += 8;
      }
    }
  }
}

/** Where `size` 32-bit float samples lie: read by `forward`, written by `inverse`. */
export function samplesAt(): usize {
  return samples;
}

/** Where the real parts of bins 0 … size/2 lie. */
export function realAt(): usize {
  return outRe;
}

/** Where the imaginary parts of bins 0 … size/2 lie. */
export function imaginaryAt(): usize {
  return outIm;
}

/** Where a packed signal must be put for `transformPacked`: its even samples. */
export function packedEvenAt(): usize {
  return aRe;
}

/** Where a packed signal must be put for `transformPacked`: its odd samples. */
export function packedOddAt(): usize {
  return aIm;
}

/** Where the transformed packed signal lies, valid after `transformPacked`: its real parts. */
export function realOfPacked(): usize {
  return zRe;
}

/** Where the transformed packed signal lies, valid after `transformPacked`: its imaginary parts. */
export function imaginaryOfPacked(): usize {
  return zIm;
}

/** Where exp(-2 pi i k / size) lies for k up to size / 4: real parts. */
export function rotationReAt(): usize {
  return rotationRe;
}

/** Where exp(-2 pi i k / size) lies for k up to size / 4: imaginary parts. */
export function rotationImAt(): usize {
  return rotationIm;
}

// @ts-ignore: decorator
@inline
function cmulRe(re: v128, im: v128, wRe: v128, wIm: v128): v128 {
  return f32x4.sub(f32x4.mul(re, wRe), f32x4.mul(im, wIm));
}

// @ts-ignore: decorator
@inline
function cmulIm(re: v128, im: v128, wRe: v128, wIm: v128): v128 {
  return f32x4.add(f32x4.mul(re, wIm), f32x4.mul(im, wRe));
}

/** Stores four vectors so that lane i of each makes up the i-th group of four. */
// @ts-ignore: decorator
@inline
function storeTransposed(at: usize, o0: v128, o1: v128, o2: v128, o3: v128): void {
  const low01 = v128.shuffle<f32>(o0, o1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(o2, o3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(o0, o1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(o2, o3, 2, 6, 3, 7);
  v128.store(at, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5), 0);
  v128.store(at, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 16);
  v128.store(at, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 32);
  v128.store(at, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 48);
}

/** The pass of stride 1: lanes are neighbouring butterflies. */
function firstPass(xRe: usize, xIm: usize, yRe: usize, yIm: usize): void {
  const quarter = half; // bytes of half / 4 floats
  let w = twiddles;
  for (let p: usize = 0; p < quarter; p += 16) {
    const aR = v128.load(xRe + p);
    const aI = v128.load(xIm + p);
    const bR = v128.load(xRe + p + quarter);
    const bI = v128.load(xIm + p + quarter);
    const cR = v128.load(xRe + p + 2 * quarter);
    const cI = v128.load(xIm + p + 2 * quarter);
    const dR = v128.load(xRe + p + 3 * quarter);
    const dI = v128.load(xIm + p + 3 * quarter);
    const sumR = f32x4.add(aR, cR);
    const sumI = f32x4.add(aI, cI);
    const difR = f32x4.sub(aR, cR);
    const difI = f32x4.sub(aI, cI);
    const oddR = f32x4.add(bR, dR);
    const oddI = f32x4.add(bI, dI);
    const turnR = f32x4.sub(bI, dI); // -i (b - d)
    const turnI = f32x4.sub(dR, bR);
    const t1R = f32x4.add(difR, turnR);
    const t1I = f32x4.add(difI, turnI);
    const t2R = f32x4.sub(sumR, oddR);
    const t2I = f32x4.sub(sumI, oddI);
    const t3R = f32x4.sub(difR, turnR);
    const t3I = f32x4.sub(difI, turnI);
    const w1R = v128.load(w, 0);
    const w1I = v128.load(w, 16);
    const w2R = v128.load(w, 32);
    const w2I = v128.load(w, 48);
    const w3R = v128.load(w, 64);
    const w3I = v128.load(w, 80);
    w += 96;
    storeTransposed(
      yRe + (p << 2),
      f32x4.add(sumR, oddR),
      cmulRe(t1R, t1I, w1R, w1I),
      cmulRe(t2R, t2I, w2R, w2I),
      cmulRe(t3R, t3I, w3R, w3I),
    );
    storeTransposed(
      yIm + (p << 2),
      f32x4.add(sumI, oddI),
      cmulIm(t1R, t1I, w1R, w1I),
      cmulIm(t2R, t2I, w2R, w2I),
      cmulIm(t3R, t3I, w3R, w3I),
    );
  }
}

/** A radix-4 pass over sub-transforms of `n` values with `stride` floats between them: lanes are neighbours. */
function middlePass(n: usize, stride: usize, w: usize, xRe: usize, xIm: usize, yRe: usize, yIm: usize): void {
  const step = stride << 2;
  const quarter = half; // bytes of stride * n / 4 floats, which is half / 4 floats in every pass
  for (let p: usize = 0; p < n >> 2; p++) {
    const w1R = v128.load32_splat(w, 0);
    const w1I = v128.load32_splat(w, 4);
    const w2R = v128.load32_splat(w, 8);
    const w2I = v128.load32_splat(w, 12);
    const w3R = v128.load32_splat(w, 16);
    const w3I = v128.load32_splat(w, 20);
    w += 24;
    let from = p * step;
    let to = from << 2;
    const end = from + step;
    for (; from < end; from += 16, to += 16) {
      const aR = v128.load(xRe + from);
      const aI = v128.load(xIm + from);
      const bR = v128.load(xRe + from + quarter);
      const bI = v128.load(xIm + from + quarter);
      const cR = v128.load(xRe + from + 2 * quarter);
      const cI = v128.load(xIm + from + 2 * quarter);
      const dR = v128.load(xRe + from + 3 * quarter);
      const dI = v128.load(xIm + from + 3 * quarter);
      const sumR = f32x4.add(aR, cR);
      const sumI = f32x4.add(aI, cI);
      const difR = f32x4.sub(aR, cR);
      const difI = f32x4.sub(aI, cI);
      const oddR = f32x4.add(bR, dR);
      const oddI = f32x4.add(bI, dI);
      const turnR = f32x4.sub(bI, dI); // -i (b - d)
      const turnI = f32x4.sub(dR, bR);
      v128.store(yRe + to, f32x4.add(sumR, oddR));
      v128.store(yIm + to, f32x4.add(sumI, oddI));
      const t1R = f32x4.add(difR, turnR);
      const t1I = f32x4.add(difI, turnI);
      v128.store(yRe + to + step, cmulRe(t1R, t1I, w1R, w1I));
      v128.store(yIm + to + step, cmulIm(t1R, t1I, w1R, w1I));
      const t2R = f32x4.sub(sumR, oddR);
      const t2I = f32x4.sub(sumI, oddI);
      v128.store(yRe + to + 2 * step, cmulRe(t2R, t2I, w2R, w2I));
      v128.store(yIm + to + 2 * step, cmulIm(t2R, t2I, w2R, w2I));
      const t3R = f32x4.sub(difR, turnR);
      const t3I = f32x4.sub(difI, turnI);
      v128.store(yRe + to + 3 * step, cmulRe(t3R, t3I, w3R, w3I));
      v128.store(yIm + to + 3 * step, cmulIm(t3R, t3I, w3R, w3I));
    }
  }
}

/** The last pass where it is of radix 4: all twiddles are 1. */
function lastPass4(xRe: usize, xIm: usize, yRe: usize, yIm: usize): void {
  const quarter = half;
  for (let q: usize = 0; q < quarter; q += 16) {
    const aR = v128.load(xRe + q);
    const aI = v128.load(xIm + q);
    const bR = v128.load(xRe + q + quarter);
    const bI = v128.load(xIm + q + quarter);
    const cR = v128.load(xRe + q + 2 * quarter);
    const cI = v128.load(xIm + q + 2 * quarter);
    const dR = v128.load(xRe + q + 3 * quarter);
    const dI = v128.load(xIm + q + 3 * quarter);
    const sumR = f32x4.add(aR, cR);
    const sumI = f32x4.add(aI, cI);
    const difR = f32x4.sub(aR, cR);
    const difI = f32x4.sub(aI, cI);
    const oddR = f32x4.add(bR, dR);
    const oddI = f32x4.add(bI, dI);
    const turnR = f32x4.sub(bI, dI);
    const turnI = f32x4.sub(dR, bR);
    v128.store(yRe + q, f32x4.add(sumR, oddR));
    v128.store(yIm + q, f32x4.add(sumI, oddI));
    v128.store(yRe + q + quarter, f32x4.add(difR, turnR));
    v128.store(yIm + q + quarter, f32x4.add(difI, turnI));
    v128.store(yRe + q + 2 * quarter, f32x4.sub(sumR, oddR));
    v128.store(yIm + q + 2 * quarter, f32x4.sub(sumI, oddI));
    v128.store(yRe + q + 3 * quarter, f32x4.sub(difR, turnR));
    v128.store(yIm + q + 3 * quarter, f32x4.sub(difI, turnI));
  }
}

/** The last pass where it is of radix 2. */
function lastPass2(x: usize, y: usize): void {
  const middle = half << 1;
  for (let q: usize = 0; q < middle; q += 16) {
    const a = v128.load(x + q);
    const b = v128.load(x + q + middle);
    v128.store(y + q, f32x4.add(a, b));
    v128.store(y + q + middle, f32x4.sub(a, b));
  }
}

/** Transforms buffer a, using b. Returns true where the result is in b. */
function transform(xRe: usize, xIm: usize, yRe: usize, yIm: usize): bool {
  firstPass(xRe, xIm, yRe, yIm);
  let w = twiddles + half * 6;
  let n = half >> 2;
  let stride: usize = 4;
  let inY = true;
  while (n > 4) {
    if (inY) middlePass(n, stride, w, yRe, yIm, xRe, xIm);
    else middlePass(n, stride, w, xRe, xIm, yRe, yIm);
    w += n * 6;
    n >>= 2;
    stride <<= 2;
    inY = !inY;
  }
  const fromRe = inY ? yRe : xRe;
  const fromIm = inY ? yIm : xIm;
  const toRe = inY ? xRe : yRe;
  const toIm = inY ? xIm : yIm;
  if (n == 4) {
    lastPass4(fromRe, fromIm, toRe, toIm);
  } else {
    lastPass2(fromRe, toRe);
    lastPass2(fromIm, toIm);
  }
  return !inY;
}

/** Transforms the packed signal and leaves Z in place, with Z[half] = Z[0] behind its end. */
export function transformPacked(): void {
  const inB = transform(aRe, aIm, bRe, bIm);
  zRe = inB ? bRe : aRe;
  zIm = inB ? bIm : aIm;
  store<f32>(zRe + (half << 2), load<f32>(zRe));
  store<f32>(zIm + (half << 2), load<f32>(zIm));
}

// @ts-ignore: decorator
@inline
function reversed(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 3, 2, 1, 0);
}

/** Samples to spectrum, unscaled. */
export function forward(): void {
  for (let i: usize = 0; i < half << 2; i += 16) {
    const low = v128.load(samples + (i << 1), 0);
    const high = v128.load(samples + (i << 1), 16);
    v128.store(aRe + i, v128.shuffle<f32>(low, high, 0, 2, 4, 6));
    v128.store(aIm + i, v128.shuffle<f32>(low, high, 1, 3, 5, 7));
  }
  transformPacked();
  const scale = f32x4.splat(0.5);
  const end = half << 2;
  for (let k: usize = 0; k < half << 1; k += 16) {
    const mirror = end - k - 12; // values half-k-3 … half-k
    const aR = v128.load(zRe + k);
    const aI = v128.load(zIm + k);
    const bR = reversed(v128.load(zRe + mirror));
    const bI = reversed(v128.load(zIm + mirror));
    const wR = v128.load(rotationRe + k);
    const wI = v128.load(rotationIm + k);
    const evenR = f32x4.mul(scale, f32x4.add(aR, bR));
    const evenI = f32x4.mul(scale, f32x4.sub(aI, bI));
    const oddR = f32x4.mul(scale, f32x4.add(aI, bI));
    const oddI = f32x4.mul(scale, f32x4.sub(bR, aR));
    const turnR = cmulRe(oddR, oddI, wR, wI);
    const turnI = cmulIm(oddR, oddI, wR, wI);
    v128.store(outRe + mirror, reversed(f32x4.sub(evenR, turnR)));
    v128.store(outIm + mirror, reversed(f32x4.sub(turnI, evenI)));
    v128.store(outRe + k, f32x4.add(evenR, turnR));
    v128.store(outIm + k, f32x4.add(evenI, turnI));
  }
  store<f32>(outRe + (half << 1), load<f32>(zRe + (half << 1)));
  store<f32>(outIm + (half << 1), -load<f32>(zIm + (half << 1)));
}

/** Spectrum to samples, scaled so that it undoes `forward`. Overwrites nothing of the spectrum. */
export function inverse(): void {
  const scale = f32x4.splat(<f32>(0.5 / <f64>half));
  const end = half << 2;
  const middleRe = load<f32>(outRe + (half << 1)) / <f32>half;
  const middleIm = -load<f32>(outIm + (half << 1)) / <f32>half;
  for (let k: usize = 0; k < half << 1; k += 16) {
    const mirror = end - k - 12;
    const aR = v128.load(outRe + k);
    const aI = v128.load(outIm + k);
    const bR = reversed(v128.load(outRe + mirror));
    const bI = reversed(v128.load(outIm + mirror));
    const wR = v128.load(rotationRe + k);
    const wI = f32x4.neg(v128.load(rotationIm + k));
    const evenR = f32x4.add(aR, bR);
    const evenI = f32x4.sub(aI, bI);
    const difR = f32x4.sub(aR, bR);
    const difI = f32x4.add(aI, bI);
    const oddR = cmulRe(difR, difI, wR, wI);
    const oddI = cmulIm(difR, difI, wR, wI);
    v128.store(aRe + mirror, reversed(f32x4.mul(scale, f32x4.add(evenR, oddI))));
    v128.store(aIm + mirror, reversed(f32x4.mul(scale, f32x4.sub(oddR, evenI))));
    v128.store(aRe + k, f32x4.mul(scale, f32x4.sub(evenR, oddI)));
    v128.store(aIm + k, f32x4.mul(scale, f32x4.add(evenI, oddR)));
  }
  store<f32>(aRe + (half << 1), middleRe);
  store<f32>(aIm + (half << 1), middleIm);
  // Swapping real and imaginary parts on both sides turns the transform into its inverse.
  const inB = transform(aIm, aRe, bIm, bRe);
  const re = inB ? bRe : aRe;
  const im = inB ? bIm : aIm;
  for (let i: usize = 0; i < end; i += 16) {
    const even = v128.load(re + i);
    const odd = v128.load(im + i);
    v128.store(samples + (i << 1), v128.shuffle<f32>(even, odd, 0, 4, 1, 5), 0);
    v128.store(samples + (i << 1), v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16);
  }
}
