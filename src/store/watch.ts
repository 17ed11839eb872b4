/**
 * Takes in what a recorder leaves in a folder, as soon as it is left alone. What lies in a folder named `incomplete` is being
 * written, as streamripper does it, and comes when it is moved out. Goes by looking again and again: recordings end
 * minutes apart, and folders of recorders lie on all kinds of file systems.
 */
import { AppError, type BytePath, type ErrorKind } from '#kernel';
import { type ImportOptions, type ImportPlace, importItems } from './import.ts';
import type { Ingest } from './ingest.ts';
import type { ImportReport } from './reports.ts';
import type { SourceItem, SourceItems, Sources } from './sources.ts';

export interface WatchOptions extends ImportOptions {
  /** For so long a file must not have been written to. */
  readonly quietSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Ends early, without an error, when the signal fires. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

const ROUND_MS = 1000;
/** Of the time, the share that is spent on looking at most, however many files lie there. Chosen. */
const LOOKING = 0.05;
const MOST_PAUSE_MS = 60_000;
/** Before it is tried again where a disk is full or away, or somebody else writes to the store. Chosen. */
const TROUBLE_MS = 10_000;
/** What passes by itself, or by a person's hand, while the watch goes on. */
const PASSING: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['conflict', 'exhausted', 'missing', 'unavailable']);
const UNFINISHED = 'incomplete';

/** Until the signal fires. */
export async function watchFolder(
  place: ImportPlace,
  ingest: Ingest,
  sources: Sources,
  folder: BytePath,
  options: WatchOptions,
): Promise<ImportReport> {
  const { signal, quietSeconds, now, sleep, onFile } = options;
  const total = { files: 0, imported: 0, skipped: 0, failed: 0, renamed: 0, bytes: 0, newBytes: 0 };
  /** What is in, and what failed as it is: neither is looked at again. */
  let settled = new Set<string>();
  /** What lay there in the last round, and since when it has as it is. */
  let before = new Map<string, number>();
  /** What was wrong in the last round: told of once. */
  let trouble = '';
  while (!signal.aborted) {
    let pause = ROUND_MS;
    try {
      const lookedMs = await round();
      pause = Math.min(MOST_PAUSE_MS, Math.max(pause, lookedMs / LOOKING));
      trouble = '';
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof AppError) || !PASSING.has(error.kind)) throw error;
      const { code, message } = error;
      const outcome = { kind: 'failed' as const, failure: { code, message: `${message} It is tried again.` } };
      if (message !== trouble) onFile({ source: folder, path: null, sizeBytes: 0, outcome });
      trouble = message;
      pause = TROUBLE_MS;
    }
    if (!signal.aborted) await sleep(pause);
  }
  return total;

  /** @returns how long it took to see what is there */
  async function round(): Promise<number> {
    const begun = performance.now();
    const seen = new Map<string, number>();
    const ready = readyItems(sources.itemsBelow(folder), (item) => {
      const stamp = stampOf(item);
      const since = before.get(stamp);
      seen.set(stamp, since ?? begun);
      if (settled.has(stamp)) return false;
      if (item.kind === 'folder') return true;
      const ageMs = now() - Number(item.mtimeNs / 1_000_000n);
      // Written in the future, by another clock than ours: what counts is how long we have seen it as it is.
      const quietMs = ageMs >= 0 ? ageMs : begun - (since ?? begun);
      return since !== undefined && quietMs >= quietSeconds * 1000;
    });
    const items = [...ready];
    const looked = performance.now() - begun;
    before = seen;
    settled = settled.intersection(seen);
    if (!items.some(({ kind }) => kind === 'file' || kind === 'symlink')) return looked;
    const report = await importItems(place, ingest, items, options);
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += report[key];
    for (const item of items) if ('path' in item) settled.add(stampOf(item));
    place.database.tidy();
    return looked;
  }
}

function* readyItems(items: SourceItems, isReady: (item: SourceItem) => boolean): SourceItems {
  for (const item of items) {
    if (item.kind === 'skipped') continue;
    if (item.kind === 'refused') {
      yield item;
      continue;
    }
    if (item.path.split('/').slice(1).includes(UNFINISHED)) continue;
    if (isReady(item)) yield item;
  }
}

function stampOf({ path, sizeBytes, mtimeNs, inode }: SourceItem): string {
  return `${inode}:${sizeBytes}:${mtimeNs}:${path}`;
}
