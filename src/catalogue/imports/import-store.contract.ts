/** What every store of imports must do. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { contentOf, hashOf } from '../../../test/support/fake-workers.ts';
import { keyOfStamp, type StampKey } from '../model.ts';
import type { CatalogueStore } from '../ports.ts';
import type { ImportedFingerprint, ImportPiece, StoredFingerprint } from './ports.ts';
import type { ForeignCorrelation } from './records.ts';

const at = (path: string): BytePath => path as BytePath;
const stamp = (inode: bigint): StampKey =>
  keyOfStamp({ device: 1n, inode, sizeBytes: 5, mtimeNs: 1_700_000_000_123_456_789n, ctimeNs: -1n });
const print = (path: string, ...bytes: number[]): StoredFingerprint => ({
  ...{ path: at(path), durationSeconds: 12.5 },
  fingerprint: Uint8Array.from(bytes),
});
const pair = (a: string, b: string, value: number, more: Partial<ForeignCorrelation> = {}): ForeignCorrelation => ({
  ...{ a: at(a), b: at(b), value, offsetItems: null, method: null },
  ...more,
});
const piece = (source: string, more: Partial<ImportPiece> = {}): ImportPiece => ({
  source: { path: at(source), tool: 'cometa', kind: more.correlations ? 'correlations' : 'fingerprints' },
  ...{ isFirst: true, fingerprints: [], correlations: [], end: { stamp: stamp(1n), lines: 3, damaged: 1 } },
  ...more,
});
/** The same without an end. */
const open = (source: string, more: Partial<ImportPiece>): ImportPiece => {
  const { end, ...rest } = piece(source, more);
  return rest;
};

