import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfPath, displayPath, extensionOf, folderOf, isUnder, joinPath, pathFromBytes } from './byte-path.ts';

const path = (text: string) => pathFromBytes(new TextEncoder().encode(text));

/** Whole characters, torn ones, surrogates, and what is written longer than it need be. */
const PIECES = [
  ...[[0x61], [0xc3, 0xa9], [0xe2, 0x82, 0xac], [0xf0, 0x9f, 0x8e, 0xb5], [0xef, 0xbb, 0xbf], [0xf4, 0x8f, 0xbf, 0xbf]],
  ...[[0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x8e], [0x80], [0xff], [0xed, 0xa0, 0x80], [0xed, 0x9f, 0xbf]],
  ...[
    [0xc0, 0xaf],
    [0xc1, 0xbf],
    [0xe0, 0x9f, 0xbf],
    [0xe0, 0xa0, 0x80],
    [0xf0, 0x8f, 0xbf, 0xbf],
    [0xf4, 0x90, 0x80, 0x80],
  ],
];

/** The same by asking the platform's decoder about each place. */
function escapedOneByOne(bytes: Uint8Array): string {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decoded = (start: number, length: number): string | undefined => {
    try {
      const text = strict.decode(bytes.subarray(start, start + length));
      return [...text].length === 1 ? text : undefined;
    } catch {
      return undefined;
    }
  };
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((each) => at + each <= bytes.length && decoded(at, each) !== undefined);
    text += length === undefined ? String.fromCharCode(0xdc00 + (bytes[at] as number)) : decoded(at, length);
    at += length ?? 1;
  }
  return text;
}

describe('byte paths', () => {
  it('carry any bytes there and back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect([...bytesOfPath(pathFromBytes(bytes))]).toEqual([...bytes]);
      }),
    );
  });

  it('escape byte by byte what is no UTF-8, as the decoder judges it', () => {
    const pieces = fc.constantFrom(...PIECES.map((piece) => Uint8Array.from(piece)));
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.uint8Array({ maxLength: 6 })), { maxLength: 12 }), (parts) => {
        const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
        expect(pathFromBytes(bytes)).toBe(escapedOneByOne(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('escape any two bytes as the decoder judges them, after each lead', () => {
    for (let lead = 0xc0; lead < 256; lead++) {
      for (let second = 0; second < 256; second++) {
        const bytes = Uint8Array.of(0xff, lead, second, 0x80, 0x80);
        if (pathFromBytes(bytes) !== escapedOneByOne(bytes)) expect([lead, second]).toBe('judged alike');
      }
    }
  });

  it('are made of megabytes of anything but UTF-8', () => {
    const bytes = new Uint8Array(2 ** 22).map((_, at) => [0xff, 0x61, 0xed, 0xa0][at % 4] as number);
    expect(bytesOfPath(pathFromBytes(bytes)).length).toBe(bytes.length);
  });

  it('keep bytes that look like an encoded surrogate apart from escapes', () => {
    const bytes = Uint8Array.from([0xed, 0xb3, 0xa9, 0x41]);
    expect(bytesOfPath(pathFromBytes(bytes))).toEqual(bytes);
  });

  it('show valid UTF-8 as itself and the rest as replacement characters', () => {
    expect(displayPath(path('Björk – é'))).toBe('Björk – é');
    expect(displayPath(pathFromBytes(Uint8Array.from([0x42, 0xf6, 0x72])))).toBe('B\ufffdr');
  });

  it('keep NFC and NFD twins apart', () => {
    expect(path('é'.normalize('NFC'))).not.toBe(path('é'.normalize('NFD')));
  });

  it('know folders, names and extensions', () => {
    expect(joinPath(path('/a'), path('b.MP3'))).toBe('/a/b.MP3');
    expect(extensionOf(path('/a/b.MP3'))).toBe('mp3');
    expect(extensionOf(path('/a.b/.hidden'))).toBe('');
    expect(folderOf(path('/a'))).toBe('/');
    expect(isUnder(path('/ab'), path('/a'))).toBe(false);
    expect(isUnder(path('/a/b'), path('/a'))).toBe(true);
  });
});
