/**
 * Cuts a stream into what is known already and what is new. Content-defined cuts are looked up by the 64 bytes before
 * them; a hit is extended in both directions, byte by byte, as far as both sides agree; the scan goes on behind it. Where
 * a match ends, and where it begins, the bytes beyond are looked up as well: pieces of new data are indexed at their
 * first and last 64 bytes, so a piece that was new between two known ones is found again whatever its length. Of
 * overlapping matches the cheapest cover is taken.
 *
 * Memory is bounded by the window, whatever the length of the stream; what comes out depends on the bytes alone, not on
 * the sizes in which they are read. Nothing is believed: a key only proposes, the bytes decide.
 */
import { invariant } from '#kernel';
import { bestCover } from './cover.ts';
import { type Gear, KEY_BYTES } from './gear.ts';

/** A place in a blob. */
export interface Place {
  readonly blob: number;
  readonly offset: number;
}

/** What is stored already. */
export interface Known {
  /** A place before which 64 bytes may lie that have this key. */
  find(key: number): Place | undefined;
  /** Bytes of a blob; undefined where there is none of this number. */
  sizeOf(blob: number): number | undefined;
  /** Fills `into` with the blob's bytes from `offset` on. @returns false where they cannot be had */
  read(blob: number, offset: number, into: Uint8Array): boolean;
}

/** A place by which a piece of new data can be found again: the 64 bytes before it. */
export interface Anchor {
  /** Counted from the start of the piece. */
  readonly at: number;
  readonly key: number;
}

/** Told of the stream's bytes in order. */
export interface Pieces {
  known(place: Place, length: number): void;
  /** `bytes` are valid during the call only. */
  fresh(bytes: Uint8Array, anchors: readonly Anchor[]): void;
}

/** What a match costs, in bytes: an extent, written twice, and the seek when it is read. Chosen. */
export const MATCH_PRICE = 64;
/** Room that {@link share} needs in the window of its gear, and for comparing. */
export const WINDOW_BYTES: number = 4 << 20;
export const COMPARED_BYTES: number = 64 << 10;
/** Undecided bytes after which some are decided. Chosen: matches are found within a few chunks of where they begin. */
const MOST_PENDING = 1 << 20;
/** New bytes that stay undecided, because the next match may reach back into them. Chosen. */
const KEPT_PENDING = 256 << 10;
/** Matches after which some are decided: the cover's work grows with the square of their number. Chosen. */
const MOST_FOUND = 1000;
/** Compared first, before more of a blob is read. */
const FIRST_COMPARED = 4 << 10;

interface Found extends Place {
  readonly start: number;
  readonly end: number;
}

/**
 * @param read fills the bytes that it is given, or some of them; 0 means the end
 * @returns yields the bytes done so far, now and then
 */
