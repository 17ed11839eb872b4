/** What filing tells about its work. */
import type { AppError, BytePath } from '#kernel';
import type { Entry } from './entry.ts';
import type { Plan, PlanItem } from './plan.ts';

/** What became of one item. */
export interface ItemReport {
  readonly item: PlanItem;
  readonly outcome: 'done' | 'done-before' | 'skipped' | 'failed';
  /** Where the file lies now, or what was there before; `null` where nothing was done. */
  readonly now: BytePath | null;
  /** Why it failed; `null` unless it did. */
  readonly error: AppError | null;
  /** Why it was skipped, or what a copy could not take along. */
  readonly remarks: readonly string[];
}

export interface ApplyReport {
  readonly plan: Plan;
  /** In the order of the plan. */
  readonly items: readonly ItemReport[];
}

/** What became of an entry that was to be taken back, or emptied. */
export interface EntryReport {
  readonly entry: Entry;
  /** Why it stays as it is; `null` where it was done. */
  readonly error: AppError | null;
}
