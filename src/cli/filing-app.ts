/** What the command line asks about filing; part of the {@link App}. */
import type { ApplyReport, Entry, EntryReport, ItemReport, Plan } from '#filing';
import type { BytePath } from '#kernel';
import type { RunOptions } from './run-options.ts';

export interface FilingApp {
  /** Applies a plan, or goes on with one. @throws AppError `plan/unsound`, `filing/…` before anything is done */
  applyPlan(plan: Plan, options: ApplyRunOptions): Promise<ApplyReport>;
  /** Takes back what the selection names, the last first. @throws AppError `undo/nothing`, `undo/missing` */
  undo(selection: UndoSelection, options: FilingRunOptions): Promise<readonly EntryReport[]>;
  /** What was done, in order. */
  journal(filter: JournalFilter): Promise<readonly Entry[]>;
  /** What lies in the trash, the oldest first. */
  trash(): Promise<readonly TrashedFile[]>;
  /** Deletes for good what lies in the trash longer than a time, in milliseconds. */
  emptyTrash(olderThanMs: number, options: FilingRunOptions): Promise<readonly EntryReport[]>;
}

export interface FilingRunOptions extends RunOptions {
  /** Only looks what would be done. */
  readonly dryRun: boolean;
}

export interface ApplyRunOptions extends FilingRunOptions {
  /** How many files at once; by default what suits most disks. */
  readonly threads?: number;
  readonly retries?: number;
  readonly retryDelayMs?: number;
  /** Told about each item as it ends. Must be cheap. */
  readonly onFiled: (report: ItemReport) => void;
}

/** Which acts are taken back. */
export type UndoSelection =
  | { readonly kind: 'last' }
  | { readonly kind: 'entries'; readonly numbers: readonly number[] }
  /** Entries whose file lies in the trash. */
  | { readonly kind: 'trashed'; readonly numbers: readonly number[] }
  | { readonly kind: 'paths'; readonly paths: readonly BytePath[] }
  | { readonly kind: 'plan'; readonly id: string }
  /** Milliseconds since 1970. */
  | { readonly kind: 'since'; readonly at: number };

export interface JournalFilter {
  readonly plan?: string;
  /** Milliseconds since 1970. */
  readonly since?: number;
}

export interface TrashedFile {
  readonly entry: Entry;
  /** `false` where somebody took it out by hand. */
  readonly isThere: boolean;
}
