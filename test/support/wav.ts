/** WAV files of 16-bit mono PCM, with or without tags. */
import { writeFileSync } from 'node:fs';

const RATE = 11025;

/** Writes `pcm` (11,025 Hz) as a WAV file; a title becomes a RIFF INFO tag behind the samples. */
export function writeWav(path: string, pcm: Int16Array, title?: string): void {
  const data = chunk('data', Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  const format = Buffer.alloc(16);
  [1, 1].forEach((value, at) => void format.writeUInt16LE(value, at * 2));
  [RATE, RATE * 2].forEach((value, at) => void format.writeUInt32LE(value, 4 + at * 4));
  [2, 16].forEach((value, at) => void format.writeUInt16LE(value, 12 + at * 2));
  const info =
    title === undefined ? [] : [chunk('LIST', Buffer.concat([text('INFO'), chunk('INAM', text(`${title}\0`))]))];
  writeFileSync(path, chunk('RIFF', Buffer.concat([text('WAVE'), chunk('fmt ', format), data, ...info])));
}

function chunk(id: string, body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length);
  return Buffer.concat([text(id), size, body, Buffer.alloc(body.length % 2)]);
}

function text(characters: string): Buffer {
  return Buffer.from(characters, 'utf8');
}
