import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSegmentBuilder, openSharedMemory, packTables, readTables } from '#matching';
import { openCheckedFile, writeCheckedFile } from './checked-file.ts';
import { openIndex } from './open-index.ts';
import { createPageCache, PAGE_BYTES } from './page-cache.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-index-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => path.join(folder, name);

function writeBody(file: string, length: number): Uint8Array {
  const body = Uint8Array.from({ length }, (_, i) => (i * 31 + (i >>> 8)) & 255);
  writeCheckedFile(file, (write) => {
    write(body);
    return Uint8Array.of(1, 2, 3);
  });
  return body;
}

function flip(file: string, position: number): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, Uint8Array.of(0xff), 0, 1, position);
  closeSync(fd);
}

function writeSegment(name: string, sounds: readonly number[], method = 'a'): void {
  const indexed = sounds.map((sound) => ({ sound, check: sound, items: Uint32Array.of(sound * 1e6, sound * 2e6) }));
  const builder = createSegmentBuilder(openSharedMemory(), 100);
  writeCheckedFile(at(name), (write) => packTables(builder.build(indexed, write), method));
}

const soundsIn = (): number[][] => {
  using index = openIndex(folder, readTables, { method: 'a', cacheBytes: PAGE_BYTES });
  return index.segments.map(({ tables }) => [...tables.sounds]);
};

describe('a file that is read through a cache', () => {
  it('gives the same bytes as without, however small the cache', () => {
    const body = writeBody(at('file'), 9 * PAGE_BYTES + 77);
    const range = fc.tuple(fc.nat(body.length - 1), fc.nat(2 * PAGE_BYTES));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(range, { maxLength: 40 }), (pages, ranges) => {
        using file = openCheckedFile(at('file'), createPageCache(pages * PAGE_BYTES));
        for (const [offset, most] of ranges) {
          const length = Math.min(most, body.length - offset);
          expect(Buffer.compare(file.read(offset, length), body.subarray(offset, offset + length))).toBe(0);
        }
      }),
    );
  });

  it('refuses a damaged page each time, and gives the others', () => {
    const body = writeBody(at('file'), 4 * PAGE_BYTES);
    flip(at('file'), PAGE_BYTES + 5);
    using file = openCheckedFile(at('file'), createPageCache(16 * PAGE_BYTES));
    for (let n = 0; n < 2; n++) {
      expect(() => file.read(PAGE_BYTES, 10)).toThrow(expect.objectContaining({ code: 'index/corrupt' }));
      expect([...file.read(2 * PAGE_BYTES, 10)]).toEqual([...body.subarray(2 * PAGE_BYTES, 2 * PAGE_BYTES + 10)]);
    }
  });

  it('checks a page once and keeps what it found', () => {
    const body = writeBody(at('file'), 2 * PAGE_BYTES);
    using file = openCheckedFile(at('file'), createPageCache(2 * PAGE_BYTES));
    file.read(0, 1);
    flip(at('file'), 7);
    expect(file.read(7, 1)[0]).toBe(body[7]);
  });
});

describe('an open index', () => {
  it('is empty where there is none', () => {
    using index = openIndex(at('nowhere'), readTables, { method: 'a', cacheBytes: PAGE_BYTES });
    expect(index.segments).toEqual([]);
  });

  it('has every sound once, from the newest segment that holds it, and changes nothing', () => {
    writeSegment('segment-000001.idx', [1, 2]);
    writeSegment('segment-000002.idx', [3]);
    writeSegment('segment-000010.idx', [1, 2, 4]);
    writeSegment('segment-000011.idx', [5], 'another method');
    writeFileSync(at('segment-000012.idx'), 'no segment');
    const before = readdirSync(folder);
    expect(soundsIn()).toEqual([[3], [1, 2, 4]]);
    expect(readdirSync(folder)).toEqual(before);
  });
});
