// The four trees that the sweep is measured on, made by seed: the same bytes on every machine. Every file begins as an
// MP3 with tags does, so that each is a sound for Reprise and just a file for the others.
import { createCipheriv, createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const KIB = 1024;
const MIB = 2 ** 20;

/** Files by tree: `kinds` distinct contents, each file one of them, in folders of 100. */
export function treePlans({ files, largeBytes }) {
  const largeFiles = Math.max(2, Math.ceil(largeBytes / (40 * MIB)));
  return {
    // As albums are: three of ten files have a twin somewhere; 150 sizes, so that most sizes are shared by chance.
    small: { files, kinds: Math.ceil(files * 0.85), sizeOf: (kind) => KIB + 100 * (mix(kind) % 150) },
    // Two of five files have a twin; all sizes are shared by four contents, as those of a ripper's WAV images may be.
    large: {
      files: largeFiles,
      kinds: Math.ceil(largeFiles * 0.8),
      sizeOf: (kind) => 40 * MIB + 4 * KIB * (kind >> 2),
    },
    none: { files: 5_000, kinds: 5_000, sizeOf: (kind) => 200 * KIB + 1000 * (mix(kind) % 100) },
    all: { files: 5_000, kinds: 1, sizeOf: () => 300 * KIB },
  };
}

/** Makes the tree where it is not there yet, and gives its folder. */
export function prepareTree(folder, name, { files, kinds, sizeOf }) {
  const root = path.join(folder, `${name}-${files}-${kinds}`);
  const ready = `${root}.ready`;
  if (fs.existsSync(ready)) return root;
  fs.rmSync(root, { recursive: true, force: true });
  for (let n = 0; n < files; n++) {
    // Twins lie far apart, on the disk as in the tree.
    const kind = n < kinds ? n : mix(n) % kinds;
    const file = path.join(root, `artist ${mix(n) % Math.ceil(files / 100)}`, `${n} song.mp3`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    write(file, kind, sizeOf(kind));
  }
  fs.writeFileSync(ready, '');
  return root;
}

/** Pseudo-random bytes of this content, piece by piece. */
function write(file, kind, size) {
  const key = createHash('sha256').update(`sweep ${kind}`).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(Math.min(size, 4 * MIB));
  const fd = fs.openSync(file, 'w');
  for (let at = 0; at < size; at += zeros.length) {
    const piece = cipher.update(zeros.subarray(0, Math.min(zeros.length, size - at)));
    if (at === 0) piece.write('ID3\x04\0\0\0\0\0\0', 'latin1');
    fs.writeSync(fd, piece);
  }
  fs.closeSync(fd);
}

/** A number that looks like chance and is none. */
function mix(n) {
  let x = Math.imul(n + 0x9e3779b9, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
