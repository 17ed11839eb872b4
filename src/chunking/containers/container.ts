/**
 * What makes plays of one song share bytes although each was wrapped anew: fields that a wrapper counts or chooses, and
 * checksums over them, are masked, that is, replaced by zeros where they stand. All bytes keep their places. A record
 * beside the masked bytes is enough to put the fields back to the last bit.
 */

/** A container whose units carry fields that can be rebuilt from the rest and a small record. */
export interface Container {
  /** Stored in the format, so permanent. */
  readonly name: string;
  /**
   * Whether a file seems to be in it, by its first 64 KiB; fewer where the file is shorter. A recording may begin in the
   * midst of a unit. A wrong yes costs time alone.
   */
  recognises(head: Uint8Array): boolean;
  /** Begins the masking of a file. */
  mask(): Masker;
  /**
   * Reads a record. Of an empty one, where nothing was masked, the restorer changes nothing.
   * @throws AppError `store/bad-container-record` on bytes that no masking gives
   */
  restorer(record: Uint8Array): Restorer;
}

/** Masks one file from its start to its end. What it gives depends on the file alone, not on the pieces. */
export interface Masker {
  /**
   * Takes the next bytes of the file, of which it keeps nothing, and gives the masked bytes that are settled by now, in
   * order; they lag behind by up to one unit. They lie in the masker's own memory and are valid until its next call; the
   * caller may write to them.
   */
  push(bytes: Uint8Array): Uint8Array;
  /** Gives the rest, and the record, which is empty where nothing was masked. Both are the caller's. Nothing may follow. */
  end(): { readonly rest: Uint8Array; readonly record: Uint8Array };
}

/** Puts masked fields of one file back. Any part of it may be restored on its own, in any order. */
export interface Restorer {
  /**
   * The masked bytes [from, to) that must be at hand to restore [start, end): wider where a border cuts units that belong
   * together, by less than 128 KiB at either end. Ranges that lie one after the other at such borders are as they are.
   */
  reach(start: number, end: number): { readonly from: number; readonly to: number };
  /**
   * Restores the masked bytes of a whole range that `reach` gave, which begins at `from`, in place.
   * @throws AppError `store/bad-container-record` where units are not as the record says; then parts may be restored
   */
  restore(bytes: Uint8Array, from: number): void;
}
