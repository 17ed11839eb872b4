/** Decoded samples of any width as numbers. */

/** Interleaved little-endian samples; `s24` is packed into three bytes. */
export interface SampleBlock {
  readonly format: 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64';
  readonly channels: number;
  readonly bytes: Uint8Array;
}

/** A block's samples as numbers. */
export interface SampleView {
  readonly length: number;
  /** Copied as 16-bit integers, 32,768 at full scale; else as floats, 1 at full scale. */
  readonly isS16: boolean;
  /** Copies `count` samples from `from` on. */
  copy(target: Int16Array | Float32Array, from: number, count: number): void;
}

/** The samples of a block, ready to be copied. */
export function viewOf({ format, bytes }: SampleBlock): SampleView {
  switch (format) {
    case 's16':
      return typed(
        aligned(bytes, 2, (buffer, at, length) => new Int16Array(buffer, at, length)),
        true,
      );
    case 'f32':
      return typed(
        aligned(bytes, 4, (buffer, at, length) => new Float32Array(buffer, at, length)),
        false,
      );
    case 'f64':
      return typed(
        aligned(bytes, 8, (buffer, at, length) => new Float64Array(buffer, at, length)),
        false,
      );
    case 's32':
      return computed(
        aligned(bytes, 4, (buffer, at, length) => new Int32Array(buffer, at, length)),
        2 ** -31,
      );
    case 'u8':
      return view(bytes.length, (index) => (bytes[index]! - 128) / 128);
    case 's24':
      return view(Math.floor(bytes.length / 3), (index) => {
        const at = index * 3;
        return (((bytes[at]! << 8) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 24)) >> 8) / 8_388_608;
      });
  }
}

type Numbers = Int16Array | Float32Array | Float64Array | Int32Array;

function aligned<T>(bytes: Uint8Array, width: number, make: (buffer: ArrayBuffer, at: number, length: number) => T): T {
  const held = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return make(held.buffer as ArrayBuffer, held.byteOffset, Math.floor(held.length / width));
}

/** Samples that are numbers already. */
function typed(numbers: Numbers, isS16: boolean): SampleView {
  return {
    length: numbers.length,
    isS16,
    copy: (target, from, count) => target.set(numbers.subarray(from, from + count)),
  };
}

function computed(numbers: Numbers, scale: number): SampleView {
  return view(numbers.length, (index) => numbers[index]! * scale);
}

function view(length: number, at: (index: number) => number): SampleView {
  return {
    length,
    isS16: false,
    copy(target, from, count) {
      for (let i = 0; i < count; i++) target[i] = at(from + i);
    },
  };
}
