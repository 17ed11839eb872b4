/**
 * Takes files into the store. Each is cut into what is known and what is new; it is rebuilt from its recipe and compared
 * by hash before it counts. Several files make a batch that is committed at once: blobs reach the disk, then the tables,
 * then the index. Until then nothing of it can be seen, and a crash leaves only bytes that the next writer overwrites.
 */
import { createHash, type Hash } from 'node:crypto';
import {
  COMPARED_BYTES,
  type Container,
  createGear,
  type Gear,
  HEAD_BYTES,
  type Known,
  type Place,
  recognisedContainer,
  share,
  WINDOW_BYTES,
} from '#chunking';
import { AppError } from '#kernel';
import { type BlobReader, createBlobReader } from './blob-reader.ts';
import { type BlobAnchor, type BlobWriter, createBlobWriter } from './blob-writer.ts';
import { createContentReader, openContent, piecesOf } from './contents.ts';
import type { Blob, Content, RecipePage, StoreParts } from './ports.ts';
import { type Extent, packRecipe } from './recipe.ts';

/** Bytes of a file, from its beginning, in order. */
export interface Bytes {
  /** Fills `into` or a part of it. @returns how many; 0 at the end */
  read(into: Uint8Array): number;
}

/** A file that is in packs and not committed. */
export interface PendingContent {
  readonly content: Omit<Content, 'id'>;
  readonly pages: readonly Omit<RecipePage, 'content'>[];
  /** Bytes that were new. */
  readonly newBytes: number;
}

export interface Batch extends Disposable {
  /**
   * Takes a file. Yields the bytes done, now and then; long ones are committed in parts on the way, as blobs that nothing
   * uses yet.
   * @param open gives the file from its beginning; it may be asked a second time
   * @throws AppError `store/not-rebuilt`; whatever `open` throws, and then the batch can be used further
   */
  add(open: () => Bytes): Generator<number, PendingContent>;
  /** Bytes of blobs that are not committed yet. */
  readonly pendingBytes: number;
  /** Commits everything. @param work adds what uses the files, in the same transaction; `add` gives a file its number */
  commit<T>(work: (add: (pending: PendingContent) => number) => T): T;
}

/** New bytes after which a part of a long file is committed. Chosen. */
const MOST_PENDING = 64 << 20;
const READ_BYTES = 256 << 10;

export interface Ingest {
  /** Waits while somebody else writes. @throws AppError `store/locked`, `cancelled` */
  ready(signal: AbortSignal): Promise<void>;
  /** Takes the store's lock until it is disposed of. */
  begin(): Batch;
  /** Does a content that is in give its very bytes? Yields the bytes done, now and then. */
  check(content: number): Generator<number, boolean>;
}

export interface IngestOptions {
  /** Nothing is ever committed: `files` keeps new packs aside, and all that is new is remembered from batch to batch. */
  readonly isRehearsal?: boolean;
}

export function createIngest(parts: StoreParts, { isRehearsal = false }: IngestOptions = {}): Ingest {
  let tools: Tools | undefined;
  let rehearsal: Batch | undefined;
  return {
    ready: async (signal) => (isRehearsal ? undefined : await parts.lock.whenFree(signal)),
    begin() {
      tools ??= createTools(parts);
      if (!isRehearsal) return createBatch(parts, tools, false);
      rehearsal ??= createBatch(parts, tools, true);
      const commit: Batch['commit'] = (work) => rehearsed(parts.database, () => work(() => 0));
      return { add: rehearsal.add, commit, pendingBytes: 0, [Symbol.dispose]: () => undefined };
    },
    check: (content) => isWhole(parts, content),
  };
}

/** What takes much memory, and is used by one batch after the other. */
interface Tools {
  readonly gear: Gear;
  readonly reader: BlobReader;
  /** Blobs of the batch in hand, which are not committed. */
  written: ReadonlyMap<number, Blob>;
  /** For what is read, and for what is rebuilt meanwhile. */
  readonly input: Uint8Array;
  readonly rebuilt: Uint8Array;
}

function createTools({ files, database }: StoreParts): Tools {
  const tools: Tools = {
    gear: createGear(database.settings.chunks, WINDOW_BYTES, COMPARED_BYTES),
    reader: createBlobReader(files, (blob) => tools.written.get(blob) ?? database.blob(blob), { keepsWhole: true }),
    written: new Map(),
    input: new Uint8Array(READ_BYTES),
    rebuilt: new Uint8Array(2 * READ_BYTES),
  };
  return tools;
}

