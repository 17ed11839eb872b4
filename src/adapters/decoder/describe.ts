import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ffmpegName } from './ffmpeg.ts';
import { installedNodeAv, loadNodeAv } from './node-av-load.ts';

/** What this machine can decode, for `doctor`. */
export interface DecoderSituation {
  /** The name of the decoder in use, with the version of FFmpeg behind it; `null` where there is none. */
  readonly inUse: string | null;
  /** Everything found, the best first. */
  readonly found: readonly string[];
  /** Codings that people have and the decoder in use lacks, in FFmpeg's words. */
  readonly missingCodings: readonly string[];
  /** What would make it better, as a sentence; `null` where nothing would. */
  readonly advice: string | null;
}

/** Decoders by name, as `ffmpeg -decoders` lists them; several names mean any of them. */
const WANTED: readonly (readonly [coding: string, ...decoders: string[]])[] = [
  ['mp3', 'mp3', 'mp3float'],
  ...['flac', 'aac', 'alac', 'vorbis', 'opus', 'wmav2', 'wmapro', 'wmalossless', 'wavpack', 'tta', 'ape'].map(
    (name) => [name, name] as const,
  ),
  ['mp2', 'mp2', 'mp2float'],
  ['speex', 'speex', 'libspeex'],
  ['musepack', 'mpc7', 'mpc8'],
  ['ac3', 'ac3'],
  ['eac3', 'eac3'],
  ['dts', 'dca'],
];

/** Loads and starts what it finds, so it takes a moment. */
export async function describeDecoders(): Promise<DecoderSituation> {
  const [library, program] = [await libraryFound(), await programFound()];
  const best = library ?? program;
  return {
    inUse: best?.name ?? null,
    found: [library, program].flatMap((found) => found?.name ?? []),
    missingCodings: best ? missingFrom(best.decoders) : WANTED.map(([coding]) => coding),
    advice: adviceFor(library !== undefined, program !== undefined),
  };
}

interface Found {
  readonly name: string;
  readonly decoders: ReadonlySet<string>;
}

async function libraryFound(): Promise<Found | undefined> {
  const av = await loadNodeAv();
  if (!av) return undefined;
  const names = av.Codec.getCodecList().flatMap((codec) => (codec.isDecoder() ? (codec.name ?? []) : []));
  return { name: `node-av ${installedNodeAv()} (FFmpeg ${av.getFFmpegInfo().version})`, decoders: new Set(names) };
}

async function programFound(): Promise<Found | undefined> {
  const name = await ffmpegName();
  if (name === undefined) return undefined;
  const { stdout } = await promisify(execFile)('ffmpeg', ['-v', 'quiet', '-decoders']);
  const names = [...stdout.matchAll(/^ A\S{5} (\S+)/gm)].map(([, decoder]) => decoder as string);
  return { name, decoders: new Set(names) };
}

function missingFrom(decoders: ReadonlySet<string>): string[] {
  return WANTED.filter(([, ...names]) => !names.some((name) => decoders.has(name))).map(([coding]) => coding);
}

function adviceFor(hasLibrary: boolean, hasProgram: boolean): string | null {
  if (hasLibrary) return null;
  const library = 'Run "npm install --include=optional" in the folder of Reprise to get node-av, the faster decoder.';
  if (hasProgram) return library;
  return `${library} Where it does not fit the system, install ffmpeg from the system's packages instead.`;
}
