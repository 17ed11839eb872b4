import { spawn } from 'node:child_process';
import type { OpenFile, SampleBlock } from '#catalogue';
import { containerName, FORMAT_WHITELIST, isLosslessCoding } from './codings.ts';
import { addressOf, type Inspection, isLockedAsf, isLockedTag } from './inspect.ts';
import { md5OfStreamInfo } from './report.ts';
import { SAMPLE_FORMATS, widthFor } from './sample-width.ts';
import { noSound, notAudio, unopenable } from './trouble.ts';

/** Where a child finds the sound that was handed to it as descriptor 3. */
export const FILE_AT: string = process.platform === 'linux' ? '/proc/self/fd/3' : '/dev/fd/3';

/** What ffprobe tells of the one audio stream. */
export interface Probe {
  readonly streamIndex: number;
  readonly codec: string;
  readonly container: string;
  /** 0 where there is no decoder. */
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bitsPerSample: number | null;
  /** What samples are asked for as. */
  readonly format: SampleBlock['format'];
  readonly namedSeconds: number | null;
  readonly probeScore: number;
  readonly isLocked: boolean;
  readonly sampleMd5: string | null;
}

interface Shown {
  readonly streams?: readonly ShownStream[];
  readonly format?: { readonly format_name?: string; readonly probe_score?: number; readonly duration?: string };
}

interface ShownStream {
  readonly index: number;
  readonly codec_name?: string;
  readonly codec_tag_string?: string;
  readonly sample_fmt?: string;
  readonly sample_rate?: string;
  readonly channels?: number;
  readonly bits_per_sample?: number;
  readonly bits_per_raw_sample?: string;
  readonly duration?: string;
  readonly disposition?: { readonly default?: number };
}

/** @throws AppError `decode/not-audio`, `decode/broken`, `decode/no-sound` */
export async function probeFile(handle: OpenFile, inspection: Inspection): Promise<Probe> {
  const { signature, head } = inspection;
  const { streams = [], format } = await show(handle, inspection);
  if (!format) throw unopenable(signature);
  const stream = streams.find(({ disposition }) => disposition?.default === 1) ?? streams[0];
  if (!stream) throw signature?.container ? noSound('it has no audio stream') : notAudio(signature);
  const codec = stream.codec_name ?? 'unknown';
  const bitsPerSample = isLosslessCoding(codec, head) ? bitsOf(stream) : null;
  return {
    streamIndex: stream.index,
    codec,
    container: containerName(format.format_name ?? '', head),
    sampleRateHz: Number(stream.sample_rate ?? 0),
    channels: stream.channels ?? 0,
    bitsPerSample,
    format: widthFor(packedNumber(stream.sample_fmt), bitsPerSample).format,
    namedSeconds: Number(stream.duration ?? format.duration ?? 0) || null,
    probeScore: format.probe_score ?? 0,
    isLocked: isLockedAsf(inspection) || isLockedTag(stream.codec_tag_string),
    sampleMd5: codec === 'flac' ? streamInfoMd5(head) : null,
  };
}

function bitsOf({ bits_per_raw_sample, bits_per_sample, sample_fmt }: ShownStream): number {
  return Number(bits_per_raw_sample) || bits_per_sample || (sample_fmt?.startsWith('s32') ? 32 : 16);
}

/** `s16p` and `s16` alike are 1, as in libavutil. */
function packedNumber(name = 's16'): number {
  const kinds: Readonly<Record<string, number>> = {
    u8: SAMPLE_FORMATS.u8,
    s16: SAMPLE_FORMATS.s16,
    s32: SAMPLE_FORMATS.s32,
    flt: SAMPLE_FORMATS.f32,
    dbl: SAMPLE_FORMATS.f64,
  };
  return kinds[name.replace(/p$/, '')] ?? SAMPLE_FORMATS.s32;
}

// In native FLAC and in Ogg alike the block follows the mark, with four bytes of header between.
function streamInfoMd5(head: Buffer): string | null {
  const mark = head.indexOf('fLaC', 0, 'latin1');
  return mark < 0 ? null : md5OfStreamInfo(head.subarray(mark + 8));
}

/** What ffprobe shows; nothing where it cannot open the file. */
function show(handle: OpenFile, inspection: Inspection): Promise<Shown> {
  const { promise, resolve, reject } = Promise.withResolvers<Shown>();
  const whitelists = ['-protocol_whitelist', 'file,subfile', '-format_whitelist', FORMAT_WHITELIST];
  const shown = ['-show_format', '-show_streams', '-select_streams', 'a', '-of', 'json'];
  const child = spawn('ffprobe', ['-v', 'quiet', ...whitelists, ...shown, '-i', addressOf(FILE_AT, inspection)], {
    stdio: ['ignore', 'pipe', 'ignore', handle.fd],
  });
  let text = '';
  child.stdout?.on('data', (data: Buffer) => {
    text += data.toString();
  });
  child.once('error', reject);
  child.once('close', () => resolve(parsed(text)));
  return promise;
}

function parsed(text: string): Shown {
  try {
    return JSON.parse(text) as Shown;
  } catch {
    // It was killed or crashed: nothing is known of the file.
    return {};
  }
}
