/**
 * Decoding by node-av (FFmpeg as a library). Every call is synchronous: waiting for a promise per packet costs
 * three to eight times as much, and the process that decodes has nothing else to do. Whatever is opened is
 * closed again in any case; the garbage collector does not do that.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Packet } from 'node-av/lib';
import type { DecodeReport, Decoder, DecodeSinks, OpenFile } from '#catalogue';
import { isGuessed } from './codings.ts';
import { type Course, isBelievable, losslessBits, namedSeconds } from './course.ts';
import { inspect, isCut, promisesLength, wavSeconds } from './inspect.ts';
import { type Input, openInput } from './node-av-input.ts';
import { installedNodeAv, loadNodeAv, type NodeAv } from './node-av-load.ts';
import { createOutlet, type Outlet } from './outlet.ts';
import { md5OfStreamInfo, nominalBitRateOf, reportOf } from './report.ts';
import { locked, noSound, notAudio, unsupported } from './trouble.ts';

// libavutil's AV_LOG_QUIET. What FFmpeg says is read from return codes: its log callback arrives late and
// aborts the process when a message is on its way at exit.
const QUIET = -8;
/** A demuxer that fails this often in a row will not find anything any more. */
const FAILURES_IN_A_ROW = 100;

/** `undefined` where the optional package node-av is not installed or does not load on this system. */
export async function createNodeAvDecoder(): Promise<Decoder | undefined> {
  const av = await loadNodeAv();
  if (!av) return undefined;
  av.Log.setLevel(QUIET as Parameters<typeof av.Log.setLevel>[0]);
  const name = `node-av ${installedNodeAv() ?? ''}`.trimEnd();
  return {
    name,
    async decode(handle, sinks) {
      try {
        return decode(av, name, handle, sinks);
      } finally {
        // Node frees the memory behind buffers that were handed out only between turns of its event loop.
        await nextTurn();
      }
    },
  };
}

function decode(av: NodeAv, name: string, handle: OpenFile, sinks: DecodeSinks): DecodeReport {
  const inspection = inspect(handle);
  using input = openInput(av, handle, inspection);
  if (input.isLocked) throw locked();
  if (input.codec === null) throw unsupported(input.codecName, name);
  const course = { packets: 0, payloadBytes: 0, errors: 0, errorsAtLastSound: 0 } as Course;
  using outlet = createOutlet(av, sinks, () => losslessBits(input, course.firstPacket));
  sinks.length?.(namedSeconds(input) ?? 0);
  pump(av, input, outlet, sinks, course);
  const { container, codecName, probeScore } = input;
  if (!isBelievable(isGuessed(container), probeScore, outlet.frames, course.errors))
    throw notAudio(inspection.signature);
  if (!outlet.shape) throw noSound(`${course.packets} packets of ${codecName}, none of which could be decoded`);
  return reportOf({
    codec: codecName,
    container,
    sampleRateHz: outlet.shape.rateHz,
    channels: outlet.shape.layout.nbChannels,
    bitsPerSample: losslessBits(input, course.firstPacket),
    nominalBitRate: nominalBitRateOf(codecName, inspection.head),
    payloadBytes: course.payloadBytes,
    decodedSeconds: outlet.seconds,
    declaredSeconds: wavSeconds(inspection) ?? (promisesLength(container, inspection) ? namedSeconds(input) : null),
    errors: course.errors,
    errorsBehind: course.errors - course.errorsAtLastSound,
    junkBytes: inspection.junkBytes,
    changes: outlet.changes,
    isCut: isCut(handle, inspection),
    sampleMd5: codecName === 'flac' ? md5OfStreamInfo(input.stream.codecpar.extradata) : null,
  });
}

/** Takes the whole file through decoder and outlet, and writes down in `course` what happens. */
function pump(av: NodeAv, input: Input, outlet: Outlet, sinks: DecodeSinks, course: Course): void {
  using packet = managed(new av.Packet());
  using frame = managed(new av.Frame());
  const { codes } = input;
  let inARow = 0;

  const receive = (): number => {
    const got = input.decoder.receiveFrameSync(frame.it);
    if (got >= 0) {
      outlet.take(frame.it);
      course.errorsAtLastSound = course.errors;
    } else if (got !== codes.again && got !== codes.end) course.errors++;
    return got;
  };
  const send = (it: typeof packet.it | null): void => {
    let sent = input.decoder.sendPacketSync(it);
    while (sent === codes.again && receive() >= 0) sent = input.decoder.sendPacketSync(it);
    if (sent < 0 && sent !== codes.end) course.errors++;
  };

  for (;;) {
    const got = input.format.readFrameSync(packet.it);
    if (got === codes.end) break;
    if (got < 0) {
      course.errors++;
      if (++inARow >= FAILURES_IN_A_ROW) break;
      continue;
    }
    inARow = 0;
    if (input.isOnlyStream || packet.it.streamIndex === input.streamIndex) {
      note(packet.it, course, sinks);
      send(packet.it);
      receive();
    }
    packet.it.unref();
  }
  send(null);
  while (receive() >= 0);
  outlet.finish();
}

function note(packet: Packet, course: Course, { packet: sink }: DecodeSinks): void {
  const data = sink || course.packets === 0 ? packet.data : null;
  course.payloadBytes += data?.length ?? packet.size;
  if (course.packets++ === 0 && data) course.firstPacket = Uint8Array.from(data);
  if (data) sink?.(data);
}

/** An object of node-av, allocated, with its end tied to the scope. */
function managed<T extends { alloc(): void; free(): void }>(it: T): { readonly it: T } & Disposable {
  it.alloc();
  return { it, [Symbol.dispose]: () => it.free() };
}
