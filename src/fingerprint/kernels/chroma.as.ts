// PCM to chroma: the Hamming window, the transform, the power of each bin and its sum per pitch class, in one
// call for a batch of frames. Window and power are rounded to 32-bit floats as Chromaprint does with FFmpeg's
// transform, so that rounding noise, not method, is all that can differ.
import {
  allocate,
  imaginaryOfPacked,
  packedEvenAt,
  packedOddAt,
  prepare as prepareTransform,
  realOfPacked,
  rotationImAt,
  rotationReAt,
  transformPacked,
} from '../../signal/kernels/fft.as';

const FRAME: usize = 4096;
const HALF: usize = 2048;
const SAMPLE_RATE: f64 = 11025;
const PITCHES: usize = 12;
const FIRST_BIN: i32 = 10; // the one nearest 28 Hz
const END_BIN: i32 = 1308; // the one nearest 3520 Hz
const MIRRORED_FROM: usize = 740; // from here to END_BIN, bins come in pairs around the middle bin 1024

let pcm: usize = 0;
let starts: usize = 0;
let chroma: usize = 0;
let windowEven: usize = 0;
let windowOdd: usize = 0;
let power: usize = 0;
let runs: usize = 0; // triples of first bin, end bin, address offset of the pitch class
let runsEnd: usize = 0;

/** Allocates room for `samples` PCM samples and `frames` frames per call. Must be called first and once. */
export function prepare(samples: i32, frames: i32): void {
  prepareTransform(<i32>FRAME);
  pcm = allocate(<usize>samples << 1);
  starts = allocate(<usize>frames << 2);
  chroma = allocate((<usize>frames * PITCHES) << 3);
  windowEven = allocate(HALF << 2);
  windowOdd = allocate(HALF << 2);
  power = allocate(HALF << 2);
  runs = allocate(128 * 12);
  for (let i: usize = 0; i < HALF; i++) {
    store<f32>(windowEven + (i << 2), hamming(i << 1));
    store<f32>(windowOdd + (i << 2), hamming((i << 1) + 1));
  }
  prepareRuns();
}

function hamming(i: usize): f32 {
  return <f32>((1.0 / 32767.0) * (0.54 - 0.46 * Math.cos((<f64>i * 2.0 * Math.PI) / <f64>(FRAME - 1))));
}

/** Neighbouring bins of one pitch class form a run. */
function prepareRuns(): void {
  runsEnd = runs;
  let last = -1;
  for (let bin = FIRST_BIN; bin < END_BIN; bin++) {
    const octave = Math.log((<f64>bin * SAMPLE_RATE) / <f64>FRAME / 27.5) / Math.LN2;
    const pitch = <i32>(<f64>PITCHES * (octave - Math.floor(octave)));
    if (pitch != last) {
      store<i32>(runsEnd, bin);
      store<i32>(runsEnd, pitch << 3, 8);
      runsEnd += 12;
      last = pitch;
    }
    store<i32>(runsEnd - 12, bin + 1, 4);
  }
}

/** Where 16-bit samples must be put. */
export function pcmAt(): usize {
  return pcm;
}

/** Where the first sample of each frame must be put, as 32-bit integers. */
export function startsAt(): usize {
  return starts;
}

/** Where twelve 64-bit floats per frame appear: the energies of the pitch classes from A. */
export function chromaAt(): usize {
  return chroma;
}

/** Analyses `frames` frames. */
export function analyse(frames: i32): void {
  let to = chroma;
  const end = starts + (<usize>frames << 2);
  for (let at = starts; at < end; at += 4) {
    loadWindowed(pcm + (<usize>load<i32>(at) << 1));
    transformPacked();
    measurePower();
    fold(to);
    to += PITCHES << 3;
  }
}

function loadWindowed(from: usize): void {
  const even = packedEvenAt();
  const odd = packedOddAt();
  for (let i: usize = 0; i < HALF << 2; i += 16) {
    const pairs = v128.load(from + i);
    const low = f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.shl(pairs, 16), 16));
    const high = f32x4.convert_i32x4_s(i32x4.shr_s(pairs, 16));
    v128.store(even + i, f32x4.mul(low, v128.load(windowEven + i)));
    v128.store(odd + i, f32x4.mul(high, v128.load(windowOdd + i)));
  }
}

// @ts-ignore: decorator
@inline
function reversed(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 3, 2, 1, 0);
}

/** Takes the spectrum of the real frame out of the packed one and squares it, only where bins are used. */
function measurePower(): void {
  const zRe = realOfPacked();
  const zIm = imaginaryOfPacked();
  const wRe = rotationReAt();
  const wIm = rotationImAt();
  const half = f32x4.splat(0.5);
  for (let k: usize = (<usize>FIRST_BIN & ~3) << 2; k < HALF << 1; k += 16) {
    const mirror = (HALF << 2) - k - 12;
    const aR = v128.load(zRe + k);
    const aI = v128.load(zIm + k);
    const bR = reversed(v128.load(zRe + mirror));
    const bI = reversed(v128.load(zIm + mirror));
    const wR = v128.load(wRe + k);
    const wI = v128.load(wIm + k);
    const evenR = f32x4.mul(half, f32x4.add(aR, bR));
    const evenI = f32x4.mul(half, f32x4.sub(aI, bI));
    const oddR = f32x4.mul(half, f32x4.add(aI, bI));
    const oddI = f32x4.mul(half, f32x4.sub(bR, aR));
    const turnR = f32x4.sub(f32x4.mul(oddR, wR), f32x4.mul(oddI, wI));
    const turnI = f32x4.add(f32x4.mul(oddR, wI), f32x4.mul(oddI, wR));
    const re = f32x4.add(evenR, turnR);
    const im = f32x4.add(evenI, turnI);
    v128.store(power + k, f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im)));
    if (k >= MIRRORED_FROM << 2) {
      const mirrorR = f32x4.sub(evenR, turnR);
      const mirrorI = f32x4.sub(evenI, turnI);
      const squares = f32x4.add(f32x4.mul(mirrorR, mirrorR), f32x4.mul(mirrorI, mirrorI));
      v128.store(power + mirror, reversed(squares));
    }
  }
  const middleR = load<f32>(zRe + (HALF << 1));
  const middleI = load<f32>(zIm + (HALF << 1));
  store<f32>(power + (HALF << 1), middleR * middleR + middleI * middleI);
}

/** Sums the power of the bins of each pitch class in double precision. */
function fold(to: usize): void {
  memory.fill(to, 0, PITCHES << 3);
  for (let run = runs; run < runsEnd; run += 12) {
    const into = to + <usize>load<i32>(run, 8);
    store<f64>(into, load<f64>(into) + sum(power + (<usize>load<i32>(run) << 2), power + (<usize>load<i32>(run, 4) << 2)));
  }
}

function sum(from: usize, end: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (; from + 16 <= end; from += 16) {
    low = f64x2.add(low, f64x2.promote_low_f32x4(v128.load64_zero(from, 0)));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.load64_zero(from, 8)));
  }
  low = f64x2.add(low, high);
  let total = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
  for (; from < end; from += 4) total += <f64>load<f32>(from);
  return total;
}
