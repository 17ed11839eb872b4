/** The folder of the search index: segments, and the pieces of a search that is going on. */
import { mkdirSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import type { SearchFiles, StoredSegment } from '#catalogue';
import { AppError } from '#kernel';
import type { SegmentTables } from '#matching';
import { openCheckedFile, writeCheckedFile } from './checked-file.ts';
import { writeError } from './errors.ts';
import { newestFirst, SEGMENT, segmentNumber } from './segment-names.ts';

const SEGMENT_NAME = /segment-\d+\.idx/g;
const PLAN = 'search.json';
const PIECE = /^piece-.*\.dat$/;

/** @param readTables as in `matching/segment-tables`, given from outside, for an adapter knows shapes alone */
export function openSearchFolder(
  folder: string,
  readTables: (bytes: Uint8Array, method: string) => SegmentTables | undefined,
): SearchFiles {
  make(folder);
  const file = (name: string): string => path.join(folder, name);
  const remove = (name: string): void => removeFile(file(name));
  const entries = (pattern: RegExp): string[] => readdirSync(folder).filter((name) => pattern.test(name));
  for (const name of entries(/\.part$/)) remove(name);
  const removePieces = (): void => entries(PIECE).forEach(remove);
  // Pieces know segments by their names: where one has gone since, another of its name would be taken for it.
  const plan = readIfThere(file(PLAN));
  const planned = plan?.match(SEGMENT_NAME) ?? [];
  // Killed at its end, or a plan that cannot be read: nobody asks for its pieces any more.
  if (plan === undefined) removePieces();
  let highest = Math.max(0, ...[...entries(SEGMENT), ...planned].map(segmentNumber));

  return {
    segments(method) {
      const names = newestFirst(entries(SEGMENT));
      const seen = new Set<number>();
      const kept: StoredSegment[] = [];
      for (const name of names) {
        const tables = intact(file(name), (bytes) => readTables(bytes, method));
        // What was merged into a newer one is left where a kill came between.
        if (!tables || tables.sounds.some((sound) => seen.has(sound))) remove(name);
        else {
          for (const sound of tables.sounds) seen.add(sound);
          const { sounds, checks, lengths, postings } = tables;
          kept.push({ name, sounds, checks, lengths, postings });
        }
      }
      return kept.reverse();
    },
    newSegment: () => `segment-${String(++highest).padStart(6, '0')}.idx`,
    removeSegments: (names) => names.forEach(remove),
    removeDamaged() {
      for (const name of entries(SEGMENT)) if (!isIntact(file(name))) remove(name);
    },
    plan: () => readIfThere(file(PLAN)),
    startPlan(plan) {
      remove(PLAN);
      removePieces();
      writeCheckedFile(file(PLAN), (write) => {
        write(Buffer.from(plan));
        return Buffer.alloc(0);
      });
    },
    piece: (name) => intact(file(pieceFile(name)), numbersOf),
    writePiece(name, found) {
      const bytes = new Uint8Array(found.buffer, found.byteOffset, found.byteLength);
      writeCheckedFile(file(pieceFile(name)), () => bytes);
    },
    endPlan() {
      remove(PLAN);
      removePieces();
    },
    bytes: () => readdirSync(folder).reduce((sum, name) => sum + sizeOf(file(name)), 0),
  };
}

function make(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw writeError(error, folder);
  }
}

function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw writeError(error, file);
  }
}

function pieceFile(name: string): string {
  return `piece-${name}.dat`;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** What the file's tables say, or `undefined` where it is not there, damaged, or says nothing. */
function intact<T>(file: string, read: (tables: Uint8Array) => T | undefined): T | undefined {
  if (sizeOf(file) === 0) return undefined;
  try {
    using opened = openCheckedFile(file);
    return read(opened.tables());
  } catch (error) {
    // Derived data: it is made again.
    if (error instanceof AppError && error.code === 'index/corrupt') return undefined;
    throw error;
  }
}

const BLOCK = 2 ** 20;

function isIntact(file: string): boolean {
  const read = intact(file, () => true);
  if (!read) return false;
  using opened = openCheckedFile(file);
  try {
    for (let at = 0; at < opened.bodyBytes; at += BLOCK) opened.read(at, Math.min(BLOCK, opened.bodyBytes - at));
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'index/corrupt') return false;
    throw error;
  }
}

function numbersOf(bytes: Uint8Array): Float64Array {
  return new Float64Array(Uint8Array.from(bytes).buffer);
}

function readIfThere(file: string): string | undefined {
  if (sizeOf(file) === 0) return undefined;
  try {
    using opened = openCheckedFile(file);
    return Buffer.from(opened.read(0, opened.bodyBytes)).toString();
  } catch (error) {
    if (error instanceof AppError && error.code === 'index/corrupt') return undefined;
    throw error;
  }
}
