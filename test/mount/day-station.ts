/** What a made-up radio station sends within a day: songs that come back, and cross-fades and talk that come once. */
import { createCipheriv, createHash } from 'node:crypto';

/** Of 128 kbit/s. */
const BYTES_PER_SECOND = 16_000;
const SONGS = 120;
const SONG_SECONDS = [180, 300] as const;
const FADE_SECONDS = [2, 6] as const;
const TALK_SECONDS = [20, 100] as const;
/** After how many songs somebody talks. */
const TALK_SHARE = 0.25;

export interface Segment {
  readonly name: string;
  readonly bytes: Buffer;
  /** When its first byte went out, and when its last one did. */
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** Bytes a perfect store would keep of what went out so far. */
export interface Tally {
  onceBytes: number;
}

/** @returns a place between both, `random` of the way */
export function between(random: () => number, [low, high]: readonly [number, number]): number {
  return low + random() * (high - low);
}

/**
 * Cut as a recorder cuts, somewhere in the cross-fade. The last segment goes beyond the end.
 * @param random decides what is played when, and where it is cut
 * @param tally is kept up to date
 */
export function* segmentsOf(hours: number, seed: number, random: () => number, tally: Tally): Generator<Segment> {
  const songs = Array.from({ length: SONGS }, () => bytesIn(between(random, SONG_SECONDS)));
  const sent = new Set<number>();
  let head: Buffer = Buffer.alloc(0);
  for (let [n, startSeconds] = [0, 0]; startSeconds < hours * 3600; n++) {
    const song = Math.floor(random() * SONGS);
    const [start, end] = [0, 1].map(() => bytesIn(between(random, FADE_SECONDS))) as [number, number];
    const body = noiseOf(`${seed} song ${song}`, songs[song] as number).subarray(start, -end);
    const seconds = between(random, FADE_SECONDS) + (random() < TALK_SHARE ? between(random, TALK_SECONDS) : 0);
    const once = noiseOf(`${seed} once ${n}`, bytesIn(seconds));
    const cut = Math.floor(random() * once.length);
    const bytes = Buffer.concat([head, body, once.subarray(0, cut)]);
    head = once.subarray(cut);
    const endSeconds = startSeconds + bytes.length / BYTES_PER_SECOND;
    tally.onceBytes += once.length + (sent.has(song) ? 0 : (songs[song] as number));
    sent.add(song);
    yield { name: `${String(n).padStart(4, '0')} - song ${song}.mp3`, bytes, startSeconds, endSeconds };
    startSeconds = endSeconds;
  }
}

function bytesIn(seconds: number): number {
  return Math.round(seconds * BYTES_PER_SECOND);
}

/** Always the same for a key, and like nothing else. */
function noiseOf(key: string, length: number): Buffer {
  const secret = createHash('sha256').update(key).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', secret, Buffer.alloc(16)).update(Buffer.alloc(length));
}
