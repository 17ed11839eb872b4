/**
 * Digests in a file that is only ever added to: batches of records of one length, each batch one write under a header
 * with its size and checksum. A kill or a power cut costs the last batch; what is not as its header says is forgotten,
 * with all behind it, and that is told. Numbers are compared, no texts made: 100,000 digests are there in some 10 ms.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { HashKind, HashMemory } from '#sweep';
import { createRecordTable, type RecordTable, STAMP_BYTES } from './record-table.ts';

export interface HashFileOptions {
  /** Told when what was remembered is damaged, or cannot be kept. */
  readonly onTrouble: (message: string) => void;
  /** A larger file is begun anew with what this run learned. */
  readonly mostBytes?: number;
}

/** Seven million files or so. Chosen. */
const MOST_BYTES = 512 * 2 ** 20;
const MARK = 'reprise-hashes-1';
const HEADER = new RegExp(`^${MARK} (\\S+) (\\d+) (\\d+) ([0-9a-f]{8})$`);
/** No header is longer. */
const HEADER_BYTES = 200;

/** Opens the memory in this file, which need not be there; its folder is. Nothing is read before it is asked. */
export function openHashFile(file: string, { onTrouble, mostBytes = MOST_BYTES }: HashFileOptions): HashMemory {
  const learned = new Map<string, RecordTable>();
  let loaded: Loaded | undefined;
  const known = (): Loaded => {
    loaded ??= load(file, onTrouble);
    return loaded;
  };
  return {
    recall: ({ name, entryBytes }, stamps, at, digests, place) => {
      const table = known().tables.get(name);
      return table?.entryBytes === entryBytes && table.find(stamps, at, digests, place);
    },
    learn: (kind, stamps, at, digests, place) => tableFor(learned, kind).add(stamps, at, digests, place),
    keep() {
      if (learned.size === 0) return;
      const { bytes, isWhole, tables } = known();
      const batches = [...learned].map(([name, table]) => batchOf(name, table));
      learned.clear();
      try {
        if (isWhole && bytes <= mostBytes) writeFileSync(file, Buffer.concat(batches), { flag: 'a' });
        else
          replace(file, [
            ...(bytes > mostBytes ? [] : [...tables].map(([name, table]) => batchOf(name, table))),
            ...batches,
          ]);
        loaded = { tables, bytes: bytes > mostBytes ? 0 : bytes, isWhole: true };
      } catch (error) {
        // It only costs time at the next run.
        onTrouble(`What was hashed cannot be remembered in ${file}: ${reasonOf(error)}.`);
      }
    },
  };
}

interface Loaded {
  /** By the name of their kind. */
  readonly tables: ReadonlyMap<string, RecordTable>;
  readonly bytes: number;
  /** Is every batch what its header says? Nothing may be added behind one that is not. */
  readonly isWhole: boolean;
}

function load(file: string, onTrouble: (message: string) => void): Loaded {
  const tables = new Map<string, RecordTable>();
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onTrouble(`${file} cannot be read: ${reasonOf(error)}.`);
    return { tables, bytes: 0, isWhole: true };
  }
  for (let at = 0; at < bytes.length; ) {
    const batch = batchAt(bytes, at);
    if (batch === undefined) {
      onTrouble(`${file} is damaged: some of what was hashed before is read again.`);
      return { tables, bytes: bytes.length, isWhole: false };
    }
    tableFor(tables, batch.kind).addAll(batch.records);
    at = batch.to;
  }
  return { tables, bytes: bytes.length, isWhole: true };
}

interface Batch {
  readonly kind: HashKind;
  readonly records: Uint8Array;
  /** Where the next one begins. */
  readonly to: number;
}

function batchAt(bytes: Buffer, at: number): Batch | undefined {
  const from = bytes.subarray(at, at + HEADER_BYTES).indexOf('\n') + at + 1;
  const [, name, entryBytes, count, checksum] = HEADER.exec(bytes.toString('latin1', at, from - 1)) ?? [];
  if (name === undefined) return undefined;
  const kind = { name, entryBytes: Number(entryBytes) };
  const to = from + Number(count) * (STAMP_BYTES + kind.entryBytes);
  const records = bytes.subarray(from, to);
  return to <= bytes.length && checksumOf(name, records) === checksum ? { kind, records, to } : undefined;
}

function batchOf(name: string, { entryBytes, length, records }: RecordTable): Buffer {
  const body = records();
  return Buffer.concat([
    Buffer.from(`${MARK} ${name} ${entryBytes} ${length} ${checksumOf(name, body)}\n`, 'latin1'),
    body,
  ]);
}

/** The old file stays until the new one is whole. */
function replace(file: string, batches: readonly Buffer[]): void {
  const next = `${file}.next`;
  try {
    const fd = openSync(next, 'w');
    try {
      writeFileSync(fd, Buffer.concat(batches));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(next, file);
  } finally {
    rmSync(next, { force: true });
  }
}

function tableFor(tables: Map<string, RecordTable>, { name, entryBytes }: HashKind): RecordTable {
  let own = tables.get(name);
  if (own === undefined || own.entryBytes !== entryBytes) {
    own = createRecordTable(entryBytes);
    tables.set(name, own);
  }
  return own;
}

/** Of the name of the kind, too: under another one the digests would be wrong. */
function checksumOf(name: string, records: Uint8Array): string {
  return crc32(records, crc32(name)).toString(16).padStart(8, '0');
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
