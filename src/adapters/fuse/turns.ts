/**
 * Threads that serve one mount take turns, by a few words of shared memory. One at a time reads requests: it goes on as long as
 * they are quick, so a stretch of small ones stays with one thread and its warm caches; before a slow one it lets another read.
 * One at a time writes to the tables, without the waits of SQLite, which looks again only after milliseconds.
 */

/** A lock among threads. */
export interface Turn {
  /** @param whileWaiting called now and then where it takes long */
  take(whileWaiting?: () => void): void;
  give(): void;
}

/** For one thread, which may take what it has, and give what it has not. */
export function ownTurn(turn: Turn): Turn {
  let isMine = false;
  return {
    take(whileWaiting) {
      if (!isMine) turn.take(whileWaiting);
      isMine = true;
    },
    give() {
      if (isMine) turn.give();
      isMine = false;
    },
  };
}

/** Chosen. */
const PATIENCE_MS = 10_000;
const WORDS = 4;
const [FREE, TAKEN, WANTED] = [0, 1, 2];

export function makeTurnMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT);
}

/** Of {@link makeTurnMemory}: a turn to read requests, and one to write. */
export function openTurns(memory: SharedArrayBuffer): { readonly reading: Turn; readonly writing: Turn } {
  const words = new Int32Array(memory);
  return { reading: createTurn(words, 0), writing: createTurn(words, 1) };
}

/** @see Ulrich Drepper, Futexes Are Tricky, 2011: the second mutex */
function createTurn(words: Int32Array, at: number): Turn {
  return {
    take(whileWaiting = () => undefined) {
      if (Atomics.compareExchange(words, at, FREE, TAKEN) === FREE) return;
      while (Atomics.exchange(words, at, WANTED) !== FREE)
        if (Atomics.wait(words, at, WANTED, PATIENCE_MS) === 'timed-out') whileWaiting();
    },
    give() {
      if (Atomics.exchange(words, at, FREE) === WANTED) Atomics.notify(words, at, 1);
    },
  };
}
