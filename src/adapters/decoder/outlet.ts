import type { Frame } from 'node-av/lib';
import type { DecodeSinks } from '#catalogue';
import type { NodeAv } from './node-av-load.ts';
import { packed24, widthFor } from './sample-width.ts';
import { createTap, type SampleShape, type Tap, type TapOptions } from './tap.ts';

/** Where decoded frames go: into the sinks, in large blocks. */
export interface Outlet extends Disposable {
  /** Frames (blocks of samples) that came out of the decoder. */
  readonly frames: number;
  readonly seconds: number;
  /** How often rate, layout or sample format changed on the way. */
  readonly changes: number;
  /** Of the first frame; `undefined` before it. */
  readonly shape: SampleShape | undefined;
  take(frame: Frame): void;
  /** Delivers what is left. */
  finish(): void;
}

// Samples that are gathered before they are handed over: 0.7 s at 44.1 kHz.
const BLOCK_SAMPLES = 32_768;
const PCM_RATE_HZ = 11_025;
const S16 = 1;
const S16_PLANAR = 6;
const UNSPECIFIED_ORDER = 0;

/** `bitsOf` is asked when the first frame is there: bits of a sample, `null` for lossy coding. */
export function createOutlet(av: NodeAv, sinks: DecodeSinks, bitsOf: () => number | null): Outlet {
  let taps: readonly Tap[] = [];
  let shape: SampleShape | undefined;
  let first: SampleShape | undefined;
  let layout: SampleShape['layout'] | undefined;
  let [frames, seconds, changes, gathered] = [0, 0, 0, 0];

  const close = (): void => {
    for (const tap of taps) tap.finish();
    for (const tap of taps) tap[Symbol.dispose]();
    taps = [];
    gathered = 0;
  };
  const open = (frame: Frame): void => {
    // WAV and others without a channel mask: take the usual order, and say so on every frame.
    const unspecified = frame.channelLayout.order === UNSPECIFIED_ORDER;
    layout = unspecified ? av.avChannelLayoutDefault(frame.channels) : undefined;
    if (layout) frame.channelLayout = layout;
    shape = { layout: frame.channelLayout, format: frame.format as SampleShape['format'], rateHz: frame.sampleRate };
    first ??= shape;
    taps = tapsFor(av, shape, sinks, bitsOf());
  };
  // Called for every frame of some 20 ms: no closures, no arrays.
  const feed = (frame: Frame, isFull: boolean): boolean => {
    let isTaken = true;
    for (const tap of taps) if ((isFull ? tap.pour(frame) : tap.gather(frame)) < 0) isTaken = false;
    return isTaken;
  };

  return {
    get frames() {
      return frames;
    },
    get seconds() {
      return seconds;
    },
    get changes() {
      return changes;
    },
    get shape() {
      return first;
    },
    take(frame) {
      if (!shape) open(frame);
      else if (layout) frame.channelLayout = layout;
      const samples = frame.nbSamples;
      gathered += samples;
      const isFull = gathered >= BLOCK_SAMPLES;
      if (!feed(frame, isFull)) {
        // Chained streams may change rate or layout: end this stretch and go on with new taps.
        changes++;
        close();
        open(frame);
        feed(frame, true);
        gathered = 0;
      }
      if (isFull) gathered = 0;
      frames++;
      seconds += samples / (shape as SampleShape).rateHz;
    },
    finish: close,
    [Symbol.dispose]() {
      for (const tap of taps) tap[Symbol.dispose]();
      taps = [];
    },
  };
}

function tapsFor(av: NodeAv, from: SampleShape, sinks: DecodeSinks, bits: number | null): Tap[] {
  const { samples } = sinks;
  const taps = pcmTapsFor(av, from, sinks);
  if (samples) {
    const { ask, format } = widthFor(av.avGetPackedSampleFmt(from.format), bits);
    const channels = from.layout.nbChannels;
    const deliver = (bytes: Buffer): void =>
      samples({ format, channels, bitsPerSample: bits, bytes: format === 's24' ? packed24(bytes) : bytes });
    const to = { ...from, format: ask as SampleShape['format'] };
    taps.push(createTap(av, { from, to, likeChromaprint: false, deliver }));
  }
  return taps;
}

/** A sound of one channel needs one resampler for mono and stereo. */
function pcmTapsFor(av: NodeAv, from: SampleShape, { pcm, stereo }: DecodeSinks): Tap[] {
  const resampled = (channels: number, format: number, deliver: TapOptions['deliver']): Tap => {
    const layout = av.avChannelLayoutDefault(channels);
    const to = { layout, format: format as SampleShape['format'], rateHz: PCM_RATE_HZ };
    return createTap(av, { from, to, likeChromaprint: true, deliver });
  };
  const isMono = from.layout.nbChannels === 1;
  const taps: Tap[] = [];
  if (pcm || (stereo && isMono)) {
    const mono: TapOptions['deliver'] = (bytes) => {
      const block = samplesOf(bytes);
      pcm?.(block);
      if (isMono) stereo?.(block, block);
    };
    taps.push(resampled(1, S16, mono));
  }
  if (stereo && !isMono) {
    const both: TapOptions['deliver'] = (left, right) => stereo(samplesOf(left), samplesOf(right ?? left));
    taps.push(resampled(2, S16_PLANAR, both));
  }
  return taps;
}

function samplesOf(bytes: Buffer): Int16Array {
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}
