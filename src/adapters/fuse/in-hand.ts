/** Which requests the threads of a mount have in hand, in shared memory: a number for each, and whether it was given up. */
import type { InHand } from './serve-requests.ts';

export interface WatchedInHand extends InHand {
  /** Was the request that this thread has in hand interrupted? */
  isGivenUp(): boolean;
}

const NONE = 0n;

export function makeInHandMemory(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * threads * BigUint64Array.BYTES_PER_ELEMENT);
}

/** @param thread from 0 */
export function openInHand(memory: SharedArrayBuffer, thread: number): WatchedInHand {
  const words = new BigUint64Array(memory);
  const threads = words.length / 2;
  const [numbers, givenUp] = [words.subarray(0, threads), words.subarray(threads)];
  return {
    begin: (unique) => void Atomics.store(numbers, thread, BigInt(unique)),
    end: () => void Atomics.store(numbers, thread, NONE),
    interrupt(unique) {
      // One that is done, or not begun, is left alone: the kernel asks again where it must.
      const at = numbers.indexOf(BigInt(unique));
      if (at >= 0) Atomics.store(givenUp, at, BigInt(unique));
    },
    isGivenUp: () => {
      const unique = Atomics.load(numbers, thread);
      return unique !== NONE && Atomics.load(givenUp, thread) === unique;
    },
  };
}
