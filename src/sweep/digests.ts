/**
 * Digests of many files in one array: an entry is a mark and the bytes of the digest. The mark is 0 where nothing is
 * known, and for a head says what the bytes look like.
 */
import { hexOf } from '#kernel';

export interface Digests {
  readonly bytes: Uint8Array;
  /** The mark and the digest. */
  readonly entryBytes: number;
}

/** Marks: what a file's first bytes look like. `unclear` is also that of every other part. */
export const LOOK = { sound: 1, other: 2, unclear: 3 } as const;

/** Entries of nothing. */
export function createDigests(count: number, entryBytes: number): Digests {
  return { bytes: new Uint8Array(count * entryBytes), entryBytes };
}

export function markOf({ bytes, entryBytes }: Digests, at: number): number {
  return bytes[at * entryBytes] as number;
}

/** Lower case, without the mark. */
export function hexDigest({ bytes, entryBytes }: Digests, at: number): string {
  return hexOf(bytes.subarray(at * entryBytes + 1, (at + 1) * entryBytes));
}

/**
 * Groups of two or more places with equal entries, from `from` on, `count` places; what is unknown is in none. Most places
 * are alone, so nothing is made for those.
 */
export function groupEqual(digests: Digests, from: number, count: number): number[][] {
  const firstOf = new Map<number, number>();
  const groups = new Map<number, number[]>();
  const rivals: number[] = [];
  for (let place = from; place < from + count; place++) {
    if (markOf(digests, place) === 0) continue;
    const key = keyOf(digests, place);
    const first = firstOf.get(key);
    if (first === undefined) firstOf.set(key, place);
    else if (!isEqual(digests, first, place)) rivals.push(place);
    else if (groups.has(first)) groups.get(first)?.push(place);
    else groups.set(first, [first, place]);
  }
  return [...groups.values(), ...groupRivals(digests, rivals)];
}

/** Places whose key another digest had first: few, so that each is compared with each. */
function groupRivals(digests: Digests, rivals: readonly number[]): number[][] {
  const groups: number[][] = [];
  for (const place of rivals) {
    const group = groups.find(([first]) => isEqual(digests, first as number, place));
    if (group) group.push(place);
    else groups.push([place]);
  }
  return groups.filter(({ length }) => length > 1);
}

/** Four bytes of a digest tell all but a few of a class apart. */
function keyOf({ bytes, entryBytes }: Digests, place: number): number {
  const at = place * entryBytes + 1;
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function isEqual({ bytes, entryBytes }: Digests, a: number, b: number): boolean {
  for (let i = 0; i < entryBytes; i++) if (bytes[a * entryBytes + i] !== bytes[b * entryBytes + i]) return false;
  return true;
}
