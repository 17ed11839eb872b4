/** Hands steady files over: those that nobody knows, nobody writes to, and that are still what they were. */
import { type FileTree, keyOfStamp, type StampKey } from '#catalogue';
import { AppError, type BytePath } from '#kernel';
import type { WriterProbe } from './ports.ts';
import type { Readiness, ReadyFile } from './readiness.ts';

export interface TakingOver {
  readonly tree: Pick<FileTree, 'stamp'>;
  readonly writers: WriterProbe;
  readonly readiness: Readiness;
  readonly signal: AbortSignal;
  readonly isKnown: (path: BytePath, stamp: StampKey) => Promise<boolean>;
  readonly onReady: (files: readonly ReadyFile[]) => Promise<void>;
  readonly onTrouble: (error: AppError) => void;
}

/** So many files are handed over at once. Chosen: a job that a person can still look through. */
const BATCH = 500;

/** How soon a file is looked at again that is open for writing, or that nobody could take. Chosen. */
const AGAIN_MS = 2_000;

/** Hands over what is steady now, in its order. Never rejects because of a file. */
export async function takeOver(taking: TakingOver): Promise<void> {
  let batch: ReadyFile[] = [];
  for (const file of taking.readiness.steady()) {
    if (taking.signal.aborted) return;
    if (await isSettled(taking, file)) continue;
    batch.push(file);
    if (batch.length < BATCH) continue;
    await handOver(taking, batch);
    batch = [];
  }
  if (batch.length > 0) await handOver(taking, batch);
}

async function isSettled(taking: TakingOver, file: ReadyFile): Promise<boolean> {
  const isKnown = await attempt(taking, [file], () => taking.isKnown(file.path, file.stamp));
  if (isKnown === true) taking.readiness.settle(file);
  return isKnown !== false;
}

async function handOver(taking: TakingOver, files: readonly ReadyFile[]): Promise<void> {
  const busy = taking.writers.openForWriting(files.map(({ path }) => path));
  for (const path of busy) taking.readiness.postpone(path, AGAIN_MS);
  const ready: ReadyFile[] = [];
  // After the probe, so that what was written before it closed shows.
  for (const file of files) if (!busy.has(file.path) && (await isUnchanged(taking, file))) ready.push(file);
  if (ready.length === 0 || taking.signal.aborted) return;
  const isTaken = await attempt(taking, ready, async () => {
    await taking.onReady(ready);
    return true;
  });
  if (isTaken) for (const file of ready) taking.readiness.settle(file);
}

async function isUnchanged(taking: TakingOver, file: ReadyFile): Promise<boolean> {
  const isSame = await attempt(taking, [file], async () => {
    const stamp = await taking.tree.stamp(file.path);
    const now = stamp && keyOfStamp(stamp);
    if (now !== file.stamp) taking.readiness.lookAgain(file.path, now);
    return now === file.stamp;
  });
  return isSame === true;
}

/** Tries something with the files; after an error that was expected, again later. */
async function attempt<T>(
  { readiness, onTrouble, signal }: TakingOver,
  files: readonly ReadyFile[],
  act: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (!signal.aborted) onTrouble(error);
    for (const { path } of files) readiness.postpone(path, AGAIN_MS);
    return undefined;
  }
}
