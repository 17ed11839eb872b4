/** Synthesised songs as people's files: any coding, rate and tags, by FFmpeg. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { music, pcmOf } from './music.ts';
import { writeWav } from './wav.ts';

export interface Song {
  /** Which melody: another number is another recording. */
  readonly song: number;
  readonly seconds?: number;
  /** As FFmpeg names them: `album`, `album_artist`, `artist`, `track`, `disc`, `title`. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Of the coding, such as `-b:a 128k`. */
  readonly args?: readonly string[];
}

/** Makes files; what was synthesised once is kept until it is disposed of. */
export interface Studio extends Disposable {
  /** For what is used more than once. */
  readonly folder: string;
  /** Writes a song in the coding of the name's extension. @returns the path */
  make(file: string, song: Song): string;
}

export function openStudio(): Studio {
  const folder = mkdtempSync(path.join(tmpdir(), 'reprise-songs-'));
  const master = ({ song, seconds = 14 }: Song): string => {
    const file = path.join(folder, `${song}-${seconds}.wav`);
    if (!existsSync(file)) writeWav(file, pcmOf(music(song, seconds)));
    return file;
  };
  return {
    folder,
    make(file, song) {
      mkdirSync(path.dirname(file), { recursive: true });
      const tags = Object.entries(song.tags ?? {}).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]);
      const { args = [] } = song;
      const rate = [...(args.includes('-ar') ? [] : ['-ar', '44100']), ...(args.includes('-ac') ? [] : ['-ac', '2'])];
      const quiet = ['-v', 'error', '-y', '-i', master(song), '-map_metadata', '-1', '-bitexact', ...rate];
      execFileSync('ffmpeg', [...quiet, ...tags, ...args, file]);
      return file;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Tags of a track of one album. */
export function track(number: number | string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { album: 'Nights', album_artist: 'The Band', artist: 'The Band', track: String(number), ...more };
}
