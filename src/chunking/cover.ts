/**
 * Which of several overlapping matches to use, so that a file costs least: each byte that no chosen match covers costs
 * one, each chosen match a fixed price. Exact, by dynamic programming over the places where matches begin; time grows with
 * the square of their number.
 */

/** A stretch of a file, `[start, end)`, that is known from elsewhere. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

/** A match as it is used: its part `[start, end)`. */
export interface Chosen<M extends Match> {
  readonly start: number;
  readonly end: number;
  readonly match: M;
}

/**
 * The cheapest cover of [from, to) in order, without overlaps; what it leaves out is new. Of equally cheap ones that
 * with the match that begins first.
 * @param price of a match, in bytes
 */
export function bestCover<M extends Match>(
  matches: readonly M[],
  from: number,
  to: number,
  price: number,
): Chosen<M>[] {
  const sorted = [...matches].sort((a, b) => a.start - b.start || b.end - a.end);
  /** By match: what everything before it costs at least. */
  const before: number[] = [];

  /** The last match of the cheapest cover of [from, at); undefined where none is cheaper. */
  const lastBefore = (at: number): { index: number | undefined; cost: number } => {
    let cost = at - from;
    let index: number | undefined;
    for (let n = 0; n < before.length; n++) {
      const { start, end } = sorted[n]!;
      if (start >= at) break;
      const with_ = before[n]! + price + Math.max(0, at - end);
      if (with_ < cost) [cost, index] = [with_, n];
    }
    return { index, cost };
  };

  for (const { start } of sorted) before.push(start <= from ? 0 : lastBefore(start).cost);
  const chosen: Chosen<M>[] = [];
  for (let at = to; at > from; ) {
    const { index } = lastBefore(at);
    if (index === undefined) break;
    const match = sorted[index]!;
    const start = Math.max(from, match.start);
    chosen.push({ start, end: Math.min(match.end, at), match });
    at = start;
  }
  return chosen.reverse();
}
