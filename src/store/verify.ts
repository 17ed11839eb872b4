/**
 * Looks whether the store would give every byte: all rows, all packs, and with their data every blob by its SHA-256 and every
 * file by its. Whatever is wrong is told with the files that it hits; nothing is changed.
 */
import { createHash } from 'node:crypto';
import { AppError, type Progress } from '#kernel';
import { createBlobReader, packName } from './blob-reader.ts';
import { type BlobHeader, HEADER_BYTES, storedBytes, unpackHeader } from './blocks.ts';
import { breathe } from './breathe.ts';
import { createContentReader } from './contents.ts';
import { type HitFile, namesOfHit } from './hit-names.ts';
import type { NamedNodes } from './named-nodes.ts';
import type { Blob, Content, ReadableParts } from './ports.ts';
import { type Extent, unpackExtents } from './recipe.ts';

export interface VerifyOptions {
  /** Reads all data, too. */
  readonly readData: boolean;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface VerifyReport {
  readonly files: number;
  /** Stored as they were written, not shared yet: that their bytes are there is all that can be told. */
  readonly rawFiles: number;
  readonly blobs: number;
  /** Bytes that were read and compared. */
  readonly bytesRead: number;
  /** Files that do not give their bytes, or may not. */
  readonly hit: readonly HitFile[];
  /** What is wrong, in sentences. */
  readonly problems: readonly string[];
  /** What costs no file anything, yet: damage of the second copy. */
  readonly notes: readonly string[];
  /** Blobs that do not give their bytes. */
  readonly damagedBlobs: readonly number[];
}

const AT_ONCE = 500;
const READ_BYTES = 1 << 20;

export async function verifyStore(
  parts: ReadableParts,
  names: NamedNodes,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const { database } = parts;
  // Damaged rows are told of as they are; whom they hit is found out by asking as a reader does.
  const damages = database.damages();
  const problems: string[] = [...damages];
  const hitNodes = new Map<number, string>();
  const hitContents = new Map<number, string>();
  const hitBlobs = new Map<number, string>();
  const blobs = await lookAtBlobs(parts, options, hitBlobs);
  problems.push(...new Set(hitBlobs.values()));
  const { bytesRead, files } = await lookAtContents(parts, options, hitBlobs, hitContents, problems);
  const rawFiles = await lookAtNodes(parts, options, hitContents, hitNodes);
  const hit = problems.length > 0 || hitNodes.size > 0 ? namesOfHit(database, names, hitNodes) : [];
  const notes = database.examineCopy(damages);
  const read = { files, rawFiles, blobs: blobs.count, bytesRead: bytesRead + blobs.bytes };
  return { ...read, hit, problems: [...new Set(problems)], notes, damagedBlobs: [...hitBlobs.keys()] };
}

/** Every blob's header, or all of it. */
async function lookAtBlobs(
  { files, database }: ReadableParts,
  { readData, signal, progress }: VerifyOptions,
  hit: Map<number, string>,
): Promise<{ count: number; bytes: number }> {
  const reader = createBlobReader(files, (id) => database.blob(id));
  let count = 0;
  let bytes = 0;
  for (const blob of blobsOf({ database }, hit)) {
    try {
      const wrong = lookAtBlob({ files }, blob, readData ? reader : undefined);
      if (wrong !== undefined) hit.set(blob.id, wrong);
    } catch (error) {
      hit.set(blob.id, wordsOf(error));
    }
    count += 1;
    bytes += readData ? blob.length : 0;
    if (count % (readData ? 16 : AT_ONCE) === 0) {
      progress({ stage: 'Looking at blobs', items: count, bytes });
      await breathe(signal);
    }
  }
  return { count, bytes };
}

/** Those whose rows can be read. */
function* blobsOf({ database }: Pick<ReadableParts, 'database'>, hit: Map<number, string>): Generator<Blob> {
  for (const id of attempt(() => database.numbersOf('blobs')) ?? []) {
    let blob: Blob | undefined;
    try {
      blob = database.blob(id);
    } catch (error) {
      hit.set(id, wordsOf(error));
    }
    if (blob !== undefined) yield blob;
  }
}

function lookAtBlob(
  { files }: Pick<ReadableParts, 'files'>,
  blob: Blob,
  reader: ReturnType<typeof createBlobReader> | undefined,
): string | undefined {
  const name = packName(blob.pack);
  const where = `Blob ${blob.id} in ${name}, from byte ${blob.offset} on,`;
  if ((files.size(name) ?? -1) < blob.offset + storedBytes(blob.length)) return `${where} is cut off or not there.`;
  const header = headerOf({ files }, blob);
  if (header === undefined) return `${where} has a damaged header.`;
  if (reader === undefined) return undefined;
  const content = new Uint8Array(blob.length);
  reader.read(blob.id, 0, content);
  const isRight = createHash('sha256').update(content).digest().equals(header.hash);
  return isRight ? undefined : `${where} is not what its SHA-256 says.`;
}

/** A blob's header; undefined where it is not that of this blob any more. @throws AppError `store/missing-piece` */
export function headerOf(
  { files }: Pick<ReadableParts, 'files'>,
  { id, pack, offset, length }: Blob,
): BlobHeader | undefined {
  const bytes = new Uint8Array(HEADER_BYTES);
  files.read(packName(pack), offset, bytes);
  const header = unpackHeader(bytes);
  return header?.blob === id && header.length === length ? header : undefined;
}

async function lookAtContents(
  parts: ReadableParts,
  { readData, signal, progress }: VerifyOptions,
  hitBlobs: ReadonlyMap<number, string>,
  hit: Map<number, string>,
  problems: string[],
): Promise<{ files: number; bytesRead: number }> {
  const { database } = parts;
  const reader = createContentReader(database, createBlobReader(parts.files, database.blob));
  let bytesRead = 0;
  let files = 0;
  const buffer = new Uint8Array(READ_BYTES);

  function lackOf({ blob }: Extent): string | undefined {
    const wrong = hitBlobs.get(blob) ?? (blob === 0 || database.blob(blob) ? undefined : `Blob ${blob} is not there.`);
    return wrong === undefined ? undefined : `It needs blob ${blob}: ${wrong}`;
  }

  async function differenceOf({ id, size, hash: expected }: Content): Promise<string | undefined> {
    const hash = createHash('sha256');
    for (let at = 0; at < size; ) {
      const length = reader.read(id, at, buffer);
      hash.update(buffer.subarray(0, length));
      at += length;
      bytesRead += length;
      progress({ stage: 'Reading files', items: files, bytes: bytesRead });
      await breathe(signal);
    }
    return hash.digest().equals(expected) ? undefined : 'It is not what its SHA-256 says.';
  }

  for (const id of attempt(() => database.numbersOf('contents')) ?? []) {
    try {
      const content = database.content(id);
      if (content === undefined) continue;
      files += 1;
      const wrong = readData
        ? await differenceOf(content)
        : database
            .pagesOf(id)
            .flatMap(unpackExtents)
            .map(lackOf)
            .find((lack) => lack !== undefined);
      if (wrong !== undefined) hit.set(id, wrong);
    } catch (error) {
      if (error instanceof AppError && error.kind === 'cancelled') throw error;
      hit.set(id, wordsOf(error));
      problems.push(wordsOf(error));
    }
    if (files % AT_ONCE === 0) await breathe(signal);
  }
  return { files, bytesRead };
}

/** From contents to the files that hold them. @returns how many files are raw */
async function lookAtNodes(
  { database, files }: ReadableParts,
  { signal }: VerifyOptions,
  hitContents: ReadonlyMap<number, string>,
  hit: Map<number, string>,
): Promise<number> {
  let done = 0;
  let raw = 0;
  for (const id of attempt(() => database.numbersOf('nodes')) ?? []) {
    try {
      const node = database.node(id);
      if (node === undefined) continue;
      if (node.isRaw) raw += 1;
      const wrong = node.content === null ? undefined : hitContents.get(node.content);
      if (wrong !== undefined) hit.set(id, wrong);
      else if (node.content !== null && database.content(node.content)?.size !== node.size)
        hit.set(id, `What it holds is not of its size, ${node.size} bytes.`);
      if (node.isRaw && (node.size > 0 || node.isLive) && files.size(`raw/${id}`) === undefined)
        hit.set(id, `What was written to it, raw/${id}, is not there.`);
    } catch (error) {
      hit.set(id, wordsOf(error));
    }
    done += 1;
    if (done % AT_ONCE === 0) await breathe(signal);
  }
  return raw;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // Told of already, by the rows that were looked at.
    return undefined;
  }
}

/** What is wrong with the store; that it may not be read, or memory is short, is nothing of the kind. */
function wordsOf(error: unknown): string {
  if (error instanceof AppError && error.kind !== 'denied' && error.kind !== 'exhausted') return error.message;
  throw error;
}