/** `openStore` opens the same catalogue each time within a test; the suite disposes of what it opened. */
export function describeImportStore(name: string, openStore: () => Promise<CatalogueStore>): void {
  describe(`${name} as a store of imports`, () => {
    let store: CatalogueStore;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(() => store[Symbol.asyncDispose]());
    const reopen = async (): Promise<void> => {
      await store[Symbol.asyncDispose]();
      store = await openStore();
    };
    const prints = async (): Promise<ImportedFingerprint[]> => {
      const all: ImportedFingerprint[] = [];
      for await (const page of store.importedFingerprints()) all.push(...page);
      return all;
    };
    const valuesOf = async (path: string): Promise<number[]> =>
      (await store.importedPairs(at(path), 10)).strongest.map(({ value }) => value);

    it('knows a source once it was read to its end, and as it was then', async () => {
      expect(await store.takeImported(open('/d/a', { fingerprints: [print('/m/x', 1)] }))).toBe(1);
      expect(await store.importedSource(at('/d/a'))).toBeUndefined();
      const last = { isFirst: false, fingerprints: [print('/m/x', 1), print('/m/y', 2)] };
      expect(await store.takeImported(piece('/d/a', last))).toBe(1);
      await reopen();
      expect(await store.importedSource(at('/d/a'))).toEqual({ stamp: stamp(1n), lines: 3, kept: 2, damaged: 1 });
      expect(await store.importedSource(at('/d/b'))).toBeUndefined();
      expect(await store.importedFigures()).toEqual({ sources: 1, fingerprints: 2, pairs: 0 });
    });

    it('forgets what a source said before when it is read again, and what others said never', async () => {
      await store.takeImported(piece('/d/a', { correlations: [pair('x', 'y', 0.5), pair('x', 'z', 0.25)] }));
      await store.takeImported(piece('/d/b', { correlations: [pair('y', 'x', 0.75)] }));
      await store.takeImported(open('/d/a', { correlations: [pair('x', 'z', 1)] }));
      expect([await valuesOf('x'), await valuesOf('y'), await valuesOf('z')]).toEqual([[1, 0.75], [0.75], [1]]);
      expect(await store.importedSource(at('/d/a'))).toBeUndefined();
      expect(await store.importedFigures()).toEqual({ sources: 1, fingerprints: 0, pairs: 1 });
    });

    it('gives what was said about a file from its own side, the most alike first', async () => {
      const said = [
        pair('/m/\udcff', '/m/b', 0.5, { offsetItems: -3, method: 'mpz' }),
        pair('/m/c', '/m/\udcff', 0.75, { offsetItems: 8 }),
        pair('/m/b', '/m/c', 1),
      ];
      await store.takeImported(piece('/d/\udcfe', { correlations: said }));
      await reopen();
      const source = { tool: 'cometa', source: at('/d/\udcfe') };
      expect(await store.importedPairs(at('/m/\udcff'), 10)).toEqual({
        total: 2,
        strongest: [
          { path: '/m/c', value: 0.75, offsetItems: -8, method: null, ...source },
          { path: '/m/b', value: 0.5, offsetItems: -3, method: 'mpz', ...source },
        ],
      });
      expect(await store.importedPairs(at('/m/b'), 1)).toMatchObject({ total: 2, strongest: [{ path: '/m/c' }] });
      expect(await store.importedPairs(at('/m/nobody'), 1)).toEqual({ total: 0, strongest: [] });
    });

    it('keeps a pair of a source once, in whatever order and however often it comes', async () => {
      const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
      const pairs = fc.array(fc.tuple(name, name, fc.constantFrom(0, 0.25, 1)).filter(([a, b]) => a !== b));
      await fc.assert(
        fc.asyncProperty(pairs, fc.nat(5), async (list, cut) => {
          const said = list.map(([a, b, value]) => pair(a, b, value));
          const key = ({ a, b }: ForeignCorrelation): string => [a, b].sort().join(' ');
          const first = new Map(said.toReversed().map((one) => [key(one), one]));
          const kept =
            (await store.takeImported(open('/d/s', { correlations: said.slice(0, cut) }))) +
            (await store.takeImported(piece('/d/s', { isFirst: false, correlations: said.slice(cut) })));
          expect(kept).toBe(first.size);
          for (const side of ['a', 'b', 'c', 'd', 'e']) {
            const mine = [...first.values()].filter(({ a, b }) => a === side || b === side);
            expect((await valuesOf(side)).sort()).toEqual(mine.map(({ value }) => value).sort());
          }
        }),
        { numRuns: 30 },
      );
    });

    it('gives one fingerprint a path, the longest, page by page, and none of what was scanned', async () => {
      const many = Array.from({ length: 600 }, (_, n) => print(`/m/${n}`, n & 255, 1));
      await store.takeImported(piece('/d/long', { fingerprints: many }));
      await store.takeImported(piece('/d/short', { fingerprints: [print('/m/7', 9), print('E:\\x', 9)] }));
      const sound = {
        kind: 'new',
        content: contentOf(Buffer.from('A\nsound'), hashOf(Buffer.from('A\nsound')), 't'),
      } as const;
      await store.apply([{ kind: 'added', path: at('/m/8'), stamp: stamp(8n), content: { ...sound, producer: 't' } }]);
      await reopen();
      const found = await prints();
      expect(found).toHaveLength(600);
      expect(found.find(({ path }) => path === '/m/7')).toEqual({
        ...print('/m/7', 7, 1),
        tool: 'cometa',
        source: '/d/long',
      });
      expect(found.map(({ path }) => path)).not.toContain('/m/8');
      expect(found.at(-1)?.path).toBe('E:\\x');
    });

    it('keeps a piece as a whole or not at all', async () => {
      const bad = pair('p', 'q', Number.NaN);
      await expect(store.takeImported(piece('/d/a', { correlations: [pair('o', 'p', 1), bad] }))).rejects.toThrow();
      expect(await store.importedFigures()).toEqual({ sources: 0, fingerprints: 0, pairs: 0 });
      expect(await store.takeImported(piece('/d/a', { correlations: [pair('o', 'p', 1)] }))).toBe(1);
      expect(await valuesOf('p')).toEqual([1]);
    });
  });
}
