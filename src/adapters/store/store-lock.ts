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
export const LOCK_FILES: readonly string[] = ['lock', 'turn'];

export function openStoreLock(folder: string, waitMs: number): StoreLock {
  const [lock, turn] = LOCK_FILES.map((name) => openLock(path.join(folder, name), waitMs)) as [OneLock, OneLock];
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
