/** What the command line asks about keeping the best copies; part of the {@link App}. */
import type { Plan } from '#filing';
import type { BytePath } from '#kernel';
import type { DuplicateRelation, KeepPolicy, KeptBack } from '#review';
import type { RunOptions } from './run-options.ts';

export interface KeepApp {
  /** Plans which copies may go. Changes nothing. @throws AppError `files/missing` for a folder that is not there */
  planKeep(wishes: KeepWishes, options: RunOptions): Promise<PlannedKeep>;
}

export interface KeepWishes {
  readonly policy: KeepPolicy;
  /** Copies under these folders stay, and others give way to them. */
  readonly references: readonly BytePath[];
  readonly under?: readonly BytePath[];
  readonly relations?: readonly DuplicateRelation[];
  readonly minBytes?: number;
  /** Instead of the setting `keep.prefer`. */
  readonly prefer?: 'best' | 'oldest' | 'newest';
  /** As the person wrote it, for the plan. */
  readonly command: string;
}

export interface PlannedKeep {
  readonly plan: Plan;
  /** Files that were scanned and are there. */
  readonly known: number;
  /** Duplicates that stay, and why. */
  readonly keptBack: readonly KeptBack[];
  /** Changed since they were scanned, and therefore left alone. */
  readonly stale: readonly BytePath[];
  /** Playlists that could not be read. */
  readonly troubles: readonly { readonly path: BytePath; readonly message: string }[];
}
