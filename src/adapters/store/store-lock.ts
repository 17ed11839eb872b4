/**
 * A lock by SQLite's own on empty databases: the kernel lets go of it whenever the process ends. Two of them, so that all
 * have their turn: who waits for `lock` holds `turn` meanwhile, so who has just let go and wants it again stands behind.
 * Each is waited for `waitMs` at most.
 */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, cancelled } from '#kernel';
import type { StoreLock } from '#store';
import { guarded } from './errors.ts';

/** Files of locks, which are always empty. */
export const LOCK_FILES: readonly string[] = ['lock', 'turn', 'users', 'served'];

/** Between looks. Chosen. */
const GLANCE_MS = 50;

export function openStoreLock(folder: string, waitMs: number): StoreLock {
  const lock = openLock(path.join(folder, 'lock'), waitMs);
  const turn = openLock(path.join(folder, 'turn'), waitMs);
  const glances = { lock: openLock(path.join(folder, 'lock'), 0), turn: openLock(path.join(folder, 'turn'), 0) };
  const take = (): Disposable => {
    using _queued = turn.take();
    return lock.take();
  };
  return {
    take,
    async whenFree(signal) {
      const until = performance.now() + waitMs;
      using _queued = await polled(glances.turn, until, signal);
      using _free = await polled(glances.lock, until, signal);
    },
    hold(work) {
      using _held = take();
      return work();
    },
    [Symbol.dispose]: () => {
      for (const one of [lock, turn, glances.lock, glances.turn]) one.close();
    },
  };
}

/**
 * Held by everybody who has the store open, so that nobody exchanges its tables beneath them.
 * @throws AppError `store/locked` where somebody has it alone
 */
export function useStore(folder: string, waitMs: number): Disposable {
  return holdUsers(folder, waitMs, 'begin; select count(*) from sqlite_schema');
}

/** Held by who has the store alone. @throws AppError `store/locked` where somebody has it open */
export function haveStoreAlone(folder: string, waitMs: number): Disposable {
  return holdUsers(folder, waitMs, 'begin exclusive');
}

/**
 * Held by who lets others work in the tree, for only one may: what it has told them of a file holds until it says otherwise.
 * @throws AppError `store/served` where somebody does already
 */
export function serveStore(folder: string, waitMs: number): Disposable {
  try {
    return holdFile(path.join(folder, 'served'), waitMs, 'begin exclusive');
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store/locked') throw error;
    throw new AppError('store/served', `The store ${folder} is mounted already, or served in another way.`, {
      kind: 'conflict',
      hint: 'Unmount it first; "findmnt -t fuse.reprise" says where it is.',
      cause: error,
    });
  }
}

function holdUsers(folder: string, waitMs: number, how: string): Disposable {
  return holdFile(path.join(folder, 'users'), waitMs, how);
}

function holdFile(file: string, waitMs: number, how: string): Disposable {
  return guarded(file, () => {
    const db = new DatabaseSync(file, { timeout: waitMs });
    try {
      // Nothing is ever written, and a full disk has no room for the file in which it would be undone.
      db.exec(`pragma journal_mode = memory; ${how}`);
    } catch (error) {
      db.close();
      throw error;
    }
    return { [Symbol.dispose]: () => db.close() };
  });
}

/** Takes it as soon as it is free, by looking now and then. */
async function polled(lock: OneLock, until: number, signal: AbortSignal): Promise<Disposable> {
  for (;;) {
    try {
      return lock.take();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'store/locked' || performance.now() > until) throw error;
    }
    await sleep(GLANCE_MS, undefined, { signal }).catch(() => {
      throw cancelled();
    });
  }
}

interface OneLock {
  take(): Disposable;
  close(): void;
}

function openLock(file: string, waitMs: number): OneLock {
  const guard = <T>(work: () => T): T => guarded(file, work);
  const db = guard(() => new DatabaseSync(file, { timeout: waitMs }));
  return {
    take: () => {
      guard(() => db.exec('begin exclusive'));
      return { [Symbol.dispose]: () => guard(() => db.exec('rollback')) };
    },
    close: () => db.close(),
  };
}