export function* share(
  gear: Gear,
  read: (into: Uint8Array) => number,
  known: Known,
  pieces: Pieces,
): Generator<number, void, void> {
  // Places are counted from the start of the stream; the window holds [base, end).
  let base = 0;
  let end = 0;
  let hasEnded = false;
  /** Everything before is decided and told. */
  let told = 0;
  /** Where the chunk in hand begins. */
  let scan = 0;
  /** Matches from `told` on, by their ends. */
  let found: Found[] = [];
  /** Where the last match ended. */
  let lastEnd = -1;
  let cuts: Anchor[] = [];

  function fill(to: number): void {
    while (end < to && !hasEnded) {
      if (end - base === gear.window.length) {
        const kept = Math.min(told, scan - MOST_PENDING);
        invariant(kept > base, 'the window holds what is undecided, and room is left');
        gear.window.copyWithin(0, kept - base, end - base);
        base = kept;
      }
      const bytes = read(gear.window.subarray(end - base));
      if (bytes === 0) hasEnded = true;
      end += bytes;
    }
  }

  /** How many bytes agree from both places on. */
  function agreeing(at: number, { blob, offset }: Place, size: number): number {
    let done = 0;
    for (let step = FIRST_COMPARED; ; step = COMPARED_BYTES) {
      fill(at + done + step);
      const most = Math.min(step, size - offset - done, end - at - done);
      if (most <= 0 || !known.read(blob, offset + done, gear.other.subarray(0, most))) return done;
      const same = gear.agreeForward(at + done - base, 0, most);
      done += same;
      if (same < most) return done;
    }
  }

  function agreeingBefore(at: number, { blob, offset }: Place): number {
    let done = 0;
    for (let step = FIRST_COMPARED; ; step = COMPARED_BYTES) {
      const most = Math.min(step, offset - done, at - done - Math.max(base, told));
      if (most <= 0 || !known.read(blob, offset - done - most, gear.other.subarray(0, most))) return done;
      const same = gear.agreeBackward(at - done - base, most, most);
      done += same;
      if (same < most) return done;
    }
  }

  /** What the 64 bytes before `at` are known from, to its exact bounds. */
  function matchAt(at: number): Found | undefined {
    if (at - KEY_BYTES < base || at > end) return undefined;
    const place = known.find(gear.keyAt(at - base));
    const size = place && known.sizeOf(place.blob);
    if (place === undefined || size === undefined || place.offset > size) return undefined;
    const after = agreeing(at, place, size);
    const before = agreeingBefore(at, place);
    if (after + before <= MATCH_PRICE) return undefined;
    return { start: at - before, end: at + after, blob: place.blob, offset: place.offset - before };
  }

  /** Follows a match through what adjoins it, forward and back. */
  function take(match: Found): void {
    const last = found.at(-1)?.end ?? told;
    const earlier: Found[] = [];
    for (let first = match; first.start > last && earlier.length < MOST_FOUND; ) {
      const beside = matchAt(first.start);
      if (beside === undefined || beside.start >= first.start) break;
      earlier.push(beside);
      first = beside;
    }
    found.push(...earlier.reverse(), match);
    scan = lastEnd = match.end;
    fill(scan + KEY_BYTES);
  }

  /** Decides [told, to). */
  function tell(to: number): void {
    const usable = found.filter(({ start }) => start < to);
    for (const { start, end: stop, match } of bestCover(usable, told, to, MATCH_PRICE)) {
      tellFresh(start);
      pieces.known({ blob: match.blob, offset: match.offset + start - match.start }, stop - start);
      told = stop;
    }
    tellFresh(to);
    found = found.filter((match) => match.end > to);
    cuts = cuts.filter(({ at }) => at > to);
  }

  function tellFresh(to: number): void {
    if (to <= told) return;
    const from = told;
    const places = new Set<number>();
    if (to - from >= KEY_BYTES) places.add(from + KEY_BYTES).add(to);
    const anchors = cuts.filter(({ at }) => at >= from + KEY_BYTES && at <= to && !places.has(at));
    for (const at of places) anchors.push({ at, key: gear.keyAt(at - base) });
    pieces.fresh(
      gear.window.subarray(from - base, to - base),
      anchors.map(({ at, key }) => ({ at: at - from, key })),
    );
    told = to;
  }

  /** Keeps what is undecided within bounds: the last match, and what the next may reach back into. */
  function tellSome(): void {
    const last = found.at(-1);
    if (last === undefined || scan - last.end > KEPT_PENDING) tell(Math.max(last?.end ?? 0, scan - KEPT_PENDING));
    else if (last.start > told) tell(last.start);
    else tell(last.end);
  }

  fill(KEY_BYTES);
  const first = matchAt(KEY_BYTES);
  if (first !== undefined) take(first);
  for (;;) {
    if (scan - told > MOST_PENDING || found.length >= MOST_FOUND) {
      tellSome();
      yield told;
    }
    const beside = scan === lastEnd ? matchAt(scan + KEY_BYTES) : undefined;
    if (beside !== undefined && beside.end > scan) {
      take(beside);
      continue;
    }
    fill(scan + WINDOW_BYTES / 8);
    const cut = gear.nextCut(scan - base, end - base);
    if (cut === -1) break;
    const at = cut + base;
    const match = matchAt(at);
    if (match !== undefined && match.end > scan) {
      take(match);
    } else {
      cuts.push({ at, key: gear.keyAt(cut) });
      scan = at;
    }
  }
  scan = end;
  if (end > told) {
    const last = matchAt(end);
    if (last !== undefined && last.end > lastEnd) take(last);
    tell(end);
  }
  yield told;
}
