import { readFileSync } from 'node:fs';

/** What one file may cost. */
export interface Limits {
  /** Seconds without a sign of life after which a decoder hangs. */
  readonly secondsPerFile: number;
  /** Resident memory of one child, in bytes. */
  readonly memoryBytes: number;
}

// However long a file is, it may not take for ever: its share of time grows with its size. The slowest
// format here (opus) takes about a second per megabyte on a slow core; this is several times that.
const CAP_FACTOR = 10;
const CAP_BYTES = 32 * 2 ** 20;

/** Milliseconds that a file of this size may take in all, even if it shows signs of life. */
export function capMs({ secondsPerFile }: Limits, sizeBytes: number): number {
  return secondsPerFile * 1000 * CAP_FACTOR * Math.max(1, sizeBytes / CAP_BYTES);
}

const PAGE_BYTES = 4096;

/** Resident memory of another process, or `undefined` where the system does not tell. */
export function residentBytes(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES;
  } catch {
    // Not Linux, or just gone: the child's own reports must do.
    return undefined;
  }
}
