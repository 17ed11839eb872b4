// The Fourier transform of real signals, four lanes at a time. A real signal of `size` samples is packed
// into size/2 complex values (even samples real, odd ones imaginary), transformed by a Stockham radix-4
// network (no bit reversal: every pass reads one buffer and writes the other in final order), and taken
// apart into the spectrum of the real signal. Complex values lie in blocks of four: four real parts, then
// four imaginary ones, so that one address serves both.
// One instance serves one size; `prepare` must be called first and once.

let half: usize = 0; // complex values per transform: size / 2
let twiddles: usize = 0; // of the first pass, then of each further radix-4 pass
let rotation: usize = 0; // exp(-2 pi i k / size) for k in [0, half), in blocks
let a: usize = 0; // work space in blocks
let b: usize = 0;
let packed: usize = 0; // the transformed packed signal: a or b
let samples: usize = 0;
let outRe: usize = 0;
let outIm: usize = 0;

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
  a = allocate(half << 3);
  b = allocate(half << 3);
  samples = allocate(half << 3);
  outRe = allocate((half + 4) << 2);
  outIm = allocate((half + 4) << 2);
  rotation = allocate(half << 3);
  for (let k: usize = 0; k < half; k++) {
    const angle = (Math.PI * <f64>k) / <f64>half;
    const at = rotation + ((k >> 2) << 5) + ((k & 3) << 2);
    store<f32>(at, <f32>Math.cos(angle));
    store<f32>(at, <f32>-Math.sin(angle), 16);
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

/** Where a packed signal must be put for `transformPacked`: blocks of four even and four odd samples. */
export function unpackedAt(): usize {
  return a;
}

/** Where the transformed packed signal lies after `transformPacked`, in blocks. */
export function packedAt(): usize {
  return packed;
}

/** Where exp(-2 pi i k / size) lies for k in [0, size / 2), in blocks. */
export function rotationAt(): usize {
  return rotation;
}

@inline
function productRe(re: v128, im: v128, wRe: v128, wIm: v128): v128 {
  return f32x4.sub(f32x4.mul(re, wRe), f32x4.mul(im, wIm));
}

@inline
function productIm(re: v128, im: v128, wRe: v128, wIm: v128): v128 {
  return f32x4.add(f32x4.mul(re, wIm), f32x4.mul(im, wRe));
}

/** Stores lane i of each vector as the i-th group of four; groups are a block apart. */
@inline
function storeTransposed(at: usize, o0: v128, o1: v128, o2: v128, o3: v128): void {
  const low01 = v128.shuffle<f32>(o0, o1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(o2, o3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(o0, o1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(o2, o3, 2, 6, 3, 7);
  v128.store(at, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5), 0);
  v128.store(at, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 32);
  v128.store(at, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 64);
  v128.store(at, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 96);
}

/** The pass of stride 1: lanes are neighbouring butterflies. */
function firstPass(x: usize, y: usize): void {
  const quarter = half << 1; // bytes of a quarter of the values
  let w = twiddles;
  const end = x + quarter;
  for (let x0 = x; x0 < end; x0 += 32) {
    const x1 = x0 + quarter;
    const x2 = x1 + quarter;
    const x3 = x2 + quarter;
    const aR = v128.load(x0);
    const aI = v128.load(x0, 16);
    const bR = v128.load(x1);
    const bI = v128.load(x1, 16);
    const cR = v128.load(x2);
    const cI = v128.load(x2, 16);
    const dR = v128.load(x3);
    const dI = v128.load(x3, 16);
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
    storeTransposed(
      y,
      f32x4.add(sumR, oddR),
      productRe(t1R, t1I, w1R, w1I),
      productRe(t2R, t2I, w2R, w2I),
      productRe(t3R, t3I, w3R, w3I),
    );
    storeTransposed(
      y + 16,
      f32x4.add(sumI, oddI),
      productIm(t1R, t1I, w1R, w1I),
      productIm(t2R, t2I, w2R, w2I),
      productIm(t3R, t3I, w3R, w3I),
    );
    w += 96;
    y += 128;
  }
}

/** A radix-4 pass over sub-transforms of `n` values, `stride` values apart: lanes are neighbours. */
function middlePass(n: usize, stride: usize, w: usize, x: usize, y: usize): void {
  const step = stride << 3;
  const quarter = half << 1; // bytes of stride * n / 4 values, a quarter of all in every pass
  const end = x + quarter;
  let x0 = x;
  let y0 = y;
  while (x0 < end) {
    const w1R = v128.load32_splat(w, 0);
    const w1I = v128.load32_splat(w, 4);
    const w2R = v128.load32_splat(w, 8);
    const w2I = v128.load32_splat(w, 12);
    const w3R = v128.load32_splat(w, 16);
    const w3I = v128.load32_splat(w, 20);
    w += 24;
    const stop = x0 + step;
    do {
      const x1 = x0 + quarter;
      const x2 = x1 + quarter;
      const x3 = x2 + quarter;
      const y1 = y0 + step;
      const y2 = y1 + step;
      const y3 = y2 + step;
      const aR = v128.load(x0);
      const cR = v128.load(x2);
      const sumR = f32x4.add(aR, cR);
      const difR = f32x4.sub(aR, cR);
      const aI = v128.load(x0, 16);
      const cI = v128.load(x2, 16);
      const sumI = f32x4.add(aI, cI);
      const difI = f32x4.sub(aI, cI);
      const bR = v128.load(x1);
      const dR = v128.load(x3);
      const oddR = f32x4.add(bR, dR);
      const turnI = f32x4.sub(dR, bR); // -i (b - d)
      const bI = v128.load(x1, 16);
      const dI = v128.load(x3, 16);
      const oddI = f32x4.add(bI, dI);
      const turnR = f32x4.sub(bI, dI);
      v128.store(y0, f32x4.add(sumR, oddR));
      v128.store(y0, f32x4.add(sumI, oddI), 16);
      const t2R = f32x4.sub(sumR, oddR);
      const t2I = f32x4.sub(sumI, oddI);
      v128.store(y2, productRe(t2R, t2I, w2R, w2I));
      v128.store(y2, productIm(t2R, t2I, w2R, w2I), 16);
      const t1R = f32x4.add(difR, turnR);
      const t1I = f32x4.add(difI, turnI);
      v128.store(y1, productRe(t1R, t1I, w1R, w1I));
      v128.store(y1, productIm(t1R, t1I, w1R, w1I), 16);
      const t3R = f32x4.sub(difR, turnR);
      const t3I = f32x4.sub(difI, turnI);
      v128.store(y3, productRe(t3R, t3I, w3R, w3I));
      v128.store(y3, productIm(t3R, t3I, w3R, w3I), 16);
      x0 += 32;
      y0 += 32;
    } while (x0 < stop);
    y0 += 3 * step;
  }
}

/** The last pass where it is of radix 4: all twiddles are 1. */
function lastPass4(x: usize, y: usize): void {
  const quarter = half << 1;
  const end = x + quarter;
  for (; x < end; x += 32, y += 32) {
    const aR = v128.load(x);
    const aI = v128.load(x, 16);
    const bR = v128.load(x + quarter);
    const bI = v128.load(x + quarter, 16);
    const cR = v128.load(x + 2 * quarter);
    const cI = v128.load(x + 2 * quarter, 16);
    const dR = v128.load(x + 3 * quarter);
    const dI = v128.load(x + 3 * quarter, 16);
    const sumR = f32x4.add(aR, cR);
    const sumI = f32x4.add(aI, cI);
    const difR = f32x4.sub(aR, cR);
    const difI = f32x4.sub(aI, cI);
    const oddR = f32x4.add(bR, dR);
    const oddI = f32x4.add(bI, dI);
    const turnR = f32x4.sub(bI, dI);
    const turnI = f32x4.sub(dR, bR);
    v128.store(y, f32x4.add(sumR, oddR));
    v128.store(y, f32x4.add(sumI, oddI), 16);
    v128.store(y + quarter, f32x4.add(difR, turnR));
    v128.store(y + quarter, f32x4.add(difI, turnI), 16);
    v128.store(y + 2 * quarter, f32x4.sub(sumR, oddR));
    v128.store(y + 2 * quarter, f32x4.sub(sumI, oddI), 16);
    v128.store(y + 3 * quarter, f32x4.sub(difR, turnR));
    v128.store(y + 3 * quarter, f32x4.sub(difI, turnI), 16);
  }
}

/** The last pass where it is of radix 2. */
function lastPass2(x: usize, y: usize): void {
  const middle = half << 2;
  const end = x + middle;
  for (; x < end; x += 32, y += 32) {
    const aR = v128.load(x);
    const aI = v128.load(x, 16);
    const bR = v128.load(x + middle);
    const bI = v128.load(x + middle, 16);
    v128.store(y, f32x4.add(aR, bR));
    v128.store(y, f32x4.add(aI, bI), 16);
    v128.store(y + middle, f32x4.sub(aR, bR));
    v128.store(y + middle, f32x4.sub(aI, bI), 16);
  }
}

/** Transforms the packed signal; `packedAt` tells where the result is. */
export function transformPacked(): void {
  firstPass(a, b);
  let w = twiddles + half * 6;
  let n = half >> 2;
  let stride: usize = 4;
  let from = b;
  let to = a;
  while (n > 4) {
    middlePass(n, stride, w, from, to);
    w += n * 6;
    n >>= 2;
    stride <<= 2;
    const swap = from;
    from = to;
    to = swap;
  }
  if (n == 4) lastPass4(from, to);
  else lastPass2(from, to);
  packed = to;
}

@inline
function reversed(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 3, 2, 1, 0);
}

/** Four values in falling order that end a block below `next`, which holds the first of them in lane 0. */
@inline
function fallingFrom(next: v128, below: v128): v128 {
  return v128.shuffle<f32>(next, below, 0, 7, 6, 5);
}

/** Samples to spectrum, unscaled. */
export function forward(): void {
  for (let i: usize = 0; i < half << 3; i += 32) {
    const low = v128.load(samples + i, 0);
    const high = v128.load(samples + i, 16);
    v128.store(a + i, v128.shuffle<f32>(low, high, 0, 2, 4, 6), 0);
    v128.store(a + i, v128.shuffle<f32>(low, high, 1, 3, 5, 7), 16);
  }
  transformPacked();
  separate();
}

/** Takes the spectrum of the real signal, which then lies at `realAt` and `imaginaryAt`, out of the packed one, bin k together with bin half - k. */
export function separate(): void {
  const scale = f32x4.splat(0.5);
  let nextR = v128.load(packed, 0); // Z[half] is Z[0]
  let nextI = v128.load(packed, 16);
  for (let k: usize = 0; k < half << 1; k += 16) {
    const block = k << 1;
    const below = packed + (half << 3) - 32 - block;
    const belowR = v128.load(below, 0);
    const belowI = v128.load(below, 16);
    const bR = fallingFrom(nextR, belowR);
    const bI = fallingFrom(nextI, belowI);
    nextR = belowR;
    nextI = belowI;
    const aR = v128.load(packed + block, 0);
    const aI = v128.load(packed + block, 16);
    const wR = v128.load(rotation + block, 0);
    const wI = v128.load(rotation + block, 16);
    const evenR = f32x4.mul(scale, f32x4.add(aR, bR));
    const evenI = f32x4.mul(scale, f32x4.sub(aI, bI));
    const oddR = f32x4.mul(scale, f32x4.add(aI, bI));
    const oddI = f32x4.mul(scale, f32x4.sub(bR, aR));
    const turnR = productRe(oddR, oddI, wR, wI);
    const turnI = productIm(oddR, oddI, wR, wI);
    const mirror = (half << 2) - k - 12; // bins half - k - 3 … half - k
    v128.store(outRe + mirror, reversed(f32x4.sub(evenR, turnR)));
    v128.store(outIm + mirror, reversed(f32x4.sub(turnI, evenI)));
    v128.store(outRe + k, f32x4.add(evenR, turnR));
    v128.store(outIm + k, f32x4.add(evenI, turnI));
  }
  store<f32>(outRe + (half << 1), load<f32>(packed + (half << 2)));
  store<f32>(outIm + (half << 1), -load<f32>(packed + (half << 2), 16));
}

/** Spectrum to samples, scaled so that it undoes `forward`. Leaves the spectrum alone. */
export function inverse(): void {
  combine();
  transformPacked();
  for (let i: usize = 0; i < half << 3; i += 32) {
    const odd = v128.load(packed + i, 0);
    const even = v128.load(packed + i, 16);
    v128.store(samples + i, v128.shuffle<f32>(even, odd, 0, 4, 1, 5), 0);
    v128.store(samples + i, v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16);
  }
}

/**
 * Undoes `separate`, with real and imaginary parts swapped: between two swaps, the transform is its inverse.
 */
function combine(): void {
  const scale = f32x4.splat(<f32>(0.5 / <f64>half));
  for (let k: usize = 0; k < half << 2; k += 16) {
    const mirror = (half << 2) - k - 12;
    const block = k << 1;
    const aR = v128.load(outRe + k);
    const aI = v128.load(outIm + k);
    const bR = reversed(v128.load(outRe + mirror));
    const bI = reversed(v128.load(outIm + mirror));
    const wR = v128.load(rotation + block, 0);
    const wI = f32x4.neg(v128.load(rotation + block, 16));
    const difR = f32x4.sub(aR, bR);
    const difI = f32x4.add(aI, bI);
    const oddR = productRe(difR, difI, wR, wI);
    const oddI = productIm(difR, difI, wR, wI);
    v128.store(a + block, f32x4.mul(scale, f32x4.add(f32x4.sub(aI, bI), oddR)), 0);
    v128.store(a + block, f32x4.mul(scale, f32x4.sub(f32x4.add(aR, bR), oddI)), 16);
  }
}
