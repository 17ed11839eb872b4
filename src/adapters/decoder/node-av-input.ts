import type { CodecContext, FormatContext, Stream } from 'node-av/lib';
import type { OpenFile } from '#catalogue';
import { containerName, FORMAT_WHITELIST } from './codings.ts';
import { addressOf, type Inspection, isLockedAsf, isLockedTag } from './inspect.ts';
import type { NodeAv } from './node-av-load.ts';
import { noSound, notAudio, unopenable } from './trouble.ts';

/** FFmpeg's error codes that are no errors. */
export interface Codes {
  /** Give it more, or take something first. */
  readonly again: number;
  readonly end: number;
}

/** An opened file with its audio stream and a decoder for it. */
export interface Input extends Disposable {
  readonly format: FormatContext;
  readonly stream: Stream;
  readonly streamIndex: number;
  /** Every packet belongs to the audio stream. */
  readonly isOnlyStream: boolean;
  readonly decoder: CodecContext;
  /** `null` where there is no decoder; then `decoder` is not open. */
  readonly codec: string | null;
  /** The coding, also where there is no decoder. */
  readonly codecName: string;
  readonly container: string;
  /** How sure FFmpeg is of the container, 0 … 100. */
  readonly probeScore: number;
  readonly bitsPerSample: number | null;
  readonly isLocked: boolean;
  readonly codes: Codes;
}

const AUDIO = 1;
const DISCARD_ALL = 48;
const END = -541478725;
const AGAIN = process.platform === 'darwin' ? -35 : -11;

/** @throws AppError `decode/not-audio`, `decode/broken`, `decode/no-sound` */
export function openInput(av: NodeAv, handle: OpenFile, inspection: Inspection): Input {
  using onTrouble = new DisposableStack();
  const format = new av.FormatContext();
  onTrouble.defer(() => format.closeInputSync());
  openFormat(av, format, handle, inspection);
  const { stream, streamIndex } = pickStream(format, inspection);
  const decoder = new av.CodecContext();
  onTrouble.defer(() => decoder.freeContext());
  const codec = openDecoder(av, decoder, stream);
  const resources = onTrouble.move();
  return {
    format,
    stream,
    streamIndex,
    isOnlyStream: format.nbStreams === 1,
    decoder,
    codec,
    codecName: av.avGetCodecName(stream.codecpar.codecId) ?? 'unknown',
    container: containerName(format.iformat?.name ?? '', inspection.head),
    probeScore: format.probeScore,
    bitsPerSample: bitsOf(decoder, stream),
    isLocked: isLockedAsf(inspection) || isLockedTag(stream.codecpar.codecTagString),
    codes: { again: AGAIN, end: END },
    [Symbol.dispose]: () => resources.dispose(),
  };
}

// Options are set on the contexts themselves: node-av frees a dictionary twice that was handed to an open call.
function openFormat(av: NodeAv, format: FormatContext, handle: OpenFile, inspection: Inspection): void {
  format.allocContext();
  av.Option.set(format.getNative(), 'protocol_whitelist', 'file,subfile');
  av.Option.set(format.getNative(), 'format_whitelist', FORMAT_WHITELIST);
  if (format.openInputSync(addressOf(handle.alias, inspection)) >= 0 && format.findStreamInfoSync() >= 0) return;
  throw unopenable(inspection.signature);
}

function pickStream(format: FormatContext, { signature }: Inspection): { stream: Stream; streamIndex: number } {
  const streamIndex = format.findBestStream(AUDIO as Parameters<FormatContext['findBestStream']>[0]);
  const { streams } = format;
  const stream = streams[streamIndex];
  if (!stream) throw signature?.container ? noSound('it has no audio stream') : notAudio(signature);
  for (const other of streams) if (other.index !== streamIndex) other.discard = DISCARD_ALL as Stream['discard'];
  return { stream, streamIndex };
}

function openDecoder(av: NodeAv, context: CodecContext, stream: Stream): string | null {
  const codec = av.Codec.findDecoder(stream.codecpar.codecId);
  if (!codec) return null;
  context.allocContext3(codec);
  context.parametersToContext(stream.codecpar);
  context.pktTimebase = stream.timeBase;
  context.threadCount = 1;
  av.Option.set(context.getNative(), 'err_detect', 'crccheck');
  return context.open2Sync(codec) < 0 ? null : codec.name;
}

function bitsOf(decoder: CodecContext, { codecpar }: Stream): number | null {
  return (
    codecpar.bitsPerRawSample || (decoder.isOpen && decoder.bitsPerRawSample) || codecpar.bitsPerCodedSample || null
  );
}
