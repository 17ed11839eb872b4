/**
 * Small sounds in every container whose tags can be given to another, with all that people and players write into them.
 * Made by FFmpeg and by TagLib, which knows nothing of how we read or write tags.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type AudioFile, type Picture, TagLib } from 'taglib-wasm';

let loading: Promise<TagLib> | undefined;

/** Works upon a file by TagLib, which may change it. */
export async function withTagLib<T>(file: string, work: (opened: AudioFile) => T): Promise<T> {
  loading ??= TagLib.initialize();
  using opened = await (await loading).open(new Uint8Array(readFileSync(file)));
  return work(opened);
}

/** What TagLib reads of a file's tags. */
export function tagsByTagLib(file: string): Promise<object> {
  return withTagLib(file, (opened) => ({
    properties: opened.properties(),
    pictures: opened.getPictures().map((picture) => ({ ...picture, data: md5(picture.data) })),
    ratings: opened.getRatings(),
  }));
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** Which of two sounds, for how long, and how well. */
export interface Sounding {
  readonly hz: number;
  readonly seconds: number;
  readonly args?: readonly string[];
}

/** A sound at the path, in the container of its extension, without any tags that were asked for. */
export function makeSound(file: string, { hz, seconds, args = [] }: Sounding): void {
  const source = `sine=frequency=${hz}:duration=${seconds}`;
  ffmpeg('-f', 'lavfi', '-i', source, '-ac', '2', '-bitexact', ...args, file);
}

export function ffmpeg(...args: readonly string[]): string {
  return execFileSync('ffmpeg', ['-v', 'error', '-xerror', '-y', ...args], { encoding: 'utf8' });
}

/** All that is heard of a file, to the bit. */
export function heard(file: string): string {
  return ffmpeg('-i', file, '-map', '0:a', '-f', 'md5', '-');
}

/** A picture of noise, which takes more than one page of Ogg. */
export function picture(seed: number, side = 300): Picture {
  const source = `nullsrc=size=${side}x${side},geq=lum='random(${seed})*255':cb=128:cr=128`;
  const args = ['-v', 'error', '-f', 'lavfi', '-i', source, '-frames:v', '1', '-q:v', '1', '-f', 'mjpeg', '-'];
  const data = new Uint8Array(execFileSync('ffmpeg', args, { maxBuffer: 1 << 24 }));
  return { mimeType: 'image/jpeg', data, type: 'FrontCover', description: `cover ${seed}` };
}

/** What people and players write. */
export const RICH: Readonly<Record<string, string[]>> = {
  TITLE: ['Žluťoučký kůň'],
  ARTIST: ['One', 'Other'],
  ALBUM: ['AC/DC'],
  ALBUMARTIST: ['Both'],
  TRACKNUMBER: ['3/12'],
  DISCNUMBER: ['1/2'],
  DATE: ['1999-03-01'],
  GENRE: ['Jazz', 'Soul'],
  COMMENT: ['mine'],
  ISRC: ['USUM71703861'],
  MUSICBRAINZ_TRACKID: ['6c1fb3d8-8c25-4bc8-b5a5-8ba7e5b1ca3e'],
  MUSICBRAINZ_ALBUMID: ['9c1fb3d8-8c25-4bc8-b5a5-8ba7e5b1ca3e'],
  REPLAYGAIN_TRACK_GAIN: ['-7.25 dB'],
  REPLAYGAIN_TRACK_PEAK: ['0.987654'],
  FMPS_RATING: ['0.8'],
  FMPS_PLAYCOUNT: ['17'],
  'SOMEBODY ELSE': ['has written this'],
};

/** Gives a file tags and a picture, by TagLib. */
export async function tag(file: string, tags: Readonly<Record<string, string[]>>, cover?: Picture): Promise<void> {
  const bytes = await withTagLib(file, (opened) => {
    opened.setProperties({ ...tags });
    if (cover !== undefined) opened.setPictures([cover]);
    if (!opened.save()) throw new Error(`${path.basename(file)} takes no tags`);
    return opened.getFileBuffer();
  });
  writeFileSync(file, bytes);
}