function* isWhole({ files, database }: StoreParts, id: number): Generator<number, boolean> {
  try {
    const content = database.content(id);
    if (content === undefined) return false;
    const contents = createContentReader(database, createBlobReader(files, database.blob));
    const hash = createHash('sha256');
    const bytes = new Uint8Array(READ_BYTES);
    for (let at = 0; at < content.size; ) {
      const length = contents.read(id, at, bytes);
      if (length === 0) return false;
      hash.update(bytes.subarray(0, length));
      at += length;
      yield at;
    }
    return hash.digest().equals(content.hash);
  } catch (error) {
    if (error instanceof AppError && error.kind === 'corrupt') return false;
    throw error;
  }
}

function createBatch({ files, database, anchors, lock }: StoreParts, tools: Tools, isRehearsal: boolean): Batch {
  const { gear, reader } = tools;
  // Who writes nothing keeps nobody waiting.
  const held = isRehearsal ? { [Symbol.dispose]: () => undefined } : lock.take();
  const writer = begin();
  /** Of blobs that are not committed. */
  const pendingAnchors = new Map<number, BlobAnchor>();

  function begin(): BlobWriter {
    try {
      const avoided = isRehearsal ? database.packs().map(({ id }) => id) : [];
      const made = createBlobWriter(files, database, new Set(avoided));
      // A batch that was given up had blobs of the same numbers.
      reader.forget();
      tools.written = made.written;
      return made;
    } catch (error) {
      held[Symbol.dispose]();
      throw error;
    }
  }

  const readBlob = (blob: number, offset: number, into: Uint8Array): void => {
    const { open } = writer;
    if (blob === open.blob) into.set(open.bytes.subarray(offset, offset + into.length));
    else reader.read(blob, offset, into);
  };
  const readable: BlobReader = { ...reader, read: readBlob };

  const known: Known = {
    find(key): Place | undefined {
      const pending = pendingAnchors.get(key);
      return pending === undefined ? anchors.find(key) : { blob: pending.blob, offset: pending.at };
    },
    sizeOf: (blob) => (blob === writer.open.blob ? writer.open.bytes.length : quietly(() => reader.sizeOf(blob))),
    read: (blob, offset, into) =>
      quietly(() => {
        readBlob(blob, offset, into);
        return true;
      }) ?? false,
  };

  /** Where a piece went, and by which places it can be found again. */
  function store(bytes: Uint8Array, piece: readonly { at: number; key: number }[]): readonly Extent[] {
    const extents = writer.add(bytes);
    let n = 0;
    let start = 0;
    for (const { at, key } of [...piece].sort((a, b) => a.at - b.at)) {
      for (let extent = extents[n]!; at > start + extent.length; extent = extents[n]!) {
        start += extent.length;
        n += 1;
      }
      const { blob, offset } = extents[n]!;
      if (!pendingAnchors.has(key)) pendingAnchors.set(key, { key, blob, at: offset + at - start });
    }
    return extents;
  }

  /** @returns the file, or undefined where it does not come out as it went in */
  function* take(open: () => Bytes, container: Container | undefined): Generator<number, PendingContent | undefined> {
    const hash = createHash('sha256');
    const extents: Extent[] = [];
    const input = masked(open(), hash, container, tools.input);
    const rebuilt = container === undefined ? createFollower(extents) : undefined;
    let newBytes = 0;
    const pieces = {
      known: ({ blob, offset }: Place, length: number) => void extents.push({ blob, offset, length }),
      fresh: (bytes: Uint8Array, piece: readonly { at: number; key: number }[]) => {
        newBytes += bytes.length;
        extents.push(...store(bytes, piece));
      },
    };
    for (const done of share(gear, input.read, known, pieces)) {
      rebuilt?.follow();
      if (writer.writtenBytes > MOST_PENDING && !isRehearsal) commit(() => undefined);
      yield done;
    }
    const record = input.record();
    const isMasked = record.length > 0;
    const pending: PendingContent = {
      content: {
        size: input.size(),
        hash: Uint8Array.from(hash.digest()),
        container: isMasked ? (container as Container).name : '',
        record: isMasked ? record : null,
      },
      pages: packRecipe(extents),
      newBytes,
    };
    const isRight = rebuilt === undefined ? yield* isRebuilt(pending) : rebuilt.gives(pending);
    return isRight ? pending : undefined;
  }

  /** Rebuilds a file without a container while it comes in, so that what was compared just now is not read a second time. */
  function createFollower(extents: readonly Extent[]) {
    const hash = createHash('sha256');
    const bytes = tools.rebuilt;
    let next = 0;
    return {
      follow() {
        for (; next < extents.length; next++) {
          const { blob, offset, length } = extents[next]!;
          for (let done = 0; done < length; done += bytes.length) {
            const part = bytes.subarray(0, Math.min(bytes.length, length - done));
            readBlob(blob, offset + done, part);
            hash.update(part);
          }
        }
      },
      gives: ({ content, pages }: PendingContent) =>
        pages.reduce((sum, { length }) => sum + length, 0) === content.size && hash.digest().equals(content.hash),
    };
  }

  /** Does the recipe give the very bytes? */
  function* isRebuilt({ content, pages }: PendingContent): Generator<number, boolean> {
    const opened = openContent({
      content: { ...content, id: 0 },
      pageAt: (offset) => pageOf(pages, offset),
    });
    const hash = createHash('sha256');
    for (const piece of piecesOf(opened, readable, tools.rebuilt)) {
      hash.update(piece);
      yield content.size;
    }
    return hash.digest().equals(content.hash);
  }

  function commit<T>(work: (add: (pending: PendingContent) => number) => T): T {
    writer.finish();
    const result = database.transact(() => {
      writer.record();
      return work(({ content, pages }) => {
        const id = database.addContent(content);
        for (const page of pages) database.addPage({ ...page, content: id });
        return id;
      });
    });
    database.sync();
    const { first, last } = writer.span;
    writer.committed();
    if (last >= first) anchors.add([...pendingAnchors.values()], first, last);
    pendingAnchors.clear();
    return result;
  }

  return {
    *add(open) {
      const container = recognisedContainer(headOf(open(), tools.input));
      for (const tried of container === undefined ? [undefined] : [container, undefined]) {
        const pending = yield* take(open, tried);
        if (pending !== undefined) return pending;
      }
      throw new AppError('store/not-rebuilt', 'The file came out of the store otherwise than it went in.', {
        kind: 'unavailable',
        hint: 'It was left as it is. Either it changed while it was read, or memory or disk give wrong bytes.',
      });
    },
    get pendingBytes() {
      return writer.writtenBytes + writer.open.bytes.length;
    },
    commit,
    [Symbol.dispose]: () => held[Symbol.dispose](),
  };
}

