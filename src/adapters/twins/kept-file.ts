/** A file whose bytes stay in memory, so that others can be compared with it instead of being hashed. */

/** Longer files are hashed each by itself. A thread needs no more memory than this. Chosen. */
const MOST_BYTES = 64 * 2 ** 20;

export interface KeptFile {
  /** The file of this class, if it is the one that is kept. */
  of(class_: number): KeptBytes | undefined;
  /** Room to read so many bytes into, over the kept ones, which are forgotten; `undefined` where it is too much. */
  room(bytes: number): Buffer | undefined;
  keep(class_: number, kept: KeptBytes): void;
  forget(): void;
}

export interface KeptBytes {
  readonly bytes: Buffer;
  readonly digest: Uint8Array;
}

/** One piece of memory, which grows to the longest file. */
export function createKeptFile(): KeptFile {
  let memory = Buffer.alloc(0);
  let kept: (KeptBytes & { readonly class_: number }) | undefined;
  return {
    of: (class_) => (kept?.class_ === class_ ? kept : undefined),
    room(bytes) {
      if (bytes > MOST_BYTES) return undefined;
      kept = undefined;
      // Pages that are new to a process cost more than what is read into them: grow seldom.
      if (bytes > memory.length) memory = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(bytes)));
      return memory.subarray(0, bytes);
    },
    keep(class_, bytes) {
      kept = { class_, ...bytes };
    },
    forget() {
      kept = undefined;
    },
  };
}
