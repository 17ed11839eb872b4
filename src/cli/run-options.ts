import type { ScannedFile } from '#catalogue';
import type { Progress } from '#kernel';

/** How every long work is watched and stopped. */
export interface RunOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Told about each file that was worked on (not about unchanged ones). Must be cheap. */
  readonly onItem: (item: ScannedFile) => void;
}
