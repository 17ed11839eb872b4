// Makes a folder of damaged sounds: nine ways of damage × nine formats, the same for the same seed.
//   node tools/make-damaged.mjs OUT [SEED]
// Needs ffmpeg. Files are named WAY.EXTENSION; whole.EXTENSION is the undamaged original.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FORMATS = {
  mp3: ['-c:a', 'libmp3lame'],
  flac: ['-c:a', 'flac'],
  ogg: ['-c:a', 'libvorbis'],
  opus: ['-c:a', 'libopus'],
  m4a: ['-c:a', 'aac'],
  wav: ['-c:a', 'pcm_s16le'],
  wma: ['-c:a', 'wmav2'],
  wv: ['-c:a', 'wavpack', '-sample_fmt', 's16p'],
  aiff: ['-c:a', 'pcm_s16be'],
};

const WAYS = {
  cut: (bytes) => bytes.subarray(0, Math.floor(bytes.length * 0.4)),
  garbage: (bytes, random) => bytes.map(() => random() * 256),
  zeros: (bytes) => bytes.fill(0),
  'few-flips': (bytes, random) => flipped(bytes, random, 20),
  'many-flips': (bytes, random) => flipped(bytes, random, 2000),
  'broken-header': (bytes, random) => overwritten(bytes, 0, 256, () => random() * 256),
  hole: (bytes) => overwritten(bytes, bytes.length * 0.4, bytes.length * 0.6, () => 0),
  'junk-in-front': (bytes, random) => Buffer.concat([Buffer.alloc(5000).map(() => random() * 256), bytes]),
  empty: () => Buffer.alloc(0),
};

/** Numbers from 0 to 1, the same for the same seed. @see https://en.wikipedia.org/wiki/Xorshift */
function randomFrom(seed) {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function flipped(bytes, random, count) {
  for (let i = 0; i < count; i++) bytes[Math.floor(random() * bytes.length)] ^= 1 + Math.floor(random() * 255);
  return bytes;
}

function overwritten(bytes, from, to, value) {
  for (let at = Math.floor(from); at < Math.min(to, bytes.length); at++) bytes[at] = value();
  return bytes;
}

const [out, seed = '1'] = process.argv.slice(2);
if (!out) {
  console.error('Usage: node tools/make-damaged.mjs OUT [SEED]');
  process.exit(2);
}
mkdirSync(out, { recursive: true });
const random = randomFrom(Number(seed));
const sound = `anoisesrc=d=12:r=44100:c=pink:a=0.4:seed=${seed},pan=stereo|c0=c0|c1=0.7*c0`;
for (const [extension, args] of Object.entries(FORMATS)) {
  const whole = path.join(out, `whole.${extension}`);
  execFileSync('ffmpeg', [
    '-v',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    sound,
    '-metadata',
    'title=Damaged',
    ...args,
    whole,
  ]);
  for (const [way, damage] of Object.entries(WAYS)) {
    writeFileSync(path.join(out, `${way}.${extension}`), damage(Buffer.from(readFileSync(whole)), random));
  }
}
