/** The index, to be read here and there; nothing in its folder is changed. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { OpenIndex } from '#catalogue';
import { AppError } from '#kernel';
import type { IndexSegment, SegmentTables } from '#matching';
import { type CheckedFile, openCheckedFile } from './checked-file.ts';
import { createPageCache, type PageCache } from './page-cache.ts';
import { newestFirst, SEGMENT } from './segment-names.ts';

export interface IndexOptions {
  /** Segments by other methods are left out. */
  readonly method: string;
  /** What checked pages may take in memory. */
  readonly cacheBytes: number;
}

/** @param readTables as for the search folder */
export function openIndex(
  folder: string,
  readTables: (bytes: Uint8Array, method: string) => SegmentTables | undefined,
  { method, cacheBytes }: IndexOptions,
): OpenIndex {
  const cache = createPageCache(cacheBytes);
  const files: CheckedFile[] = [];
  const segments: IndexSegment[] = [];
  const seen = new Set<number>();
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => SEGMENT.test(name)) : [];
  for (const name of newestFirst(names)) {
    const file = openIntact(path.join(folder, name), cache);
    if (!file) continue;
    files.push(file);
    const tables = tablesIn(file, (bytes) => readTables(bytes, method));
    // What was merged into a newer one is left where a kill came between.
    if (!tables || tables.sounds.some((sound) => seen.has(sound))) continue;
    for (const sound of tables.sounds) seen.add(sound);
    segments.push({ tables, read: file.read });
  }
  return {
    segments: segments.reverse(),
    [Symbol.dispose]: () => {
      for (const file of files) file[Symbol.dispose]();
    },
  };
}

function openIntact(file: string, cache: PageCache): CheckedFile | undefined {
  return unlessCorrupt(() => openCheckedFile(file, cache));
}

function tablesIn(
  file: CheckedFile,
  read: (bytes: Uint8Array) => SegmentTables | undefined,
): SegmentTables | undefined {
  return unlessCorrupt(() => read(file.tables()));
}

/** Damage is seen to by the next search, which makes the segment anew. */
function unlessCorrupt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'index/corrupt') return undefined;
    throw error;
  }
}
