/** What every memory of hashes must do. */
import { describe, expect, it } from 'vitest';
import type { HashKind, HashMemory } from './ports.ts';

export const KIND: HashKind = { name: 'sha256/head/16384', entryBytes: 5 };

/** The stamp of a file with this inode, as the only one of a table. */
export function stampOf(inode: number): Uint32Array {
  return Uint32Array.from([1, 0, inode, 7, 100, 0, 5, 5, 6, 6]);
}

export const entryOf = (text: string): Uint8Array => Uint8Array.from([1, ...Buffer.from(text)]);

/** What is recalled of a stamp, as text; `undefined` where nothing is. */
export function recalled(memory: HashMemory, inode: number, kind: HashKind = KIND): string | undefined {
  const entries = new Uint8Array(kind.entryBytes * 2);
  const isKnown = memory.recall(kind, stampOf(inode), 0, entries, 1);
  return isKnown ? Buffer.from(entries.subarray(kind.entryBytes + 1)).toString() : undefined;
}

/** @param open gives the memory anew, as the next run would have it */
export function describeHashMemory(name: string, open: () => HashMemory): void {
  describe(`a memory of hashes: ${name}`, () => {
    it('knows nothing at first', () => {
      expect(recalled(open(), 1)).toBeUndefined();
    });

    it('knows in the next run what was learned and kept in this one, by stamp and kind', () => {
      const memory = open();
      memory.learn(KIND, stampOf(1), 0, entryOf('one1'), 0);
      memory.learn({ ...KIND, name: 'md5/whole/Infinity' }, stampOf(1), 0, entryOf('md5!'), 0);
      memory.learn(KIND, stampOf(2), 0, Uint8Array.from([...entryOf('....'), ...entryOf('two2')]), 1);
      memory.keep();
      memory.learn(KIND, stampOf(3), 0, entryOf('late'), 0);
      memory.keep();
      const next = open();
      expect([1, 2, 3, 4].map((inode) => recalled(next, inode))).toEqual(['one1', 'two2', 'late', undefined]);
      expect(recalled(next, 1, { ...KIND, name: 'md5/whole/Infinity' })).toBe('md5!');
      expect(recalled(next, 2, { ...KIND, name: 'md5/whole/Infinity' })).toBeUndefined();
    });

    it('takes every figure of a stamp seriously', () => {
      const memory = open();
      memory.learn(KIND, stampOf(9), 0, entryOf('nine'), 0);
      memory.keep();
      const next = open();
      for (let word = 0; word < 10; word++) {
        const other = stampOf(9);
        other[word] = (other[word] as number) + 1;
        expect(next.recall(KIND, other, 0, new Uint8Array(5), 0)).toBe(false);
      }
      expect(recalled(next, 9)).toBe('nine');
    });

    it('believes what was learned last', () => {
      for (const text of ['old!', 'new!']) {
        const memory = open();
        memory.learn(KIND, stampOf(5), 0, entryOf(text), 0);
        memory.keep();
      }
      expect(recalled(open(), 5)).toBe('new!');
    });
  });
}
