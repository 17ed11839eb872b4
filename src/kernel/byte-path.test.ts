import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfPath, displayPath, extensionOf, folderOf, isUnder, joinPath, pathFromBytes } from './byte-path.ts';

const path = (text: string) => pathFromBytes(new TextEncoder().encode(text));

describe('byte paths', () => {
  it('carry any bytes there and back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect([...bytesOfPath(pathFromBytes(bytes))]).toEqual([...bytes]);
      }),
    );
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
