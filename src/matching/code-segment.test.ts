import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../test/support/music.ts';
import { askIndex, createAsker, indexOf, type PhaseItems } from './code-index.ts';
import { createSegmentBuilder, type IndexedSound, type IndexSegment, type SegmentTables } from './code-segment.ts';
import { createSegmentLoader, mergeSegments, wholly } from './join-segments.ts';
import type { SegmentSlice } from './segment-cursor.ts';
import { openSharedMemory } from './shared-memory.ts';

/** Items that are often alike, as those of music are. */
function items(seed: number, length: number): Uint32Array {
  const random = createRandom(seed);
  let item = 0;
  return Uint32Array.from({ length }, () => {
    if (random() < 0.7) item = (Math.floor(random() * 40) * 0x0505_0505 + Math.floor(random() * 3)) >>> 0;
    return item;
  });
}

function collected(make: (write: (bytes: Uint8Array) => void) => SegmentTables): IndexSegment {
  const parts: number[] = [];
  const tables = make((bytes) => {
    for (const byte of bytes) parts.push(byte);
  });
  const body = Uint8Array.from(parts);
  return { tables, read: (offset, length) => body.subarray(offset, offset + length) };
}

function segmentOf(sounds: readonly IndexedSound[]): IndexSegment {
  const shared = openSharedMemory();
  const builder = createSegmentBuilder(
    shared,
    Math.max(
      1,
      sounds.reduce((sum, { items: own }) => sum + own.length, 0),
    ),
  );
  return collected((write) => builder.build(sounds, write));
}

function answers(segment: IndexSegment, codeBits: number, question: PhaseItems): unknown {
  const shared = openSharedMemory();
  const layout = createSegmentLoader(shared, { codeBits, sampleBits: 0 }).load([wholly(segment)]);
  return askIndex(shared, layout, { codeBits, sampleBits: 0, stops: [] }).query([{ phases: question }])[0];
}

const lengths = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 8 });

function soundsOf(lengthsOf: readonly number[]): IndexedSound[] {
  return lengthsOf.map((length, i) => ({ sound: 10 + 3 * i, check: i, items: items(i + 1, length) }));
}

describe('a segment', () => {
  it('answers as an index that was made in memory', () => {
    fc.assert(
      fc.property(lengths, (all) => {
        const sounds = soundsOf(all);
        const row = items(2, 200);
        const question: PhaseItems = [row, items(3, 90), row.subarray(5), items(77, 40)];
        const index = indexOf([...sounds.map((sound) => sound.items), ...Array(200).fill(new Uint32Array(0))]);
        // In so many tracks no code is too frequent.
        expect(answers(segmentOf(sounds), 24, question)).toEqual(index.query([{ phases: question }])[0]);
      }),
      { numRuns: 30 },
    );
  });

  it('is the same whether it was made at once or merged of several', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 0, max: 7 }), (all, cut) => {
        const sounds = soundsOf(all);
        const parts = [segmentOf(sounds.slice(0, cut)), segmentOf(sounds.slice(cut))];
        const merged = collected((write) => mergeSegments(openSharedMemory(), parts, write));
        const whole = segmentOf(sounds);
        expect(merged.tables).toEqual(whole.tables);
        const bytes = whole.tables.ends.at(-1) as number;
        expect([...merged.read(0, bytes)]).toEqual([...whole.read(0, bytes)]);
      }),
      { numRuns: 30 },
    );
  });

  it('answers slice by slice as it does whole, and so do several that are laid out together', () => {
    const cuts = fc.tuple(fc.nat({ max: 8 }), fc.nat({ max: 8 }));
    fc.assert(
      fc.property(lengths, lengths, cuts, fc.constantFrom(0, 2), (all, further, [one, other], sampleBits) => {
        const sounds = soundsOf([...all, ...further]);
        const segments = [segmentOf(sounds.slice(0, all.length)), segmentOf(sounds.slice(all.length))] as const;
        const [from, to] = [Math.min(one, other, all.length), Math.min(Math.max(one, other), all.length)];
        const question = { phases: [items(2, 200), items(3, 90), items(1, 120), items(77, 40)] as PhaseItems };
        const shared = openSharedMemory();
        const loader = createSegmentLoader(shared, { codeBits: 24, sampleBits });
        const ask = createAsker(shared, { codeBits: 24, sampleBits, stops: [] });
        const found = (firstTrack: number, ...slices: SegmentSlice[]): unknown[] =>
          (ask(loader.load(slices)).query([question])[0] ?? []).map(({ track, offsets }) => ({
            track: firstTrack + track,
            offsets,
          }));
        const slice = (first: number, end: number): SegmentSlice => ({ segment: segments[0], from: first, to: end });
        const [head, middle, tail] = [slice(0, from), slice(from, to), slice(to, all.length)];
        const whole = found(0, slice(0, all.length), wholly(segments[1]));
        const apart = [...found(0, head), ...found(from, middle), ...found(to, tail, wholly(segments[1]))];
        expect(apart).toEqual(whole);
        expect(found(0, wholly(segmentOf(sounds)))).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  it('tells codes of 24, 28 and 32 bits apart', () => {
    const row = Uint32Array.from({ length: 60 }, (_, i) => Math.imul(i + 1, 0x9e37_79b1) >>> 0);
    const bent = (bits: number): PhaseItems => {
      const other = row.map((item) => (item ^ bits) >>> 0);
      return [other, other, other, other];
    };
    const segment = segmentOf([{ sound: 1, check: 0, items: row }]);
    const found = (codeBits: number, bits: number): number =>
      (answers(segment, codeBits, bent(bits)) as unknown[]).length;
    expect([24, 28, 32].map((codeBits) => found(codeBits, 0))).toEqual([1, 1, 1]);
    expect([24, 28, 32].map((codeBits) => found(codeBits, 1))).toEqual([1, 1, 0]);
    expect([24, 28, 32].map((codeBits) => found(codeBits, 0x10))).toEqual([1, 0, 0]);
    expect([24, 28, 32].map((codeBits) => found(codeBits, 0x100))).toEqual([0, 0, 0]);
  });
});
