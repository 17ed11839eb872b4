import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { chooseStaying } from './choose.ts';
import type { SweptFile } from './file-table.ts';
import type { Root } from './guard.ts';

function file(name: string, mtimeNs: bigint, role: Root['role']): SweptFile {
  const place = { path: '/r' as BytePath, kind: 'folder', keys: [] } as const;
  const root: Root = { role, path: '/r' as BytePath, key: undefined, place };
  const figures = { device: 1n, inode: 2n, sizeBytes: 3, ctimeNs: 0n };
  return { root, path: `/r/${name}` as BytePath, mtimeNs, ...figures };
}

const files = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'aa', 'é', '\udcff', '\ue000', '\u{10000}', 'z'),
    mtimeNs: fc.bigInt(0n, 2n),
    role: fc.constantFrom('reference' as const, 'source' as const),
  }),
  { minLength: 1, selector: ({ name }) => name },
);

describe('the copy that stays', () => {
  it('does not depend on the order in which files were found', () => {
    fc.assert(
      fc.property(
        files.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([one, other]) => {
          const chosen = [one, other].map((list) => {
            const { keeper, others } = chooseStaying(list.map(({ name, mtimeNs, role }) => file(name, mtimeNs, role)));
            return [keeper, ...others].map(({ path }) => path);
          });
          expect(chosen[0]).toEqual(chosen[1]);
        },
      ),
    );
  });

  it('is one of the reference where there is one, else the oldest', () => {
    fc.assert(
      fc.property(files, (list) => {
        const all = list.map(({ name, mtimeNs, role }) => file(name, mtimeNs, role));
        const { keeper } = chooseStaying(all);
        const rivals = all.filter(({ root }) => root.role === keeper.root.role);
        if (keeper.root.role === 'source') expect(rivals).toHaveLength(all.length);
        const mtimeOf = ({ mtimeNs }: SweptFile): number => Number(mtimeNs);
        expect(mtimeOf(keeper)).toBe(Math.min(...rivals.map(mtimeOf)));
      }),
    );
  });

  it('is the first by the bytes of its path where all else is equal, beyond what UTF-16 would say', () => {
    const { keeper, reason } = chooseStaying([file('\u{10000}', 0n, 'source'), file('\ue000x', 0n, 'source')]);
    expect(keeper.path).toBe('/r/\ue000x');
    expect(reason).toBe('of equally old copies the first by name stays');
  });
});
