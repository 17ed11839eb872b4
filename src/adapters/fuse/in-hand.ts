/** Which requests the threads of a mount have in hand, in shared memory: a number for each, and whether it was interrupted. */
import { readFileSync } from 'node:fs';
import type { InHand } from './serve-requests.ts';

export interface WatchedInHand extends InHand {
  /**
   * Does nobody wait any more for the request that this thread has in hand? The kernel interrupts at any signal; whoever
   * handles one goes on, and takes what is done on a disk for done, so only the killed have given up.
   */
  isGivenUp(): boolean;
}

const NONE = 0n;
/** Its bit in a mask of signals. The kernel adds it to each thread of a process that any signal ends, but by a core dump. */
const SIGKILL = 1n << 8n;

export function makeInHandMemory(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * threads * BigUint64Array.BYTES_PER_ELEMENT);
}

/** @param thread from 0 */
export function openInHand(
  memory: SharedArrayBuffer,
  thread: number,
  isKilled: (pid: number) => boolean = isBeingKilled,
): WatchedInHand {
  const words = new BigUint64Array(memory);
  const threads = words.length / 2;
  const [numbers, interrupted] = [words.subarray(0, threads), words.subarray(threads)];
  let waiting = 0;
  return {
    begin(unique, pid) {
      waiting = pid;
      Atomics.store(numbers, thread, BigInt(unique));
    },
    end: () => void Atomics.store(numbers, thread, NONE),
    interrupt(unique) {
      // One that is done, or not begun, is left alone: the kernel asks again where it must.
      const at = numbers.indexOf(BigInt(unique));
      if (at >= 0) Atomics.store(interrupted, at, BigInt(unique));
    },
    isGivenUp() {
      const unique = Atomics.load(numbers, thread);
      return unique !== NONE && Atomics.load(interrupted, thread) === unique && isKilled(waiting);
    },
  };
}

/**
 * Is this thread about to die? Not where that cannot be seen.
 * @see proc_pid_status(5)
 */
function isBeingKilled(pid: number): boolean {
  try {
    const [, pending = '0'] = /^SigPnd:\t(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return (BigInt(`0x${pending}`) & SIGKILL) !== 0n;
  } catch {
    return false;
  }
}
