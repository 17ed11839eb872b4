/**
 * A lock by SQLite's own on empty databases: the kernel lets go of it whenever the process ends. Two of them, so that all
 * have their turn: who waits for `lock` holds `turn` meanwhile, so who has just let go and wants it again stands behind.
 * Each is waited for `waitMs` at most.
 */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoreLock } from '#store';
import { guarded } from './errors.ts';

/** Files of locks, which are always empty. */
export const LOCK_FILES: readonly string[] = ['lock', 'turn', 'users'];

export function openStoreLock(folder: string, waitMs: number): StoreLock {
  const lock = openLock(path.join(folder, 'lock'), waitMs);
  const turn = openLock(path.join(folder, 'turn'), waitMs);
  const take = (): Disposable => {
    using _queued = turn.take();
    return lock.take();
  };
  return {
    take,
    hold(work) {
      using _held = take();
      return work();
    },
    [Symbol.dispose]: () => {
      lock.close();
      turn.close();
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

function holdUsers(folder: string, waitMs: number, how: string): Disposable {
  const file = path.join(folder, 'users');
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
