/** What the command line asks about sweeps. Apart from the {@link App}, for loading that takes longer than a small sweep. */
import type { Progress } from '#kernel';
import type { SweepReport, SweepRequest } from '#sweep';

export interface SweepApp extends AsyncDisposable {
  /**
   * Finds duplicates and plans what becomes of them. Touches nothing but the data folder.
   * @throws AppError `usage/…`, `files/…` where a folder is not there, `sweep/…` where a rule refuses
   */
  planSweep(request: SweepRequest, options: SweepRunOptions): Promise<SweepReport>;
}

export interface SweepRunOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Files read at once; absent for what suits the disks. */
  readonly threads?: number;
  /** Told what was remembered and cannot be used, or cannot be kept. */
  readonly onTrouble: (message: string) => void;
}
