import { createHash } from 'node:crypto';
import type { StreamInfo } from '#audio';
import type { SampleBlock } from './ports.ts';

/** Hashes the coded payload packet by packet. */
export interface PayloadHash {
  push(packet: Uint8Array): void;
  /** `sha256:…`. Call once. */
  finish(stream: StreamInfo): string;
}

const GATHERED_BYTES = 1 << 16;
/** Larger packets go into the hash as they are. */
const SMALL_BYTES = 4096;

/**
 * Bare PCM does not say what it is, so its rate, width and channels go into the hash; other payloads do. Packets
 * are small and each call of the hash costs more than copying them, so they are gathered first.
 */
export function createPayloadHash(): PayloadHash {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(GATHERED_BYTES);
  let filled = 0;
  const flush = (): void => {
    if (filled > 0) hash.update(buffer.subarray(0, filled));
    filled = 0;
  };
  return {
    push(packet) {
      if (packet.length > SMALL_BYTES || filled + packet.length > buffer.length) flush();
      if (packet.length > SMALL_BYTES) {
        hash.update(packet);
        return;
      }
      buffer.set(packet, filled);
      filled += packet.length;
    },
    finish({ codec, sampleRateHz, channels }) {
      flush();
      if (codec.startsWith('pcm_')) hash.update(`\n${codec} ${sampleRateHz} ${channels}`);
      return `sha256:${hash.digest('hex')}`;
    },
  };
}

/** Hashes decoded samples of lossless codings as FLAC does: interleaved, signed, little-endian, in the fewest bytes. */
export interface SampleHash {
  push(block: SampleBlock): void;
  /** `md5:<hex>:<rate>:<width>:<channels>`; `null` for lossy coding. */
  finish(stream: StreamInfo): string | null;
  /** The MD5 alone, lower-case hex; `null` for lossy coding. After `finish` only. */
  md5(): string | null;
}

/** @see RFC 9639, section 8.2, for the MD5 of FLAC's STREAMINFO. */
export function createSampleHash(): SampleHash {
  const hash = createHash('md5');
  let width: string | null = null;
  let digest: string | null = null;
  return {
    push(block) {
      if (block.bitsPerSample === null) return;
      width = block.format.startsWith('f') ? block.format : String(block.bitsPerSample);
      hash.update(canonical(block, block.bitsPerSample));
    },
    finish({ sampleRateHz, channels }) {
      if (width === null) return null;
      digest = hash.digest('hex');
      return `md5:${digest}:${sampleRateHz}:${width}:${channels}`;
    },
    md5: () => digest,
  };
}

/** Signed, and moved down to the lowest bits where the width is not one of whole bytes. */
function canonical({ format, bytes }: SampleBlock, bits: number): Uint8Array {
  switch (format) {
    case 'u8':
      return Uint8Array.from(bytes, (byte) => ((byte ^ 0x80) << 24) >> (24 + 8 - Math.min(bits, 8)));
    case 's16':
      return bits < 16 ? shifted(bytes, 2, 16 - bits) : bytes;
    case 's24':
      return bits < 24 ? shifted(bytes, 3, 24 - bits) : bytes;
    case 's32':
      return bits < 32 ? shifted(bytes, 4, 32 - bits) : bytes;
    default:
      return bytes;
  }
}

function shifted(bytes: Uint8Array, width: number, by: number): Uint8Array {
  const moved = Buffer.from(bytes);
  for (let at = 0; at + width <= moved.length; at += width) {
    moved.writeIntLE(moved.readIntLE(at, width) >> by, at, width);
  }
  return moved;
}
