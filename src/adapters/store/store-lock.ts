import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoreLock } from '#store';
import { guarded } from './errors.ts';

/**
 * A lock by SQLite's own on an empty database: the kernel lets go of it whenever the process ends. Waiting is SQLite's
 * too: `waitMs` at most.
 */
export function openStoreLock(folder: string, waitMs: number): StoreLock {
  const file = path.join(folder, 'lock');
  const guard = <T>(work: () => T): T => guarded(file, work);
  const db = guard(() => new DatabaseSync(file, { timeout: waitMs }));
  const take = (): Disposable => {
    guard(() => db.exec('begin exclusive'));
    return { [Symbol.dispose]: () => guard(() => db.exec('rollback')) };
  };
  return {
    take,
    hold(work) {
      using _held = take();
      return work();
    },
    [Symbol.dispose]: () => db.close(),
  };
}
