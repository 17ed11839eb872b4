// Chroma images of real music, from which libraries are made: for every quarter hop the energies of the twelve pitch
// classes, as the fingerprinter sees them. One transform every quarter hop serves all four phases.
//
// The file: 16 bytes with "chroma1\0" and, little-endian, the number of pieces and of frames; then for each piece
// its first frame (32 bits), frames (32 bits) and, as text of 120 bytes, what it is; then all frames, 12 floats each.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { piecesIn } from '../calibration/tracks.mjs';

const { BATCH_FRAMES, createChromaKernel, PITCH_CLASSES } = await import('../../dist/fingerprint/chroma.js');
const { FRAME_SAMPLES, HOP_SAMPLES, PHASE_OFFSETS, SAMPLE_RATE } = await import('../../dist/fingerprint/constants.js');

/** Shorter pieces are jingles and noises. Chosen. */
const LEAST_SECONDS = 40;
/** Of a longer piece this is enough. Chosen. */
const MOST_SECONDS = 600;
const MAGIC = Buffer.from('chroma1\0');
const NAME_BYTES = 120;
const HEAD_BYTES = 16;
const PIECE_BYTES = 8 + NAME_BYTES;

/**
 * The chroma image of a sound: PITCH_CLASSES energies for each quarter hop, frame after frame. Frame i starts at sample
 * `HOP_SAMPLES * (i >> 2) + PHASE_OFFSETS[i & 3]`.
 * @param pcm samples at SAMPLE_RATE, mono
 */
export function chromaImage(pcm) {
  const kernel = createChromaKernel(FRAME_SAMPLES + HOP_SAMPLES * (BATCH_FRAMES / 4));
  const startOf = (frame) => HOP_SAMPLES * (frame >> 2) + PHASE_OFFSETS[frame & 3];
  let frames = 0;
  while (startOf(frames) + FRAME_SAMPLES <= pcm.length) frames++;
  const image = new Float64Array(frames * PITCH_CLASSES);
  for (let first = 0; first < frames; first += BATCH_FRAMES) {
    const count = Math.min(BATCH_FRAMES, frames - first);
    const base = startOf(first);
    kernel.pcm.set(pcm.subarray(base, base + kernel.pcm.length));
    for (let i = 0; i < count; i++) kernel.starts[i] = startOf(first + i) - base;
    kernel.analyse(count, 0n);
    image.set(kernel.chroma.subarray(0, count * PITCH_CLASSES), first * PITCH_CLASSES);
  }
  return image;
}

/** Samples of a file as the fingerprinter takes them; empty where it cannot be decoded. */
function decode(file) {
  const shape = ['-ac', '1', '-ar', String(SAMPLE_RATE), '-t', String(MOST_SECONDS), '-f', 's16le', '-'];
  const ran = spawnSync('ffmpeg', ['-nostdin', '-v', 'error', '-i', file, ...shape], { maxBuffer: 2 ** 28 });
  const bytes = ran.stdout ?? Buffer.alloc(0);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1)));
}

/** Makes a pool from the music below the folders, or says why there is none. @throws Error where there is no music */
export function makePool(folders, file, say = () => undefined) {
  const pieces = [];
  const files = piecesIn(folders);
  for (const [at, name] of files.entries()) {
    if (at % 50 === 0) say(`pool: file ${at} of ${files.length}`);
    const pcm = decode(name);
    if (pcm.length < LEAST_SECONDS * SAMPLE_RATE) continue;
    const label = name.split('/').slice(-2).join('/');
    pieces.push({ label, image: Float32Array.from(chromaImage(pcm)) });
  }
  if (pieces.length === 0) throw new Error('There is no music of 40 s or more below the folders.');
  writePool(pieces, file);
}

/** Writes a pool of `{ label, image }`, images as {@link chromaImage} gives them. */
export function writePool(pieces, file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.part`, Buffer.concat(packed(pieces)));
  fs.renameSync(`${file}.part`, file);
}

function packed(pieces) {
  const head = Buffer.alloc(HEAD_BYTES + PIECE_BYTES * pieces.length);
  MAGIC.copy(head);
  let frames = 0;
  for (const [i, { label, image }] of pieces.entries()) {
    const at = HEAD_BYTES + PIECE_BYTES * i;
    head.writeUInt32LE(frames, at);
    head.writeUInt32LE(image.length / PITCH_CLASSES, at + 4);
    head.write(label.slice(-NAME_BYTES), at + 8);
    frames += image.length / PITCH_CLASSES;
  }
  head.writeUInt32LE(pieces.length, 8);
  head.writeUInt32LE(frames, 12);
  return [head, ...pieces.map(({ image }) => Buffer.from(image.buffer, image.byteOffset, image.byteLength))];
}

/**
 * Reads a pool: `pieces`, each `{ label, first, frames }`, and `energies`, a Float32Array of all frames.
 * @throws Error where the file is none
 */
export function readPool(file) {
  const bytes = fs.readFileSync(file);
  if (!bytes.subarray(0, 8).equals(MAGIC)) throw new Error(`${file} is no pool of chroma images.`);
  const count = bytes.readUInt32LE(8);
  const pieces = Array.from({ length: count }, (_, i) => {
    const at = HEAD_BYTES + PIECE_BYTES * i;
    const label = bytes.toString('utf8', at + 8, at + PIECE_BYTES).replace(/\0+$/, '');
    return { label, first: bytes.readUInt32LE(at), frames: bytes.readUInt32LE(at + 4) };
  });
  const start = bytes.byteOffset + HEAD_BYTES + PIECE_BYTES * count;
  const energies = new Float32Array(bytes.buffer.slice(start, start + bytes.readUInt32LE(12) * PITCH_CLASSES * 4));
  return { pieces, energies };
}
