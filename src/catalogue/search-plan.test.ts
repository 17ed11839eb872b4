import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf, piecesOf, postingsOfPart, type SearchPlan } from './search-plan.ts';
import type { IndexPart, NamedSlice, StoredSegment } from './search-ports.ts';

const segments = fc
  .array(fc.array(fc.nat({ max: 500 }), { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 5 })
  .map((all) => {
    let sound = 0;
    return all.map((lengths, i): StoredSegment => {
      const items = lengths.reduce((sum, length) => sum + length, 0);
      return {
        name: `segment-${i}.idx`,
        sounds: Uint32Array.from(lengths, () => sound++),
        checks: Uint32Array.from(lengths),
        lengths: Uint32Array.from(lengths),
        postings: Math.floor(items * 0.8),
      };
    });
  });
const most = fc.integer({ min: 1, max: 2000 });

describe('the parts of segments', () => {
  it('hold every sound once, in its order', () => {
    fc.assert(
      fc.property(segments, most, (all, mostPostings) => {
        const held = partsOf(all, mostPostings).flatMap((part) => part.flatMap((slice) => soundsOf(slice, all)));
        expect(held).toEqual(all.flatMap(({ sounds }) => [...sounds]));
      }),
    );
  });

  it('fit into memory, but for a slice by itself, which exceeds what fits by no more than a sound', () => {
    fc.assert(
      fc.property(segments, most, (all, mostPostings) => {
        for (const part of partsOf(all, mostPostings)) {
          if (part.length > 1) expect(postingsOfPart(part, all)).toBeLessThanOrEqual(mostPostings);
          for (const slice of part) {
            const segment = all.find(({ name }) => name === slice.name) as StoredSegment;
            const isWhole = slice.from === 0 && slice.to === segment.lengths.length;
            if (segment.postings <= mostPostings) expect(isWhole).toBe(true);
            // Items are more than postings, in a segment by a known factor.
            const items = segment.lengths.reduce((sum, length) => sum + length, 0);
            const share = items / Math.max(1, Math.ceil(segment.postings / mostPostings));
            expect(postingsOfPart([slice], all)).toBeLessThanOrEqual(share + Math.max(...segment.lengths));
          }
        }
      }),
    );
  });

  it('are as few as there can be of successive segments', () => {
    fc.assert(
      fc.property(segments, most, (all, mostPostings) => {
        const parts = partsOf(all, mostPostings);
        parts.slice(1).forEach((part, i) => {
          const next = [...(parts[i] as IndexPart), part[0] as NamedSlice];
          expect(postingsOfPart(next, all)).toBeGreaterThan(mostPostings);
        });
      }),
    );
  });
});

const soundsOf = ({ name, from, to }: NamedSlice, all: readonly StoredSegment[]): number[] => [
  ...(all.find((segment) => segment.name === name)?.sounds.subarray(from, to) ?? []),
];

describe('the pieces of a search', () => {
  const breadth = { codeBits: 24, sampleBits: 0, near: true, plain: true, altered: true, bothWays: true };

  it('ask every part about every new sound, and about old ones where a new one may answer', () => {
    fc.assert(
      fc.property(segments, most, fc.integer({ min: 2, max: 5 }), (all, mostPostings, every) => {
        const sounds = all.flatMap((segment) => [...segment.sounds]);
        const fresh = sounds.filter((sound) => sound % every === 0);
        const old = sounds.filter((sound) => sound % every !== 0);
        const plan: SearchPlan = { method: '', breadth, segments: all.map(({ name }) => name), fresh, old };
        const parts = partsOf(all, mostPostings);
        const pieces = piecesOf(plan, parts, all);
        expect(new Set(pieces.map(({ name }) => name)).size).toBe(pieces.length);
        for (const part of parts) {
          const own = pieces.filter((piece) => piece.part === part).flatMap(({ askers }) => askers);
          const hasFresh = part.some((slice) => soundsOf(slice, all).some((sound) => fresh.includes(sound)));
          expect(own).toEqual(hasFresh ? [...fresh, ...old] : fresh);
        }
      }),
    );
  });
});
