/** Whether an arriving copy of a recording is better than the one that is kept: by its sound, never by tags, age or name. */
import { type Aspect, type Copy, DEFAULT_RULES, decide, describeCoding, findSources, isWhole } from '#audio';
import { type Content, type StampKey, stampOfKey } from '#catalogue';
import type { BytePath } from '#kernel';
import type { Verdict } from '#matching';

/** What makes a sound better, in words. Length, tags, cover, age and name are no reason to replace anything. */
const SOUND: Readonly<Partial<Record<Aspect, string>>> = {
  decodable: 'it can be played',
  whole: 'it is whole',
  remains: 'it holds more of the recording',
  errors: 'it has fewer errors',
  'badly-clipped': 'its peaks are not cut off',
  clipped: 'its peaks are not cut off',
  lossless: 'it is lossless',
  coding: 'its coding keeps more',
  band: 'it holds higher sounds',
  resolution: 'its resolution is higher',
};

/** One of two copies. */
export interface Candidate {
  readonly path: BytePath;
  readonly stamp: StampKey;
  readonly content: Content;
}

/** Why it is better, in words; `null` where it is not. @param verdict on (arrival, kept) */
export function whyBetter(
  arrival: Candidate,
  kept: Candidate,
  verdict: Pick<Verdict, 'truncated' | 'master'>,
): string | null {
  const copies = [copyOf(arrival, verdict.truncated === 'a'), copyOf(kept, verdict.truncated === 'b')] as const;
  const sources = findSources(copies, () => verdict.master ?? 'unknown', isWhole);
  const [one, other] = copies.map((copy) => ({ ...copy, source: sources.get(copy) })) as unknown as [Copy, Copy];
  const { order, aspect } = decide(one, other, DEFAULT_RULES);
  const why = order < 0 && aspect !== null ? SOUND[aspect] : undefined;
  return why === undefined ? null : `${why} (${codingOf(one)} against ${codingOf(other)})`;
}

function codingOf({ sound }: Copy): string {
  return sound === null ? 'no sound' : describeCoding(sound.stream);
}

function copyOf({ path, stamp, content }: Candidate, truncated: boolean): Copy {
  const { sound, tags } = content;
  return { sound, truncated, tags, mtimeNs: stampOfKey(stamp).mtimeNs, path };
}
