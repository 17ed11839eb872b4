import type { FileFilter } from '#audio';
import type { Progress } from '#kernel';
import type { FileTree, ScanStore, SoundWorkers } from './ports.ts';
import type { Tally } from './scan-report.ts';
import type { ScanSettings } from './scan-settings.ts';

/** What every step of one scan works with. */
export interface Run {
  readonly store: ScanStore;
  readonly tree: FileTree;
  readonly workers: SoundWorkers;
  readonly settings: ScanSettings;
  readonly filter: FileFilter;
  readonly tally: Tally;
  readonly signal: AbortSignal;
  /** Aborts `signal` from within. */
  readonly stop: () => void;
  readonly progress: Progress;
  /** What was read, over all roots. */
  readonly done: { items: number; bytes: number };
}
