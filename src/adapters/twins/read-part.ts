/** Reads the part of a file that is asked for, once, and hashes it. */
import { createHash, hash } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { AppError, type BytePath, bytesOfPath, displayPath } from '#kernel';
import type { ReadOptions } from '#sweep';
import type { KeptFile } from './kept-file.ts';

/** What the first bytes of a file look like. */
export type LookOf = (head: Buffer) => 'sound' | 'other' | 'unclear';

export interface PartReader {
  /** @throws AppError `files/changed`, or what the system says */
  read(path: BytePath, sizeBytes: number, class_: number): PartDigest;
}

export interface PartDigest {
  /** What a head looks like: 1 a sound, 2 something else, 3 unclear; 3 for every other part. */
  readonly look: number;
  readonly digest: Uint8Array;
}

const LOOKS: Readonly<Record<ReturnType<LookOf>, number>> = { sound: 1, other: 2, unclear: 3 };

/** A reader with one buffer, which grows to what is asked for. */
export function createPartReader(
  { part, algorithm, blockBytes }: ReadOptions,
  lookOf: LookOf,
  kept: KeptFile,
): PartReader {
  // Numbers of classes mean something within a job alone.
  kept.forget();
  const buffer = Buffer.allocUnsafe(part.kind === 'whole' ? Math.min(part.bytes, blockBytes) : part.bytes + 1);
  return {
    read(path, sizeBytes, class_) {
      const fd = open(path);
      try {
        return part.kind === 'whole' ? whole(fd, sizeBytes, path, class_) : end(fd, sizeBytes, path);
      } finally {
        closeSync(fd);
      }
    },
  };

  /** Head or tail, by one call. */
  function end(fd: number, sizeBytes: number, path: BytePath): PartDigest {
    const wanted = Math.min(part.bytes, sizeBytes);
    const from = part.kind === 'tail' ? sizeBytes - wanted : 0;
    // One byte more shows that a file has grown, where all of it is asked for.
    const more = from + wanted === sizeBytes ? 1 : 0;
    if (readSync(fd, buffer, 0, wanted + more, from) !== wanted) throw changed(path);
    const bytes = buffer.subarray(0, wanted);
    return { look: LOOKS[part.kind === 'head' ? lookOf(bytes) : 'unclear'], digest: hash(algorithm, bytes, 'buffer') };
  }

  /** Compared with the kept file of its class where there is one: what is equal has its digest, and need not be hashed. */
  function whole(fd: number, sizeBytes: number, path: BytePath, class_: number): PartDigest {
    const wanted = Math.min(part.bytes, sizeBytes);
    const twin = kept.of(class_);
    const own = twin === undefined ? kept.room(wanted) : undefined;
    let hashing = twin === undefined ? createHash(algorithm) : undefined;
    for (let at = 0; at < wanted; ) {
      const room = own === undefined ? buffer.subarray(0, wanted - at) : own.subarray(at, at + blockBytes);
      const got = readSync(fd, room, 0, room.length, at);
      if (got === 0) throw changed(path);
      const block = room.subarray(0, got);
      if (twin !== undefined && hashing === undefined && !block.equals(twin.bytes.subarray(at, at + got))) {
        // They were equal so far.
        hashing = createHash(algorithm).update(twin.bytes.subarray(0, at));
      }
      hashing?.update(block);
      at += got;
    }
    if (wanted === sizeBytes && readSync(fd, buffer, 0, 1, wanted) !== 0) throw changed(path);
    const digest = hashing?.digest() ?? (twin?.digest as Uint8Array);
    if (own !== undefined) kept.keep(class_, { bytes: own, digest });
    return { look: LOOKS.unclear, digest };
  }
}

/** It was a regular file when it was listed; if it is a pipe by now, nobody waits for a writer. */
function open(path: BytePath): number {
  const name = isAscii(path) ? path : Buffer.from(bytesOfPath(path));
  return openSync(name, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
}

function isAscii(path: BytePath): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it asks for all of ASCII
  return /^[\u0000-\u007f]*$/.test(path);
}

function changed(path: BytePath): AppError {
  return new AppError('files/changed', `${displayPath(path)} was written to while it was looked at.`, {
    kind: 'conflict',
    hint: 'Run the command again when nothing writes there.',
  });
}
