/**
 * Decoding by the programs ffmpeg and ffprobe from the PATH: slower to start and blind to some details, but
 * often there. One ffmpeg gives payload, samples and PCM at once, each through a pipe of its own.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { DecodeReport, Decoder, DecodeSinks, OpenFile } from '#catalogue';
import { isGuessed } from './codings.ts';
import { isBelievable } from './course.ts';
import { FILE_AT, type Probe, probeFile } from './ffmpeg-probe.ts';
import { addressOf, type Inspection, inspect, isCut, promisesLength, wavSeconds } from './inspect.ts';
import { nominalBitRateOf, reportOf } from './report.ts';
import { packedBytes } from './sample-width.ts';
import { locked, noSound, notAudio, unsupported } from './trouble.ts';

const FIRST_PIPE = 4;
const RESAMPLER = 'aresample=11025:filter_size=16:phase_shift=8:linear_interp=1:cutoff=0.8';

/** What ffmpeg is to do for PCM at 11,025 Hz in this layout. */
function pcmArguments(layout: 'mono' | 'stereo'): string[] {
  const filter = `${RESAMPLER},aformat=sample_fmts=s16:channel_layouts=${layout}`;
  return ['-af', filter, '-c:a', 'pcm_s16le', '-f', 's16le'];
}

/** `undefined` where ffmpeg or ffprobe is not on the PATH. */
export async function createFfmpegDecoder(): Promise<Decoder | undefined> {
  const name = await ffmpegName();
  return name === undefined ? undefined : { name, decode: (handle, sinks) => decode(name, handle, sinks) };
}

/** For example `ffmpeg 5.1.6`. */
export async function ffmpegName(): Promise<string | undefined> {
  const run = promisify(execFile);
  try {
    const [{ stdout }] = await Promise.all([run('ffmpeg', ['-version']), run('ffprobe', ['-version'])]);
    return `ffmpeg ${/version (\S+)/.exec(stdout)?.[1] ?? ''}`.trimEnd();
  } catch {
    // Not there, or it does not run: then this decoder does not exist.
    return undefined;
  }
}

async function decode(name: string, handle: OpenFile, sinks: DecodeSinks): Promise<DecodeReport> {
  const inspection = inspect(handle);
  const probe = await probeFile(handle, inspection);
  if (probe.isLocked) throw locked();
  if (probe.sampleRateHz === 0) throw unsupported(probe.codec, name);
  sinks.length?.(probe.namedSeconds ?? 0);
  const { seconds, payloadBytes, errors, samples } = await pump(handle, inspection, probe, sinks);
  if (!isBelievable(isGuessed(probe.container), probe.probeScore, samples / FRAME_SAMPLES, errors)) {
    throw notAudio(inspection.signature);
  }
  if (samples === 0) throw noSound(`its ${probe.codec} could not be decoded`);
  return reportOf({
    ...probe,
    nominalBitRate: nominalBitRateOf(probe.codec, inspection.head),
    payloadBytes,
    decodedSeconds: seconds,
    declaredSeconds:
      wavSeconds(inspection) ?? (promisesLength(probe.container, inspection) ? probe.namedSeconds : null),
    errors,
    // What ffmpeg writes does not say where it was.
    errorsBehind: 0,
    junkBytes: inspection.junkBytes,
    changes: 0,
    isCut: isCut(handle, inspection),
  });
}

/** Samples in a frame of MP3, by which frames are counted that ffmpeg does not show. */
const FRAME_SAMPLES = 1152;

interface Flow {
  readonly seconds: number;
  /** At the stream's own rate, one channel. */
  readonly samples: number;
  readonly payloadBytes: number;
  readonly errors: number;
}

