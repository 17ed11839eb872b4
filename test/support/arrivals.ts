/**
 * Small sounds as they arrive at the gate: albums, and beside them copies, re-tagged and quieter copies, the same sounds on
 * other albums and other sounds in the same places. What each file is, is known, so that verdicts can be held against it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRandom } from './music.ts';
import { type WavTags, writeWav } from './wav.ts';

const RATE_HZ = 11_025;
const SECONDS = 12;
const TRACKS_PER_ALBUM = 10;

export interface Arriving {
  /** Below the folder. */
  readonly name: string;
  /** Equal for files that are one track to the gate; `null` where it cannot tell. */
  readonly tuple: string | null;
  /** Equal for sounds that are equal sample by sample. */
  readonly samples: string;
}

interface Track {
  readonly sound: number;
  readonly gain: number;
  readonly album: string;
  readonly track: number;
  readonly title: string;
}

const KINDS = ['copy', 'retagged', 'quieter', 'elsewhere', 'other sound'] as const;
type Kind = (typeof KINDS)[number];

export interface ArrivalOptions {
  /** How many sounds; there are twice as many files, and a few odd ones. */
  readonly count: number;
  readonly seed: number;
  /** What stands beside the sounds, in turn. */
  readonly kinds?: readonly Kind[];
}

/**
 * Writes `count` sounds, each with one other file beside it, and some that hold no sound or say not where they belong. In
 * the order of names, the copies stand before their originals as often as behind. The seed alone decides.
 */
export function writeArrivals(folder: string, { count, seed, kinds = KINDS }: ArrivalOptions): Arriving[] {
  const files: Arriving[] = [];
  for (let sound = 0; sound < count; sound++) {
    const pcm = melody(seed, sound);
    const track = trackOf(sound);
    const kind = kinds[sound % kinds.length] as Kind;
    const [mine, other] = sound % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
    files.push(writeTrack(folder, `${mine}/${sound} original.wav`, track, pcm));
    const beside = besideOf(kind, track, count);
    const otherPcm = beside.sound === sound ? pcm : melody(seed, beside.sound);
    files.push(writeTrack(folder, `${other}/${sound} ${kind}.wav`, beside, scaled(otherPcm, beside.gain)));
  }
  return [...files, ...writeOddities(folder, melody(seed, 2 * count))];
}

function trackOf(sound: number): Track {
  const album = `Album ${Math.floor(sound / TRACKS_PER_ALBUM)}`;
  return { sound, gain: 1, album, track: 1 + (sound % TRACKS_PER_ALBUM), title: `Title ${sound}` };
}

function besideOf(kind: Kind, track: Track, count: number): Track {
  switch (kind) {
    case 'copy':
      return track;
    case 'retagged':
      return { ...track, title: `${track.title} (remembered)` };
    case 'quieter':
      return { ...track, gain: 0.7 };
    case 'elsewhere':
      return { ...track, album: 'Best of All' };
    case 'other sound':
      return { ...track, sound: count + track.sound };
  }
}

function writeTrack(folder: string, name: string, track: Track, pcm: Int16Array): Arriving {
  const { sound, gain, album, title } = track;
  put(folder, name, pcm, { artist: 'The Arrivals', album, track: `${track.track}`, title });
  return { name, tuple: `${album} ${track.track} ${sound}`, samples: `${sound} × ${gain}` };
}

/** No sound, a page that calls itself a song, a sound that is cut off, and one without tags. */
function writeOddities(folder: string, pcm: Int16Array): Arriving[] {
  const odd = path.join(folder, 'odd');
  mkdirSync(odd);
  writeFileSync(path.join(odd, 'notes.txt'), 'about the album\n');
  writeFileSync(path.join(odd, 'page.mp3'), '<!DOCTYPE html><html><body>404 Not Found</body></html>\n');
  put(folder, 'odd/untagged.wav', pcm, {});
  const broken = path.join(odd, 'broken.wav');
  writeFileSync(broken, readFileSync(path.join(odd, 'untagged.wav')).subarray(0, 20));
  return ['notes.txt', 'page.mp3', 'untagged.wav', 'broken.wav'].map((name) => ({
    ...{ name: `odd/${name}`, tuple: null, samples: name },
  }));
}

function put(folder: string, name: string, pcm: Int16Array, tags: WavTags): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeWav(file, pcm, tags);
}

/** Short notes with overtones, unlike any other: cheap, and lively enough to be told from others. */
export function melody(seed: number, number: number): Int16Array {
  const random = createRandom(seed * 100_003 + number);
  const pcm = new Int16Array(SECONDS * RATE_HZ);
  for (let at = 0; at < pcm.length; ) {
    const end = Math.min(pcm.length, at + Math.round((0.1 + 0.4 * random()) * RATE_HZ));
    const [low, high] = [random(), random()].map((pitch, octave) =>
      angle((octave + 1) * 110 * 2 ** (Math.floor(pitch * 24) / 12)),
    );
    const loudness = 3000 + 3000 * random();
    for (let i = at; i < end; i++) {
      const fade = 1 - (0.8 * (i - at)) / (end - at);
      const tones = Math.sin(low! * i) + 0.6 * Math.sin(high! * i) + 0.3 * Math.sin(2 * high! * i);
      pcm[i] = Math.round(loudness * fade * (tones + 0.05 * (random() - 0.5)));
    }
    at = end;
  }
  return pcm;
}

/** Per sample. */
function angle(hz: number): number {
  return (2 * Math.PI * hz) / RATE_HZ;
}

function scaled(pcm: Int16Array, gain: number): Int16Array {
  return gain === 1 ? pcm : Int16Array.from(pcm, (sample) => Math.round(sample * gain));
}

/** One new file to each tuple, and of the others those with its samples exact: all that is wrong, in words. */
export function wrongVerdicts(files: readonly Arriving[], wordOf: (name: string) => string | undefined): string[] {
  const groups = Map.groupBy(
    files.filter(({ tuple }) => tuple !== null),
    ({ tuple }) => tuple,
  );
  return [...groups].flatMap(([tuple, members]) => {
    const [keeper, ...more] = members.filter(({ name }) => wordOf(name) === 'new');
    if (keeper === undefined || more.length > 0)
      return [`${tuple}: ${members.map(({ name }) => wordOf(name)).join(', ')}`];
    return members.flatMap((file) => {
      const word = wordOf(file.name);
      const isRight = file.samples === keeper.samples ? word === 'exact' : word === 'duplicate' || word === 'upgrade';
      return file === keeper || isRight ? [] : [`${file.name}: ${word}`];
    });
  });
}
