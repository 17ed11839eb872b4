/**
 * The Fourier transform of a real signal in plain double precision, by the textbook radix-2 recursion
 * unrolled. The reference that the kernel is held against; some ten times slower than it.
 */
export interface PlainSpectrum {
  /** Real parts of bins 0 … size/2. */
  readonly re: Float64Array;
  /** Imaginary parts of bins 0 … size/2. */
  readonly im: Float64Array;
}

/** The unscaled spectrum of a real signal whose length is a power of two. */
export function plainForward(samples: ArrayLike<number>): PlainSpectrum {
  const size = samples.length;
  const re = Float64Array.from(samples);
  const im = new Float64Array(size);
  transform(re, im);
  return { re: re.slice(0, size / 2 + 1), im: im.slice(0, size / 2 + 1) };
}

/** The real signal whose spectrum this is: undoes {@link plainForward}. */
export function plainInverse({ re, im }: PlainSpectrum): Float64Array {
  const half = re.length - 1;
  const size = half * 2;
  // The conjugate's transform is the conjugate of the inverse; the signal is real, so only `fullRe` matters.
  const fullRe = Float64Array.from({ length: size }, (_, k) => re[k <= half ? k : size - k]!);
  const fullIm = Float64Array.from({ length: size }, (_, k) => (k <= half ? -im[k]! : im[size - k]!));
  fullIm[0] = 0;
  fullIm[half] = 0;
  transform(fullRe, fullIm);
  return fullRe.map((value) => value / size);
}

function transform(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  reorder(re);
  reorder(im);
  for (let span = 1; span < size; span *= 2) {
    for (let k = 0; k < span; k++) {
      const cos = Math.cos((Math.PI * k) / span);
      const sin = -Math.sin((Math.PI * k) / span);
      for (let low = k; low < size; low += 2 * span) {
        const high = low + span;
        const turnRe = re[high]! * cos - im[high]! * sin;
        const turnIm = re[high]! * sin + im[high]! * cos;
        re[high] = re[low]! - turnRe;
        im[high] = im[low]! - turnIm;
        re[low] = re[low]! + turnRe;
        im[low] = im[low]! + turnIm;
      }
    }
  }
}

/** Puts every value where its index with reversed bits points. */
function reorder(values: Float64Array): void {
  let reverse = 0;
  for (let index = 1; index < values.length; index++) {
    let bit = values.length >> 1;
    while (reverse & bit) {
      reverse ^= bit;
      bit >>= 1;
    }
    reverse |= bit;
    if (index < reverse) [values[index], values[reverse]] = [values[reverse]!, values[index]!];
  }
}
