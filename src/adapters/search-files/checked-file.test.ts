import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../test/support/music.ts';
import { openCheckedFile, writeCheckedFile } from './checked-file.ts';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-checked-'));
  file = path.join(folder, 'file');
});
afterAll(() => rmSync(folder, { recursive: true }));

function bytes(seed: number, length: number): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length }, () => random() * 256);
}

function write(body: Uint8Array, tables: Uint8Array): void {
  writeCheckedFile(file, (add) => {
    const half = body.length >>> 1;
    add(body.subarray(0, half));
    add(body.subarray(half));
    return tables;
  });
}

/** All that the file says. */
function whole(): { body: number[]; tables: number[] } {
  using opened = openCheckedFile(file);
  return { body: [...opened.read(0, opened.bodyBytes)], tables: [...opened.tables()] };
}

const CORRUPT = expect.objectContaining({ code: 'index/corrupt', kind: 'corrupt' });

/** Every position of a small file; spread ones of a larger one. */
function positions(size: number): number[] {
  const step = size > 1000 ? 37 : 1;
  return Array.from({ length: Math.ceil(size / step) }, (_, i) => i * step);
}

describe('a checked file', () => {
  it('gives back what was written, in whole and in parts', () => {
    const sizes = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(sizes, sizes, sizes, sizes, (bodySize, tableSize, one, other) => {
        const [body, tables] = [bytes(1, bodySize), bytes(2, tableSize)];
        write(body, tables);
        expect(whole()).toEqual({ body: [...body], tables: [...tables] });
        const [from, to] = [Math.min(one, other, bodySize), Math.min(Math.max(one, other), bodySize)];
        using opened = openCheckedFile(file);
        expect([...opened.read(from, to - from)]).toEqual([...body.subarray(from, to)]);
      }),
      { numRuns: 25 },
    );
  });

  it('holds more than is written at once', () => {
    const body = bytes(3, 3_000_000);
    write(body, bytes(4, 5));
    using opened = openCheckedFile(file);
    expect(Buffer.from(opened.read(0, body.length)).equals(body)).toBe(true);
    expect([...opened.tables()]).toEqual([...bytes(4, 5)]);
  });

  it.each([
    [0, 0],
    [0, 40],
    [300, 40],
    [4096, 0],
    [9000, 200],
  ])('of %i and %i bytes notices every byte that was changed', (bodySize, tableSize) => {
    write(bytes(5, bodySize), bytes(6, tableSize));
    const written = readFileSync(file);
    const random = createRandom(7);
    for (const at of positions(written.length)) {
      const damaged = Buffer.from(written);
      damaged[at] = damaged[at]! ^ (1 + Math.floor(random() * 255));
      writeFileSync(file, damaged);
      expect(whole, `byte ${at}`).toThrow(CORRUPT);
    }
  });

  it('that was changed in its body still gives the pages that were not', () => {
    const body = bytes(8, 3 * 4096);
    write(body, bytes(9, 10));
    const damaged = readFileSync(file);
    damaged[5000] = damaged[5000]! ^ 1;
    writeFileSync(file, damaged);
    using opened = openCheckedFile(file);
    expect([...opened.read(0, 4096)]).toEqual([...body.subarray(0, 4096)]);
    expect([...opened.read(8192, 4096)]).toEqual([...body.subarray(8192)]);
    expect([...opened.tables()]).toEqual([...bytes(9, 10)]);
    expect(() => opened.read(4000, 200)).toThrow(CORRUPT);
  });

  it('notices that its end is missing, or that something was appended', () => {
    write(bytes(10, 5000), bytes(11, 60));
    const written = readFileSync(file);
    for (const size of [...positions(200), ...positions(written.length - 1), written.length - 1]) {
      truncateSync(file, Math.min(size, written.length - 1));
      expect(whole, `${size} bytes`).toThrow(CORRUPT);
      writeFileSync(file, written);
    }
    writeFileSync(file, Buffer.concat([written, Buffer.of(0)]));
    expect(whole).toThrow(CORRUPT);
  });

  it('that is not there, or is none at all, is a damaged one', () => {
    rmSync(file, { force: true });
    expect(whole).toThrow(CORRUPT);
    writeFileSync(file, 'Nothing of ours, but longer than the end of such a file.');
    expect(whole).toThrow(CORRUPT);
  });

  it('leaves the one before as it was where writing breaks off, and nothing else', () => {
    write(bytes(12, 100), bytes(13, 10));
    const breaksOff = (): void =>
      writeCheckedFile(file, (add) => {
        add(bytes(14, 2_000_000));
        throw new RangeError('no more');
      });
    expect(breaksOff).toThrow(new RangeError('no more'));
    expect(whole()).toEqual({ body: [...bytes(12, 100)], tables: [...bytes(13, 10)] });
    expect(readdirSync(folder)).toEqual(['file']);
  });
});
