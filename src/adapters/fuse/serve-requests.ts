/**
 * The loop of a thread that serves a mount: reads a request of the kernel, does it, answers, until the file system is
 * unmounted. Everything in it waits, so a thread does nothing else.
 */
import { readSync, writeSync } from 'node:fs';
import type { MountedTree } from '#store';
import { codeOf, createAnswers } from './answers.ts';
import { errnoOf, putHeader } from './reply.ts';
import { type Request, readRequest } from './request.ts';
import type { Turn } from './turns.ts';
import { MAX_BYTES, MAX_REQUEST, OP, OUT_HEADER } from './words.ts';

export interface ServeParts {
  /** Of `/dev/fuse`, mounted and agreed upon. */
  readonly descriptor: number;
  readonly tree: MountedTree;
  /** Nanoseconds since 1970. */
  readonly nowNs: () => bigint;
  /** This thread's own: what turns out to be slow may have given it on meanwhile. */
  readonly reading: Turn;
  readonly inHand: InHand;
  /** Called every now and then, between two requests or while there are none. */
  readonly onPause: () => void;
  /** Something went wrong that no file system should say: told, and answered with EIO. */
  readonly onBug: (error: unknown) => void;
}

/** Which requests the threads have in hand, so that one may be told that nobody waits for it. */
export interface InHand {
  /** @param pid the thread that waits for it */
  begin(unique: number, pid: number): void;
  end(): void;
  interrupt(unique: number): void;
}

/** What may wait for a disk. Meanwhile another thread reads requests. */
const SLOW: ReadonlySet<number> = new Set([
  ...[OP.read, OP.fsync, OP.fsyncdir, OP.open, OP.setattr, OP.rename, OP.rename2, OP.fallocate, OP.statfs],
]);
/** Chosen. */
const PAUSE_MS = 5000;
/** Nothing was read; it is tried again. */
const AGAIN: ReadonlySet<string> = new Set(['EINTR', 'EAGAIN', 'ENOENT']);

/** Ends when the file system is unmounted. */
export function serveRequests({ descriptor, tree, nowNs, reading, inHand, onPause, onBug }: ServeParts): void {
  const answers = createAnswers({ tree, nowNs, interrupt: inHand.interrupt });
  const buffer = Buffer.alloc(MAX_REQUEST);
  const reply = Buffer.alloc(OUT_HEADER + MAX_BYTES);

  function answer(bytes: Buffer, request: Request): void {
    const done = answers.get(request.opcode);
    let length: number | undefined = 0;
    let errno = done === undefined ? errnoOf('ENOSYS') : 0;
    try {
      length = done?.(request, reply) ?? (done === undefined ? 0 : undefined);
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) onBug(error);
      errno = errnoOf(code ?? 'EIO');
    }
    if (length === undefined) return;
    send(descriptor, reply, putHeader(reply, bytes, errno === 0 ? length : 0, errno));
  }

  let paused = performance.now();
  function pause(): void {
    if (performance.now() - paused < PAUSE_MS) return;
    onPause();
    paused = performance.now();
  }

  reading.take(pause);
  for (;;) {
    const bytes = next(descriptor, buffer);
    if (bytes === undefined) break;
    const request = readRequest(bytes);
    // First, so that who reads next finds it there.
    inHand.begin(request.unique, request.pid);
    if (SLOW.has(request.opcode)) reading.give();
    answer(bytes, request);
    inHand.end();
    pause();
    reading.take(pause);
  }
  // The others find out for themselves.
  reading.give();
}

/** @returns undefined when the file system is unmounted */
function next(descriptor: number, buffer: Buffer): Buffer | undefined {
  for (;;) {
    try {
      return buffer.subarray(0, readSync(descriptor, buffer));
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'ENODEV') return undefined;
      if (!AGAIN.has(code)) throw error;
    }
  }
}

function send(descriptor: number, reply: Buffer, length: number): void {
  try {
    writeSync(descriptor, reply, 0, length);
  } catch (error) {
    // Nobody waits for the answer any more: it was interrupted, or sent again, or the file system is unmounted.
    if (!['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
