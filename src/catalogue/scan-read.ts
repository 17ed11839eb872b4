/** Reads one set of bytes, whatever names it has, and says what the catalogue must be told. */
import { AppError, type BytePath, type Failure } from '#kernel';
import { keyOfStamp, type StampKey, stampOfKey } from './model.ts';
import type { Reading } from './order.ts';
import type { ContentOf } from './ports.ts';
import type { Run } from './scan-run.ts';
import type { Visit } from './scan-survey.ts';

/** One set of bytes to read: the names of one inode, known or not. */
export interface ReadItem extends Reading {
  readonly stamp: StampKey;
  readonly names: readonly Visit[];
}

/**
 * What became of an item. `gone` names are not there any more; `failure` is why nobody can hear it, also where that
 * was known of its bytes before.
 */
export type ReadResult = { readonly item: ReadItem; readonly gone: readonly Visit[] } & (
  | { readonly kind: 'read'; readonly stamp: StampKey; readonly content: ContentOf; readonly failure: Failure | null }
  | { readonly kind: 'skipped'; readonly reason: string }
);

/** What is to be read, names of one inode together, in the order of the first name. */
export function readItems(visits: readonly Visit[]): ReadItem[] {
  return [...Map.groupBy(visits, ({ stamp }) => stamp)].map(([stamp, names]) => {
    const { device, sizeBytes } = stampOfKey(stamp);
    return { path: (names[0] as Visit).path, device, sizeBytes, stamp, names };
  });
}

/** Reads an item under the first of its names that is there. @throws AppError `run/cancelled` */
export async function readItem(item: ReadItem, run: Run): Promise<ReadResult> {
  const gone: Visit[] = [];
  for (const name of item.names) {
    const result = await tryName(name, run);
    if (result !== 'gone') return { item, gone, ...result };
    gone.push(name);
  }
  return { item, gone, kind: 'skipped', reason: VANISHED };
}

type Read =
  | { kind: 'read'; stamp: StampKey; content: ContentOf; failure: Failure | null }
  | { kind: 'skipped'; reason: string }
  | 'gone';

async function tryName(name: Visit, run: Run): Promise<Read> {
  try {
    return await readName(name.path, run);
  } catch (error) {
    const failure = fileFailure(error);
    if (failure === undefined) throw error;
    if (failure.code === 'files/missing') return 'gone';
    return { kind: 'read', stamp: name.stamp, content: { kind: 'unreadable', failure }, failure };
  }
}

async function readName(path: BytePath, { store, tree, workers, signal }: Run): Promise<Read> {
  const before = await tree.stamp(path);
  if (before === undefined) return 'gone';
  const known = await store.knownContents(before.sizeBytes, workers.producer);
  const analysis = await workers.analyse(path, { known: known.map(({ contentHash }) => contentHash), signal });
  const after = await tree.stamp(path);
  const stamp = keyOfStamp(before);
  if (after === undefined || keyOfStamp(after) !== stamp) return { kind: 'skipped', reason: CHANGED };
  if (analysis.kind === 'known') {
    const twin = known.find(({ contentHash }) => contentHash === analysis.contentHash);
    return { kind: 'read', stamp, content: analysis, failure: twin?.failure ?? null };
  }
  const failure = analysis.content.sound === null ? analysis.content.failure : null;
  return { kind: 'read', stamp, content: { ...analysis, producer: workers.producer }, failure };
}

export const VANISHED = 'it vanished before it was read';
const CHANGED = 'it changed while it was read; the next scan reads it again';

/** Trouble with the file itself, in contrast to trouble with everything. */
function fileFailure(error: unknown): Failure | undefined {
  if (!(error instanceof AppError) || !error.code.startsWith('files/')) return undefined;
  return { code: error.code, message: error.message };
}