/**
 * The file's bytes with the container's fields set aside, hashed as they were.
 * @param raw is read into
 */
function masked(input: Bytes, hash: Hash, container: Container | undefined, raw: Uint8Array) {
  let size = 0;
  const readRaw = (into: Uint8Array): number => {
    const length = input.read(into);
    hash.update(into.subarray(0, length));
    size += length;
    return length;
  };
  if (container === undefined) return { read: readRaw, size: () => size, record: () => new Uint8Array() };
  const masker = container.mask();
  let record: Uint8Array | undefined;
  let ready: Uint8Array = new Uint8Array();
  return {
    read(into: Uint8Array): number {
      while (ready.length === 0 && record === undefined) {
        const length = readRaw(raw);
        if (length > 0) ready = masker.push(raw.subarray(0, length));
        else ({ rest: ready, record } = masker.end());
      }
      const part = ready.subarray(0, into.length);
      into.set(part);
      ready = ready.subarray(part.length);
      return part.length;
    },
    size: () => size,
    record: () => record ?? new Uint8Array(),
  };
}

function headOf(input: Bytes, into: Uint8Array): Uint8Array {
  const head = into.subarray(0, HEAD_BYTES);
  let done = 0;
  for (let length = 1; length > 0 && done < head.length; done += length) length = input.read(head.subarray(done));
  return head.subarray(0, done);
}

function pageOf(pages: readonly Omit<RecipePage, 'content'>[], offset: number): RecipePage | undefined {
  let low = 0;
  let high = pages.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (pages[middle]!.start <= offset) low = middle;
    else high = middle;
  }
  const page = pages[low];
  return page && { ...page, content: 0 };
}

/** What `work` gives, with everything as it was. */
function rehearsed<T>(database: StoreParts['database'], work: () => T): T {
  let result: { readonly value: T } | undefined;
  try {
    database.transact(() => {
      result = { value: work() };
      throw new Error('Only a rehearsal.');
    });
  } catch (error) {
    if (result === undefined) throw error;
    return result.value;
  }
  throw new Error('A transaction that threw was committed.');
}

/** What is damaged is not shared, and no reason to stop. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError && error.kind === 'corrupt') return undefined;
    throw error;
  }
}
