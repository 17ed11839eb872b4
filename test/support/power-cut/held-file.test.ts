/** Laws of files whose changes are held back, and of what is left of them after a torn cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../music.ts';
import { createHeldFile, PAGE_BYTES, type Platter } from './held-file.ts';
import { chooseLandings, SECTOR_BYTES } from './tear.ts';

const seed = Number(process.env['REPRISE_SEED'] ?? Date.now() % 1_000_000);
console.log(`REPRISE_SEED=${seed}`);

/** A disk in memory; the holder may change what is on it. */
function createPlatter(content = Buffer.alloc(0)): Platter & { readonly content: Buffer } {
  let bytes = content;
  const resize = (size: number): void => {
    bytes = Buffer.concat([bytes.subarray(0, size), Buffer.alloc(Math.max(0, size - bytes.length))]);
  };
  return {
    get content() {
      return bytes;
    },
    size: () => bytes.length,
    read: (into, position) => void bytes.copy(into, 0, position),
    write(written, position) {
      resize(Math.max(bytes.length, position + written.length));
      written.copy(bytes, position);
    },
    resize,
  };
}

describe('a file that is held back', () => {
  const position = fc.oneof(fc.nat(20_000), fc.integer({ min: 4090, max: 4100 }));
  const change = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ write: fc.uint8Array({ minLength: 1, maxLength: 9000, size: 'max' }), position }),
    },
    { weight: 2, arbitrary: fc.record({ resize: position }) },
    { weight: 1, arbitrary: fc.constant('flush' as const) },
  );

  it('is seen as it was written, and is on the disk as it was flushed', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const [disk, seen] = [createPlatter(), createPlatter()];
        const file = createHeldFile(disk);
        let flushed = Buffer.alloc(0);
        for (const change of changes) {
          if (change === 'flush') {
            file.flush();
            flushed = Buffer.from(seen.content);
          } else if ('resize' in change) for (const one of [file, seen]) one.resize(change.resize);
          else for (const one of [file, seen]) one.write(Buffer.from(change.write), change.position);
          expect(file.read(0, 1e6).equals(seen.content)).toBe(true);
          expect(file.read(4000, 5000).equals(seen.content.subarray(4000, 9000))).toBe(true);
          expect(disk.content.equals(flushed)).toBe(true);
          expect([file.size, file.isDirty || flushed.equals(seen.content)]).toEqual([seen.size(), true]);
        }
      }),
      { seed },
    );
  });

  it('that could not be flushed is still seen, but a later flush writes only what is new', () => {
    const disk = createPlatter(Buffer.alloc(2 * PAGE_BYTES, 'old'));
    const file = createHeldFile(disk);
    file.write(Buffer.alloc(2 * PAGE_BYTES, 'new'), 0);
    file.failToFlush();
    file.write(Buffer.from('newest'), PAGE_BYTES);
    file.flush();
    expect(file.read(0, 3).toString()).toBe('new');
    expect(disk.content.toString('latin1', 0, 3)).toBe('old');
    expect(disk.content.toString('latin1', PAGE_BYTES, PAGE_BYTES + 9)).toBe('newestewn');
  });

  it('survives a torn cut in whole pages, but for one page that may be torn between sectors', () => {
    const PAGES = 6;
    const random = createRandom(seed);
    const tally = { old: 0, new: 0, torn: 0, resized: 0 };
    for (let round = 0; round < 200; round++) {
      const disk = createPlatter(Buffer.alloc(PAGES * PAGE_BYTES, 'o'));
      const file = createHeldFile(disk);
      file.write(Buffer.alloc(PAGES * PAGE_BYTES, 'n'), 0);
      file.resize(PAGES * PAGE_BYTES + 1);
      file.land(chooseLandings([file], random)[0] ?? expect.fail('nothing was chosen'));
      if (disk.size() > PAGES * PAGE_BYTES) tally.resized++;
      const pages = Array.from({ length: PAGES }, (_, at) => sectorsOf(disk.content, at));
      const torn = pages.filter((sectors) => new Set(sectors).size > 1);
      expect(torn.length).toBeLessThanOrEqual(1);
      for (const sectors of torn) expect(sectors.replaceAll(/(.)\1*/g, '$1')).toMatch(/^(no|on)$/);
      tally.torn += torn.length;
      tally.new += pages.filter((sectors) => /^n+$/.test(sectors)).length;
      tally.old += pages.filter((sectors) => /^o+$/.test(sectors)).length;
    }
    expect(tally.old).toBeGreaterThan(400);
    expect(tally.new).toBeGreaterThan(400);
    for (const often of [tally.torn, tally.resized]) expect(often).toBeGreaterThan(50);
  });

  /** Of one page, each sector by its letter. */
  function sectorsOf(content: Buffer, page: number): string {
    const sectors = Array.from({ length: PAGE_BYTES / SECTOR_BYTES }, (_, at) => {
      const start = page * PAGE_BYTES + at * SECTOR_BYTES;
      return new Set(content.toString('latin1', start, start + SECTOR_BYTES));
    });
    for (const letters of sectors) expect(letters.size).toBe(1);
    return sectors.map((letters) => [...letters].join('')).join('');
  }
});
