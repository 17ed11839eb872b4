/** Sets of bytes in blobs, as ranges that neither overlap nor touch. */

/** `[from, to)`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface BlobRanges {
  add(blob: number, from: number, to: number): void;
  /** In order. */
  of(blob: number): readonly Range[];
  /** Bytes of a blob that are in the set. */
  bytesOf(blob: number): number;
  has(blob: number): boolean;
  readonly blobs: Iterable<number>;
  readonly bytes: number;
}

export function createBlobRanges(): BlobRanges {
  const ranges = new Map<number, Range[]>();
  /** Blobs with ranges that are not joined yet. */
  const loose = new Set<number>();

  function joined(blob: number): Range[] {
    const held = ranges.get(blob) ?? [];
    if (!loose.delete(blob)) return held;
    held.sort((a, b) => a.from - b.from);
    const out: Range[] = [];
    for (const range of held) {
      const last = out.at(-1);
      if (last !== undefined && range.from <= last.to) {
        if (range.to > last.to) out[out.length - 1] = { from: last.from, to: range.to };
      } else out.push(range);
    }
    ranges.set(blob, out);
    return out;
  }
  const bytesOf = (blob: number): number => joined(blob).reduce((sum, { from, to }) => sum + to - from, 0);

  return {
    add(blob, from, to) {
      const held = ranges.get(blob);
      if (held === undefined) {
        ranges.set(blob, [{ from, to }]);
        return;
      }
      const last = held.at(-1);
      if (last !== undefined && last.from <= from && to <= last.to) return;
      held.push({ from, to });
      loose.add(blob);
      // A blob that many share would gather a range from each.
      if (held.length % 64 === 0) joined(blob);
    },
    of: joined,
    bytesOf,
    has: (blob) => ranges.has(blob),
    get blobs() {
      return ranges.keys();
    },
    get bytes() {
      let sum = 0;
      for (const blob of ranges.keys()) sum += bytesOf(blob);
      return sum;
    },
  };
}
