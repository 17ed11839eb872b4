import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfBase64 } from '#kernel';
import { createRandom } from '../../../test/support/music.ts';
import { createOggWindow, type OggWindow } from './ogg-window.ts';
import { createPlainOggWindow } from './ogg-window-plain.ts';

const ROOM = 70_000;
const windows: readonly OggWindow[] = [createOggWindow(ROOM), createPlainOggWindow(ROOM)];

function noise(seed: number, length: number): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length }, () => random() * 256);
}

/** What both answer over the same content, the rest of the room being of other bytes. */
function both(bytes: Uint8Array, at: number, asked: (window: OggWindow) => number): readonly number[] {
  return windows.map((window) => {
    window.bytes.fill(0x4f);
    window.bytes.set(bytes, at);
    return asked(window);
  });
}

const checksums = (bytes: Uint8Array, at = 0): readonly number[] =>
  both(bytes, at, (window) => window.checksum(at, at + bytes.length));

describe('the checksum', () => {
  it('is that of the polynomial', () => {
    expect(checksums(new TextEncoder().encode('123456789'))).toEqual([0x89a1897f, 0x89a1897f]);
    expect(checksums(Uint8Array.of(1))).toEqual([0x04c11db7, 0x04c11db7]);
    expect(checksums(new Uint8Array(500))).toEqual([0, 0]);
  });

  it('is that of a page that ffmpeg wrote', () => {
    const page = bytesOfBase64('T2dnUwACAAAAAAAAAAD7d+BvAAAAAFMAhjcBE09wdXNIZWFkAQE4AYC7AAAAAAA=');
    page.fill(0, 22, 26);
    expect(checksums(page)).toEqual([0x37860053, 0x37860053]);
  });

  it('is that of the plain twin, of any bytes at any place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 600 }), fc.nat(200), (bytes, at) => {
        const [fast, plain] = checksums(bytes, at);
        expect(fast).toBe(plain);
      }),
    );
  });

  it('is that of the plain twin for every length', () => {
    const bytes = noise(1, 65_307);
    const lengths = [...Array.from({ length: 330 }, (_, n) => n + 1), 4095, 8192, 65_306, 65_307];
    for (const length of lengths) {
      const [fast, plain] = checksums(bytes.subarray(0, length), length % 7);
      expect(fast).toBe(plain);
    }
  });
});

describe('looking for a page', () => {
  const anyText = fc
    .array(fc.oneof(fc.constantFrom('OggS', 'Ogg', 'Og', 'O', 'OOggSS'), fc.string({ maxLength: 30 })), {
      maxLength: 12,
    })
    .map((parts) => new TextEncoder().encode(parts.join('')));

  it('finds what the plain twin finds, from any place to any other', () => {
    fc.assert(
      fc.property(anyText, fc.nat(400), fc.nat(400), (bytes, from, more) => {
        const start = Math.min(from, bytes.length);
        const end = Math.min(start + more, bytes.length);
        const [fast, plain] = both(bytes, 0, (window) => window.find(start, end));
        expect(fast).toBe(plain);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds a page at every place, also cut by the end', () => {
    for (let at = 0; at < 70; at++) {
      const bytes = noise(2, 100).map((byte) => byte & 0x3f);
      bytes.set([0x4f, 0x67, 0x67, 0x53], at);
      for (let end = at + 1; end < at + 30; end++)
        expect(both(bytes, 0, (window) => window.find(0, end))).toEqual([at, at]);
      expect(both(bytes, 0, (window) => window.find(at + 1, 100))).toEqual([100, 100]);
    }
  });

  it('stays within the room', () => {
    const window = createOggWindow(10);
    const { length } = window.bytes;
    expect(window.find(0, length)).toBe(length);
    window.bytes.set([0x4f, 0x67, 0x67, 0x53], length - 4);
    expect(window.find(0, length)).toBe(length - 4);
    window.bytes.set([1, 2, 3], length - 3);
    expect(window.find(0, length)).toBe(length);
  });
});

describe('making room', () => {
  it('keeps what is there', () => {
    const bytes = noise(3, 1000);
    for (const window of [createOggWindow(1000), createPlainOggWindow(1000)]) {
      window.bytes.set(bytes);
      window.makeRoom(3_000_000);
      expect(window.bytes.length).toBeGreaterThanOrEqual(3_000_000);
      expect(window.bytes.slice(0, 1000)).toEqual(bytes);
    }
  });
});
