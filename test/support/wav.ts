/** WAV files of 16-bit mono PCM, with or without tags. */
import { writeFileSync } from 'node:fs';

const RATE = 11025;

/** What RIFF INFO calls them. */
const INFO_TAGS = { title: 'INAM', artist: 'IART', album: 'IPRD', track: 'ITRK' } as const;
export type WavTags = Partial<Readonly<Record<keyof typeof INFO_TAGS, string>>>;

/** Writes `pcm` (11,025 Hz) as a WAV file; a title, or what tags are given, become RIFF INFO tags behind the samples. */
export function writeWav(path: string, pcm: Int16Array, tags?: string | WavTags): void {
  const data = chunk('data', Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  const format = Buffer.alloc(16);
  [1, 1].forEach((value, at) => void format.writeUInt16LE(value, at * 2));
  [RATE, RATE * 2].forEach((value, at) => void format.writeUInt32LE(value, 4 + at * 4));
  [2, 16].forEach((value, at) => void format.writeUInt16LE(value, 12 + at * 2));
  const info = infoOf(typeof tags === 'string' ? { title: tags } : (tags ?? {}));
  writeFileSync(path, chunk('RIFF', Buffer.concat([text('WAVE'), chunk('fmt ', format), data, ...info])));
}

function infoOf(tags: WavTags): Buffer[] {
  const values = Object.entries(tags).map(([name, value]) =>
    chunk(INFO_TAGS[name as keyof WavTags], text(`${value}\0`)),
  );
  return values.length === 0 ? [] : [chunk('LIST', Buffer.concat([text('INFO'), ...values]))];
}

function chunk(id: string, body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length);
  return Buffer.concat([text(id), size, body, Buffer.alloc(body.length % 2)]);
}

function text(characters: string): Buffer {
  return Buffer.from(characters, 'utf8');
}
