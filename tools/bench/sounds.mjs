// The sounds of the benchmarks: long files in the formats people have, encoded once from the corpus, and a large tree
// of tiny ones. Kept in the corpus folder between runs.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const SECONDS = 180;
const TRACKS = 20;

/** The formats that are measured, with the encoder of each. */
export const FORMATS = {
  mp3: { ext: 'mp3', codec: ['-c:a', 'libmp3lame', '-b:a', '192k'] },
  flac: { ext: 'flac', codec: ['-c:a', 'flac', '-sample_fmt', 's16'] },
  aac: { ext: 'm4a', codec: ['-c:a', 'aac', '-b:a', '160k'] },
  opus: { ext: 'opus', codec: ['-c:a', 'libopus', '-b:a', '128k', '-ar', '48000'] },
  vorbis: { ext: 'ogg', codec: ['-c:a', 'libvorbis', '-q:a', '5'] },
  wav: { ext: 'wav', codec: ['-c:a', 'pcm_s16le'] },
};

function ffmpeg(...argv) {
  const ran = spawnSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...argv], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`ffmpeg ${argv.join(' ')}: ${ran.stderr}`);
}

function longOriginals(originals) {
  const { items } = JSON.parse(fs.readFileSync(path.join(originals, 'manifest.json'), 'utf8'));
  const long = items.filter((item) => item.duration >= SECONDS && item.sampleRate === 44100 && item.channels === 2);
  return long.slice(0, TRACKS).map((item) => path.join(originals, item.path));
}

/** A folder per format, each with the same music; gives their paths, their files and the seconds of sound in each. */
export function longSounds(originals, folder) {
  const sources = longOriginals(originals);
  const made = {};
  for (const [name, { ext, codec }] of Object.entries(FORMATS)) {
    const at = path.join(folder, name);
    fs.mkdirSync(at, { recursive: true });
    const files = sources.map((source, n) => {
      const file = path.join(at, `${n}.${ext}`);
      if (!fs.existsSync(file)) {
        ffmpeg(
          '-t',
          String(SECONDS),
          '-i',
          source,
          '-map',
          '0:a:0',
          '-ac',
          '2',
          '-ar',
          '44100',
          '-map_metadata',
          '-1',
          ...codec,
          `${at}/part.${ext}`,
        );
        fs.renameSync(`${at}/part.${ext}`, file);
      }
      return file;
    });
    made[name] = { folder: at, files, seconds: SECONDS * files.length };
  }
  return made;
}

const PER_FOLDER = 100;

/** A tree of `count` different one-second FLAC files, a hundred in a folder. Made in a few minutes, once. */
export function largeTree(count, folder) {
  const at = path.join(folder, `tree-${count}`);
  if (fs.existsSync(path.join(at, 'complete'))) return path.join(at, 'music');
  fs.rmSync(at, { recursive: true, force: true });
  const flat = path.join(at, 'flat');
  fs.mkdirSync(flat, { recursive: true });
  const noise = `anoisesrc=c=pink:r=8000:a=0.5:seed=7:d=${count}`;
  ffmpeg(
    '-f',
    'lavfi',
    '-i',
    noise,
    '-ac',
    '1',
    '-c:a',
    'flac',
    '-f',
    'segment',
    '-segment_time',
    '1',
    path.join(flat, '%06d.flac'),
  );
  const names = fs.readdirSync(flat).sort().slice(0, count);
  if (names.length < count) throw new Error(`only ${names.length} of ${count} files were made`);
  names.forEach((name, n) => {
    const home = path.join(
      at,
      'music',
      `artist ${Math.floor(n / PER_FOLDER / 10)}`,
      `album ${Math.floor(n / PER_FOLDER)}`,
    );
    if (n % PER_FOLDER === 0) fs.mkdirSync(home, { recursive: true });
    fs.renameSync(path.join(flat, name), path.join(home, name));
  });
  fs.rmSync(flat, { recursive: true });
  fs.writeFileSync(path.join(at, 'complete'), '');
  return path.join(at, 'music');
}
