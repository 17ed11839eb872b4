/**
 * Locks that clients hold, in memory: whoever has one says so with each request, and learns by a refusal that it is gone. A
 * server that ends lets go of all.
 */
import { type Lock, type Resource, ServiceUnavailableError } from 'nephele';
import { isWithin, type ShownPath } from './shown-paths.ts';

/** Chosen: far more than clients keep, and little memory. */
const MOST_LOCKS = 10_000;

export interface Locks {
  of(path: ShownPath): Lock[];
  /** Not kept until it is saved. */
  make(resource: Resource, path: ShownPath): Lock;
  /** Is anything locked there or below? */
  hasWithin(path: ShownPath): boolean;
  /** Of what is there no more. */
  dropWithin(path: ShownPath): void;
}

interface Held {
  readonly path: ShownPath;
  readonly lock: Lock;
}

export function createLocks(): Locks {
  const held = new Map<string, Held>();

  function sweep(): void {
    const now = Date.now();
    for (const [token, { lock }] of held) if (lock.date.getTime() + lock.timeout <= now) held.delete(token);
  }

  return {
    of: (path) =>
      within(path)
        .filter((each) => each.path.length === path.length)
        .map(({ lock }) => lock),
    make(resource, path) {
      const lock: Lock = {
        ...{
          resource,
          token: '',
          date: new Date(),
          timeout: 0,
          scope: 'exclusive',
          depth: '0',
          provisional: false,
          owner: {},
        },
        save: async () => {
          sweep();
          if (!held.has(lock.token) && held.size >= MOST_LOCKS)
            throw new ServiceUnavailableError('There are too many locks.');
          held.set(lock.token, { path, lock });
        },
        delete: async () => void held.delete(lock.token),
      };
      return lock;
    },
    hasWithin: (path) => within(path).length > 0,
    dropWithin(path) {
      for (const { lock } of within(path)) held.delete(lock.token);
    },
  };

  function within(path: ShownPath): Held[] {
    return [...held.values()].filter((each) => isWithin(each.path, path));
  }
}
