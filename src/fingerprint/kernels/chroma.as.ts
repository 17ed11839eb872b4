// PCM to chroma: the Hamming window, the transform, the power of each bin and its sum per pitch class, in one
// call for a batch of frames. Window and power are rounded to 32-bit floats as Chromaprint does with FFmpeg's
// transform, so that rounding noise, not method, is all that can differ.
import {
  allocate,
  packedAt,
  prepare as prepareTransform,
  rotationAt,
  transformPacked,
  unpackedAt,
} from '../../signal/kernels/fft.as';

const FRAME: usize = 4096;
const HALF: usize = 2048;
const SAMPLE_RATE: f64 = 11025;
const PITCHES: usize = 12;
const FINE_PITCHES: usize = 144;
/** Fine pitches and behind them the twelve pitches of the telephone's band. */
const FINE_VALUES: usize = FINE_PITCHES + PITCHES;
const NARROW_FIRST_BIN: i32 = 111; // 300 Hz
const NARROW_END_BIN: i32 = 1264; // 3400 Hz
const FIRST_BIN: i32 = 10; // the one nearest 28 Hz
const END_BIN: i32 = 1308; // the one nearest 3520 Hz

let pcm: usize = 0;
let starts: usize = 0;
let chroma: usize = 0;
let fineChroma: usize = 0;
let finePitches: usize = 0; // by bin, the address offset of its fine pitch
let window: usize = 0; // in blocks of four even and four odd values
let power: usize = 0;
let runs: usize = 0; // triples of first bin, end bin, address offset of the pitch class
let runsEnd: usize = 0;

/** Allocates room for `samples` PCM samples and `frames` frames per call. Must be called first and once. */
export function prepare(samples: i32, frames: i32): void {
  prepareTransform(<i32>FRAME);
  pcm = allocate(<usize>samples << 1);
  starts = allocate(<usize>frames << 2);
  chroma = allocate((<usize>frames * PITCHES) << 3);
  fineChroma = allocate((<usize>frames * FINE_VALUES) << 2);
  finePitches = allocate(<usize>END_BIN << 2);
  window = allocate(FRAME << 2);
  power = allocate(HALF << 2);
  runs = allocate(128 * 12);
  for (let i: usize = 0; i < FRAME; i++) {
    store<f32>(window + ((i >> 3) << 5) + ((i & 1) << 4) + ((i & 6) << 1), hamming(i));
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
    const fine = <i32>(<f64>FINE_PITCHES * (octave - Math.floor(octave)));
    store<i32>(finePitches + (<usize>bin << 2), fine << 2);
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

/** Where 156 32-bit floats per frame appear: the same energies in twelfths of a semitone, then twelve of 300 … 3400 Hz. */
export function fineChromaAt(): usize {
  return fineChroma;
}

/** Analyses `frames` frames, those of `fine` (one bit a frame, the first the lowest) in twelfths of a semitone, too. */
export function analyse(frames: i32, fine: u64): void {
  let to = chroma;
  let toFine = fineChroma;
  const end = starts + (<usize>frames << 2);
  for (let at = starts; at < end; at += 4) {
    loadWindowed(pcm + (<usize>load<i32>(at) << 1));
    transformPacked();
    measurePower();
    fold(to);
    to += PITCHES << 3;
    if (fine & 1) foldFine(toFine);
    fine >>= 1;
    toFine += FINE_VALUES << 2;
  }
}

function loadWindowed(from: usize): void {
  const to = unpackedAt();
  for (let i: usize = 0; i < FRAME << 2; i += 32) {
    const pairs = v128.load(from + (i >> 1));
    const even = f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.shl(pairs, 16), 16));
    const odd = f32x4.convert_i32x4_s(i32x4.shr_s(pairs, 16));
    v128.store(to + i, f32x4.mul(even, v128.load(window + i, 0)), 0);
    v128.store(to + i, f32x4.mul(odd, v128.load(window + i, 16)), 16);
  }
}

/** Four values in falling order that end a block below `next`, which holds the first of them in lane 0. */
@inline
function fallingFrom(next: v128, below: v128): v128 {
  return v128.shuffle<f32>(next, below, 0, 7, 6, 5);
}

/** Takes the spectrum of the real frame, doubled, out of the packed one and squares it, only where bins are used. */
function measurePower(): void {
  const rotation = rotationAt();
  let block = packedAt() + ((<usize>FIRST_BIN & ~3) << 3);
  let mirror = packedAt() + ((HALF - (<usize>FIRST_BIN & ~3)) << 3);
  let nextR = v128.load(mirror, 0);
  let nextI = v128.load(mirror, 16);
  for (let k: usize = (<usize>FIRST_BIN & ~3) << 2; k < <usize>END_BIN << 2; k += 16) {
    mirror -= 32;
    const belowR = v128.load(mirror, 0);
    const belowI = v128.load(mirror, 16);
    const bR = fallingFrom(nextR, belowR);
    const bI = fallingFrom(nextI, belowI);
    nextR = belowR;
    nextI = belowI;
    const aR = v128.load(block, 0);
    const aI = v128.load(block, 16);
    block += 32;
    const wR = v128.load(rotation + (k << 1), 0);
    const wI = v128.load(rotation + (k << 1), 16);
    const oddR = f32x4.add(aI, bI);
    const oddI = f32x4.sub(bR, aR);
    const turnR = f32x4.sub(f32x4.mul(oddR, wR), f32x4.mul(oddI, wI));
    const turnI = f32x4.add(f32x4.mul(oddR, wI), f32x4.mul(oddI, wR));
    const re = f32x4.add(f32x4.add(aR, bR), turnR);
    const im = f32x4.add(f32x4.sub(aI, bI), turnI);
    v128.store(power + k, f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im)));
  }
}

/** Sums the power of the bins of each pitch class in double precision, a quarter of what was measured. */
function fold(to: usize): void {
  memory.fill(to, 0, PITCHES << 3);
  for (let run = runs; run < runsEnd; run += 12) {
    const into = to + <usize>load<i32>(run, 8);
    const total = sum(power + (<usize>load<i32>(run) << 2), power + (<usize>load<i32>(run, 4) << 2));
    store<f64>(into, load<f64>(into) + 0.25 * total);
  }
}

function foldFine(to: usize): void {
  memory.fill(to, 0, FINE_VALUES << 2);
  for (let bin: usize = <usize>FIRST_BIN; bin < <usize>END_BIN; bin++) {
    const into = to + <usize>load<i32>(finePitches + (bin << 2));
    store<f32>(into, load<f32>(into) + <f32>0.25 * load<f32>(power + (bin << 2)));
  }
  for (let run = runs; run < runsEnd; run += 12) {
    const first = max(load<i32>(run), NARROW_FIRST_BIN);
    const end = min(load<i32>(run, 4), NARROW_END_BIN);
    if (first >= end) continue;
    const into = to + (FINE_PITCHES << 2) + (<usize>load<i32>(run, 8) >> 1);
    const total = sum(power + (<usize>first << 2), power + (<usize>end << 2));
    store<f32>(into, load<f32>(into) + <f32>(0.25 * total));
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
