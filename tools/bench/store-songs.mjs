// Bytes of MP3 at 128 kbit/s to make recordings of: songs of the corpus, encoded once, and frames that only look so, as
// many as wanted. To a store both are the same: bytes that do not compress and do not repeat by themselves.
import { spawn } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { digest } from '../accuracy/random.mjs';

const SHORTEST_SECONDS = 60;
const LONGEST_SECONDS = 300;
const ENCODERS = 2;
export const FRAMES_PER_SECOND = 44100 / 1152;
export const BYTES_PER_SECOND = 16_000;
const BYTES_PER_FRAME = BYTES_PER_SECOND / FRAMES_PER_SECOND;

const ENCODED = [
  ...['-map', '0:a:0', '-ac', '2', '-ar', '44100', '-c:a', 'libmp3lame', '-b:a', '128k', '-write_xing', '0'],
  ...['-id3v2_version', '0', '-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact', '-f', 'mp3'],
];

function encode(source, file) {
  const argv = ['-nostdin', '-v', 'error', '-y', '-t', String(LONGEST_SECONDS), '-i', source, ...ENCODED];
  const child = spawn('ffmpeg', [...argv, `${file}.part`], { stdio: ['ignore', 2, 2] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      if (status !== 0) return reject(new Error(`ffmpeg could not encode ${source}`));
      fs.renameSync(`${file}.part`, file);
      resolve();
    });
  });
}

/** Where each frame begins, and where the last one ends. */
function framesOf(bytes) {
  const offsets = [0];
  for (let at = 0; at + 4 <= bytes.length; ) {
    if (bytes.readUInt16BE(at) !== 0xfffb) throw new Error(`no frame of 128 kbit/s at ${at}`);
    at += Math.floor(BYTES_PER_FRAME) + ((bytes[at + 2] >> 1) & 1);
    if (at <= bytes.length) offsets.push(at);
  }
  return offsets;
}

/** A song is `{ id, frames, stretch(from, to) }`; a stretch `{ source, offset, bytes }`. */
function songOf(file) {
  const bytes = fs.readFileSync(file);
  const offsets = framesOf(bytes);
  const id = path.basename(file);
  return {
    id,
    frames: offsets.length - 1,
    stretch: (from, to) => ({ source: id, offset: offsets[from], bytes: bytes.subarray(offsets[from], offsets[to]) }),
  };
}

/** The music of the corpus that is long enough, encoded into the folder unless it was before; a few minutes, once. */
export async function encodedSongs(originals, folder) {
  const { items } = JSON.parse(fs.readFileSync(path.join(originals, 'manifest.json'), 'utf8'));
  fs.mkdirSync(folder, { recursive: true });
  const songs = items
    .filter(({ duration }) => duration >= SHORTEST_SECONDS)
    .map((item) => ({
      source: path.join(originals, item.path),
      file: path.join(folder, `${item.id.replaceAll('/', ' ')}.mp3`),
    }));
  const open = songs.filter(({ file }) => !fs.existsSync(file));
  const work = async () => {
    for (let next = open.pop(); next; next = open.pop()) await encode(next.source, next.file);
  };
  await Promise.all(Array.from({ length: ENCODERS }, work));
  return songs.map(({ file }) => songOf(file));
}

const offsetOf = (frame) => Math.floor(frame * BYTES_PER_FRAME);

/** Headers of frames over pseudo-random bytes that belong to the key. */
function madeBytes(key, frames) {
  const cipher = createCipheriv('aes-128-ctr', Buffer.from(digest(key), 'hex').subarray(0, 16), Buffer.alloc(16));
  const bytes = cipher.update(Buffer.alloc(offsetOf(frames)));
  for (let n = 0; n < frames; n++) {
    const [at, end] = [offsetOf(n), offsetOf(n + 1)];
    const isPadded = end - at > Math.floor(BYTES_PER_FRAME);
    bytes.writeUInt32BE(isPadded ? 0xfffb9264 : 0xfffb9064, at);
  }
  return bytes;
}

/** A song that no one ever played, of so many frames; made anew each time a stretch is wanted. */
export const madeSong = (key, frames) => ({
  id: key,
  frames,
  stretch: (from, to) => ({
    source: key,
    offset: offsetOf(from),
    bytes: madeBytes(key, frames).subarray(offsetOf(from), offsetOf(to)),
  }),
});

/** A stretch of its own, which comes once. */
export const madeStretch = (key, frames) => madeSong(key, frames).stretch(0, frames);
