// The spectra of two signals that lie over each other, frame by frame under a Hann window, summed: energies of both by
// cell, a few frames each, and over all cells energies and cross-spectrum. All of it in 32-bit floats; within a cell few
// frames are added, then the cells, so that little is lost.
import { allocate, imaginaryAt, prepare as prepareTransform, realAt, separate, transformPacked, unpackedAt } from './fft.as';

let hop: usize = 0; // in bytes, as all sizes that follow
let frame: usize = 0;
let spectrum: usize = 0; // bins, rounded up to whole vectors
let framesPerCell: i32 = 0;
let cells: i32 = 0;
let window: usize = 0; // in blocks of four even and four odd values
let a: usize = 0;
let b: usize = 0;
let aRe: usize = 0;
let aIm: usize = 0;
let powers: usize = 0;
let sums: usize = 0;

/** Allocates for frames of `size` samples, `hopSamples` apart, in so many cells. Must be called first and once. */
export function prepare(size: i32, hopSamples: i32, cellFrames: i32, cellCount: i32): void {
  prepareTransform(size);
  hop = <usize>hopSamples << 2;
  frame = <usize>size << 2;
  spectrum = <usize>((size >> 1) + 4) << 2;
  framesPerCell = cellFrames;
  cells = cellCount;
  const samples = hop * (cellFrames * cellCount - 1) + frame;
  a = allocate(samples);
  b = allocate(samples);
  aRe = allocate(spectrum);
  aIm = allocate(spectrum);
  powers = allocate(2 * spectrum * cellCount);
  sums = allocate(2 * 4 * spectrum);
  window = allocate(frame);
  for (let i = 0; i < size; i++) {
    const value = 0.5 - 0.5 * Math.cos((2 * Math.PI * <f64>i) / <f64>size);
    store<f32>(window + (<usize>(i >> 3) << 5) + (<usize>(i & 1) << 4) + (<usize>(i & 6) << 1), <f32>value);
  }
}

/** Where the samples of both signals must be put, as 32-bit floats. */
export function aAt(): usize {
  return a;
}
export function bAt(): usize {
  return b;
}

/** Where `sum` leaves energies by cell: those of a by bin, then those of b, each (size / 2 + 4) 32-bit floats long. */
export function powersAt(): usize {
  return powers;
}

/** Where `sum` leaves sums by bin, each as long: energy of a and of b, then the cross-spectrum, real and imaginary. */
export function sumsAt(which: i32): usize {
  return sums + 4 * spectrum * which;
}

/** Sums all frames; `which` of the two places is overwritten, and all energies by cell. */
export function sum(which: i32): void {
  const into = sumsAt(which);
  memory.fill(into, 0, 4 * spectrum);
  memory.fill(powers, 0, 2 * spectrum * cells);
  let at: usize = 0;
  for (let cell = 0; cell < cells; cell++) {
    const power = powers + 2 * spectrum * cell;
    for (let n = 0; n < framesPerCell; n++, at += hop) {
      transform(a + at);
      memory.copy(aRe, realAt(), spectrum);
      memory.copy(aIm, imaginaryAt(), spectrum);
      transform(b + at);
      addFrame(power, into + 2 * spectrum);
    }
    for (let k: usize = 0; k < 2 * spectrum; k += 16) {
      v128.store(into + k, f32x4.add(v128.load(into + k), v128.load(power + k)));
    }
  }
}

function transform(samples: usize): void {
  const to = unpackedAt();
  for (let i: usize = 0; i < frame; i += 32) {
    const low = v128.load(samples + i, 0);
    const high = v128.load(samples + i, 16);
    const even = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
    const odd = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
    v128.store(to + i, f32x4.mul(even, v128.load(window + i, 0)), 0);
    v128.store(to + i, f32x4.mul(odd, v128.load(window + i, 16)), 16);
  }
  transformPacked();
  separate();
}

function addFrame(power: usize, cross: usize): void {
  const bRe = realAt();
  const bIm = imaginaryAt();
  const bPower = power + spectrum;
  const crossIm = cross + spectrum;
  for (let k: usize = 0; k < spectrum; k += 16) {
    const ar = v128.load(aRe + k);
    const ai = v128.load(aIm + k);
    const br = v128.load(bRe + k);
    const bi = v128.load(bIm + k);
    v128.store(power + k, f32x4.add(v128.load(power + k), f32x4.add(f32x4.mul(ar, ar), f32x4.mul(ai, ai))));
    v128.store(bPower + k, f32x4.add(v128.load(bPower + k), f32x4.add(f32x4.mul(br, br), f32x4.mul(bi, bi))));
    v128.store(cross + k, f32x4.add(v128.load(cross + k), f32x4.add(f32x4.mul(ar, br), f32x4.mul(ai, bi))));
    v128.store(crossIm + k, f32x4.add(v128.load(crossIm + k), f32x4.sub(f32x4.mul(ar, bi), f32x4.mul(ai, br))));
  }
}
