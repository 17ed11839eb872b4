/**
 * Where the last frame of a bare MP3 or MP2 ends. Downloads and old rippers leave zeros or a little junk behind
 * it, which decoders report as errors although no sound is missing.
 * @see ISO/IEC 11172-3, section 2.4.1.3
 */
import { readAt } from './bytes.ts';

/** More than this is not a little junk, and may be lost sound. */
const MOST_JUNK_BYTES = 4096;
/** Holds the junk and some of the largest frames. */
const WINDOW_BYTES = 4 * MOST_JUNK_BYTES;
/** Frames in a row that are no coincidence. */
const ENOUGH_FRAMES = 4;

const KBPS_OF_LAYER_2 = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
const KBPS_OF_LAYER_3 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBPS_OF_LOW_RATES = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const RATES_HZ = [44_100, 48_000, 32_000];
const [VERSION_1, VERSION_2, LAYER_2, LAYER_3] = [3, 2, 2, 1];

/** Byte offset behind the last frame; `end` where the last frame reaches it or no frames are found. */
export function lastFrameEnd(fd: number, start: number, end: number): number {
  const from = Math.max(start, end - WINDOW_BYTES);
  const bytes = readAt(fd, from, end - from);
  for (let at = 0; at < bytes.length; at++) {
    const chain = chainAt(bytes, at);
    if (chain.frames < ENOUGH_FRAMES) continue;
    const junk = bytes.length - chain.end;
    const isJunk = junk > 0 && junk <= MOST_JUNK_BYTES && !hasFrameLike(bytes, at, chain.end);
    return isJunk ? from + chain.end : end;
  }
  return end;
}

/** Frames of one stream, each where the one before it ends. `end` may lie behind the bytes: a frame that was cut. */
function chainAt(bytes: Buffer, start: number): { readonly frames: number; readonly end: number } {
  let [frames, at] = [0, start];
  while (at < bytes.length && isAlike(bytes, start, at)) {
    const length = frameBytes(bytes, at);
    if (length === 0) break;
    frames++;
    at += length;
  }
  return { frames, end: at };
}

/** Is there a header of the same stream further on? Then the frames went on behind some damage. */
function hasFrameLike(bytes: Buffer, header: number, from: number): boolean {
  for (let at = from; at < bytes.length; at++) {
    if (isAlike(bytes, header, at) && frameBytes(bytes, at) > 0) return true;
  }
  return false;
}

// Sync word, version, layer and sample rate never change within a stream.
function isAlike(bytes: Buffer, a: number, b: number): boolean {
  if (b + 4 > bytes.length || bytes[a] !== bytes[b]) return false;
  const isSameCoding = ((bytes.readUInt8(a + 1) ^ bytes.readUInt8(b + 1)) & 0xfe) === 0;
  return isSameCoding && ((bytes.readUInt8(a + 2) ^ bytes.readUInt8(b + 2)) & 0x0c) === 0;
}

/** Length of the frame whose header is here; 0 where there is none. */
function frameBytes(bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length) return 0;
  const head = bytes.readUInt32BE(at);
  const [version, layer] = [(head >>> 19) & 3, (head >>> 17) & 3];
  const isKnown = version !== 1 && (layer === LAYER_2 || layer === LAYER_3);
  if (head >>> 21 !== 0x7ff || !isKnown) return 0;
  const table = version !== VERSION_1 ? KBPS_OF_LOW_RATES : layer === LAYER_2 ? KBPS_OF_LAYER_2 : KBPS_OF_LAYER_3;
  const kbps = table[(head >>> 12) & 15] ?? 0;
  const fullRateHz = RATES_HZ[(head >>> 10) & 3] ?? 0;
  if (kbps === 0 || fullRateHz === 0) return 0;
  const rateHz = fullRateHz / (version === VERSION_1 ? 1 : version === VERSION_2 ? 2 : 4);
  const samples = version !== VERSION_1 && layer === LAYER_3 ? 576 : 1152;
  return Math.floor(((samples / 8) * kbps * 1000) / rateHz) + ((head >>> 9) & 1);
}
