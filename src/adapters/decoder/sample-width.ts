import type { SampleBlock } from '#catalogue';

/** Numbers of libavutil's `AVSampleFormat`, interleaved kinds. */
export const SAMPLE_FORMATS = { u8: 0, s16: 1, s32: 2, f32: 3, f64: 4 } as const;

/** How the samples of a stream are handed over. */
export interface Width {
  /** What FFmpeg is asked for. */
  readonly ask: number;
  /** What the block says; `s24` is made of `s32` by {@link packed24}. */
  readonly format: SampleBlock['format'];
}

/** The narrowest of our formats that keeps every bit. `packed` is the interleaved kind of what the decoder gives. */
export function widthFor(packed: number, bits: number | null): Width {
  const { u8, s16, s32, f32, f64 } = SAMPLE_FORMATS;
  if (packed === f64) return { ask: f64, format: 'f64' };
  if (packed === f32) return { ask: f32, format: 'f32' };
  const width = bits ?? (packed === u8 ? 8 : packed === s16 ? 16 : 32);
  if (width <= 8) return { ask: u8, format: 'u8' };
  if (width <= 16) return { ask: s16, format: 's16' };
  return { ask: s32, format: width <= 24 ? 's24' : 's32' };
}

/** The upper three bytes of each 32-bit sample. */
export function packed24(bytes: Uint8Array): Uint8Array {
  const packed = new Uint8Array((bytes.length / 4) * 3);
  for (let from = 1, to = 0; from < bytes.length; from += 4, to += 3) {
    packed[to] = bytes[from]!;
    packed[to + 1] = bytes[from + 1]!;
    packed[to + 2] = bytes[from + 2]!;
  }
  return packed;
}

/** Bytes of one sample of a block. */
export function packedBytes(format: SampleBlock['format']): number {
  return { u8: 1, s16: 2, s24: 3, s32: 4, f32: 4, f64: 8 }[format];
}