async function pump(handle: OpenFile, inspection: Inspection, probe: Probe, sinks: DecodeSinks): Promise<Flow> {
  const { pcm, stereo, samples, packet } = sinks;
  const { format, bitsPerSample, channels } = probe;
  const [pcmFlow, sampleFlow] = [counter(), counter()];
  const packetFlow = counter();
  const outlets: Outlet[] = [
    {
      args: pcmArguments('mono'),
      unit: 2,
      take: pcmFlow.through((bytes) => {
        const block = samplesOf(bytes);
        pcm?.(block);
        if (channels === 1) stereo?.(block, block);
      }),
    },
    {
      args: ['-c', 'copy', '-copyinkf', '-f', 'data'],
      unit: 1,
      take: packetFlow.through((bytes) => packet?.(bytes)),
    },
  ];
  if (stereo && channels > 1) {
    const take = (bytes: Uint8Array): void => stereo(...apart(samplesOf(bytes)));
    outlets.push({ args: pcmArguments('stereo'), unit: 4, take });
  }
  if (samples) {
    const coding = format === 'u8' ? 'u8' : `${format}le`;
    outlets.push({
      args: ['-c:a', `pcm_${coding}`, '-f', coding],
      unit: packedBytes(format) * channels,
      take: sampleFlow.through((bytes) => samples({ format, channels, bitsPerSample, bytes })),
    });
  }
  const errors = await runFfmpeg(handle, inspection, probe, outlets);
  const count = samples
    ? sampleFlow.bytes() / packedBytes(format) / channels
    : Math.round(((pcmFlow.bytes() / 2) * probe.sampleRateHz) / 11_025);
  return { seconds: count / probe.sampleRateHz, samples: count, payloadBytes: packetFlow.bytes(), errors };
}

function samplesOf(bytes: Uint8Array): Int16Array {
  return new Int16Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / 2);
}

/** Left and right of interleaved samples. */
function apart(samples: Int16Array): [left: Int16Array, right: Int16Array] {
  const [left, right] = [new Int16Array(samples.length / 2), new Int16Array(samples.length / 2)];
  for (let i = 0; i < left.length; i++) {
    left[i] = samples[2 * i] as number;
    right[i] = samples[2 * i + 1] as number;
  }
  return [left, right];
}

interface Outlet {
  readonly args: readonly string[];
  /** Bytes that must stay together. */
  readonly unit: number;
  readonly take: (bytes: Uint8Array) => void;
}

function counter(): { through(sink: (bytes: Uint8Array) => void): (bytes: Uint8Array) => void; bytes(): number } {
  let total = 0;
  return {
    through: (sink) => (bytes) => {
      total += bytes.length;
      sink(bytes);
    },
    bytes: () => total,
  };
}

/** Gives the number of errors that ffmpeg wrote. */
async function runFfmpeg(
  handle: OpenFile,
  inspection: Inspection,
  { streamIndex }: Probe,
  outlets: readonly Outlet[],
): Promise<number> {
  const input = [
    '-nostdin',
    '-v',
    'error',
    '-threads',
    '1',
    '-err_detect',
    'crccheck',
    '-protocol_whitelist',
    'file,subfile,pipe',
  ];
  const outputs = outlets.flatMap(({ args }, i) => ['-map', `0:${streamIndex}`, ...args, `pipe:${FIRST_PIPE + i}`]);
  const child = spawn('ffmpeg', [...input, '-i', addressOf(FILE_AT, inspection), ...outputs], {
    stdio: ['ignore', 'ignore', 'pipe', handle.fd, ...outlets.map(() => 'pipe' as const)],
  });
  let errors = 0;
  child.stderr?.on('data', (text: Buffer) => {
    errors += text.toString('latin1').split('\n').length - 1;
  });
  try {
    await Promise.all([
      ended(child),
      ...outlets.map((outlet, i) => drain(child.stdio[FIRST_PIPE + i] as Readable, outlet)),
    ]);
  } finally {
    child.kill('SIGKILL');
  }
  return errors;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // The exit code says nothing that the figures do not say better.
    child.once('close', () => resolve());
  });
}

/** Hands whole units on. */
async function drain(pipe: Readable, { unit, take }: Outlet): Promise<void> {
  let rest = Buffer.alloc(0);
  for await (const chunk of pipe as AsyncIterable<Buffer>) {
    // Memory of its own, so that typed arrays may lie over it.
    const bytes = Buffer.from(new ArrayBuffer(rest.length + chunk.length));
    bytes.set(rest);
    bytes.set(chunk, rest.length);
    const whole = bytes.length - (bytes.length % unit);
    if (whole > 0) take(bytes.subarray(0, whole));
    rest = Buffer.from(bytes.subarray(whole));
  }
}
