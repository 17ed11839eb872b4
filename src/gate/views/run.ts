/** What every piece of work on a view has at hand. */
import { AppError, type BytePath, cancelled, displayPath } from '#kernel';
import type { ViewStore } from '../ports.ts';
import type { Layout } from './layout.ts';
import type { OwnEntries, ViewActs } from './own-entries.ts';

/** What a view is. */
export interface ViewPlace {
  readonly name: string;
  readonly path: BytePath;
  readonly mode: 'symlink' | 'copy';
  /** Folders of the inbox, relative, `.` for itself: each file that lies directly in one gets a folder of its own name. */
  readonly folderPerFile: readonly string[];
  /** The largest share of the entries that may go at once, 0 … 1. */
  readonly mostRemoved: number;
}

/** What it shows. */
export interface ViewedInbox {
  readonly name: string;
  readonly path: BytePath;
  /** Where admitted files are placed; `null` where they stay. */
  readonly library: BytePath | null;
}

export interface ViewRun {
  readonly settings: ViewPlace;
  readonly inbox: ViewedInbox;
  readonly store: ViewStore;
  readonly acts: ViewActs;
  readonly own: OwnEntries;
  /** The view's folder, symbolic links resolved. */
  readonly root: BytePath;
  readonly layout: Layout;
  readonly signal: AbortSignal;
  readonly onTrouble: (error: AppError) => void;
}

/** Does it, or tells why it cannot be done. @throws what concerns more than one entry: a full disk, the store, an end, a bug */
export async function attempt(run: ViewRun, act: () => void | Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    tell(run, error);
    return false;
  }
}

/** The same for a look that may fail: `undefined` then. */
export function look<T>(run: ViewRun, at: () => T): T | undefined {
  try {
    return at();
  } catch (error) {
    tell(run, error);
    return undefined;
  }
}

function tell({ onTrouble }: ViewRun, error: unknown): void {
  const isOfOneEntry = error instanceof AppError && /^(files|views)\//.test(error.code) && error.kind !== 'exhausted';
  if (!isOfOneEntry) throw error;
  onTrouble(error);
}

/** Lets others have their turn. @throws AppError `run/cancelled` */
export async function nextTurn({ signal }: Pick<ViewRun, 'signal'>): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (signal.aborted) throw cancelled();
}

/** Written to the store, and done, between two turns. Chosen. */
const BATCH = 256;

/** Items a batch at a time, others having their turn between. */
export async function* inBatches<T>(run: Pick<ViewRun, 'signal'>, items: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < items.length; at += BATCH) {
    await nextTurn(run);
    yield items.slice(at, at + BATCH);
  }
}

/** Something that the view did not make stands where an entry is to be. */
export function taken(path: BytePath, { name }: ViewPlace): AppError {
  const message = `The view "${name}" cannot use the name ${displayPath(path)}: what is there it has not made.`;
  return new AppError('views/taken', message, {
    kind: 'conflict',
    hint: 'It is left alone. Move it elsewhere, and the next start shows what belongs there.',
  });
}
