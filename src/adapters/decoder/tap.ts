/**
 * Draws one kind of samples out of decoded frames. Frames are gathered, mixed and resampled in C and handed
 * over in large blocks: crossing into JavaScript for each frame of 20 ms would cost as much as decoding it.
 */
import type { Frame, SoftwareResampleContext } from 'node-av/lib';
import type { NodeAv } from './node-av-load.ts';

type Layout = Frame['channelLayout'];
type SampleFormat = Parameters<NodeAv['avGetBytesPerSample']>[0];

/** What samples look like. */
export interface SampleShape {
  readonly layout: Layout;
  readonly format: SampleFormat;
  readonly rateHz: number;
}

export interface TapOptions {
  readonly from: SampleShape;
  readonly to: SampleShape;
  /** Resample as Chromaprint does. */
  readonly likeChromaprint: boolean;
  /** Receives interleaved samples, or of a planar format the first two channels; the bytes are valid during the call only. */
  readonly deliver: (bytes: Buffer, second: Buffer | undefined) => void;
}

export interface Tap extends Disposable {
  /** Takes a frame in, without giving anything out yet. Negative: FFmpeg's error code. */
  gather(frame: Frame): number;
  /** Takes a frame in and delivers all that was gathered. Negative: FFmpeg's error code. */
  pour(frame: Frame): number;
  /** Delivers the rest, with what the resampler held back. */
  finish(): void;
}

const FLUSH_FRAMES = 8192;

/** @throws Error where FFmpeg cannot convert between the two shapes; a bug or an exotic layout. */
export function createTap(av: NodeAv, { from, to, likeChromaprint, deliver }: TapOptions): Tap {
  const converter = new av.SoftwareResampleContext();
  const out = new av.Frame();
  out.alloc();
  const isPlanar = av.avSampleFmtIsPlanar(to.format);
  const sampleBytes = av.avGetBytesPerSample(to.format) * (isPlanar ? 1 : to.layout.nbChannels);
  let capacity = 0;

  const reserve = (frames: number): void => {
    if (frames > capacity) {
      out.unref();
      Object.assign(out, { nbSamples: frames, format: to.format, sampleRate: to.rateHz, channelLayout: to.layout });
      check(out.getBuffer(0), 'memory for samples');
      capacity = frames;
    }
    out.nbSamples = capacity;
  };
  const draw = (frame: Frame | null): number => {
    const result = converter.convertFrame(out, frame);
    const [bytes, second] = out.data ?? [];
    const length = out.nbSamples * sampleBytes;
    if (result >= 0 && length > 0 && bytes) deliver(bytes.subarray(0, length), second?.subarray(0, length));
    return result;
  };

  open(av, converter, from, to, likeChromaprint);
  return {
    gather: (frame) => converter.convertFrame(null, frame),
    pour(frame) {
      reserve(Math.max(FLUSH_FRAMES, converter.getOutSamples(frame.nbSamples)));
      return draw(frame);
    },
    finish() {
      do reserve(FLUSH_FRAMES);
      while (draw(null) >= 0 && out.nbSamples > 0);
    },
    [Symbol.dispose]() {
      out.free();
      converter.free();
    },
  };
}

function open(
  av: NodeAv,
  converter: SoftwareResampleContext,
  from: SampleShape,
  to: SampleShape,
  likeChromaprint: boolean,
): void {
  check(
    converter.allocSetOpts2(to.layout, to.format, to.rateHz, from.layout, from.format, from.rateHz),
    'a sample converter',
  );
  if (likeChromaprint) {
    // What fpcalc's resampler does, so that our fingerprints are its fingerprints.
    const native = converter.getNative();
    check(av.Option.setInt(native, 'filter_size', 16n), 'filter_size');
    check(av.Option.setInt(native, 'phase_shift', 8n), 'phase_shift');
    check(av.Option.setInt(native, 'linear_interp', 1n), 'linear_interp');
    check(av.Option.setDouble(native, 'cutoff', 0.8), 'cutoff');
  }
  check(converter.init(), 'the sample converter');
}

function check(result: number, what: string): void {
  if (result < 0) throw new Error(`FFmpeg cannot set up ${what} (${result}).`);
}
