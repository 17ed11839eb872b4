import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#kernel';
import { type Extent, PAGE_EXTENTS, packRecipe, unpackExtents } from './recipe.ts';

const extent = fc.record({
  blob: fc.integer({ min: 0, max: 2 ** 40 }),
  offset: fc.integer({ min: 0, max: 2 ** 21 }),
  length: fc.integer({ min: 1, max: 2 ** 40 }),
});

/** What each byte of the file is, in as few words as there are extents. */
function joined(extents: readonly Extent[]): Extent[] {
  const out: Extent[] = [];
  for (const one of extents) {
    const last = out.at(-1);
    const isNext = last !== undefined && last.blob === one.blob && last.offset + last.length === one.offset;
    if (isNext) out[out.length - 1] = { ...last, length: last.length + one.length };
    else out.push(one);
  }
  return out;
}

describe('a recipe', () => {
  it('comes back as it was, with what adjoins joined', () => {
    fc.assert(
      fc.property(fc.array(extent, { maxLength: 30 }), (extents) => {
        const pages = packRecipe(extents);
        expect(pages.flatMap((page) => unpackExtents({ ...page, content: 1 }))).toEqual(joined(extents));
      }),
    );
  });

  it('is cut into pages that follow each other without gaps', () => {
    const extents = Array.from({ length: 3 * PAGE_EXTENTS + 5 }, (_, n) => ({ blob: n + 1, offset: n, length: n + 1 }));
    const pages = packRecipe(extents);
    expect(pages).toHaveLength(4);
    let start = 0;
    for (const page of pages) {
      expect(page.start).toBe(start);
      start += page.length;
    }
    expect(start).toBe(extents.reduce((sum, { length }) => sum + length, 0));
  });

  it('is refused where it is damaged, and never more than that', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(1000), (bytes, length) => {
        const page = { content: 7, start: 0, length, extents: bytes };
        try {
          const sum = unpackExtents(page).reduce((total, one) => total + one.length, 0);
          expect(sum).toBe(length);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect((error as AppError).code).toBe('store/damaged');
        }
      }),
      { numRuns: 2000 },
    );
  });
});
