import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#kernel';
import { compressFingerprint, decompressFingerprint } from './compress.ts';
import { decodeFingerprintText, encodeFingerprintText } from './text.ts';

const anyItems = fc.uint32Array({ maxLength: 200 });

function outcomeOf(bytes: Uint8Array): Uint32Array | string {
  try {
    return decompressFingerprint(bytes).items;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `${error.code} ${error.kind}`;
  }
}

describe('the compressed form', () => {
  it('gives any items back', () => {
    fc.assert(
      fc.property(anyItems, (items) => {
        expect(decompressFingerprint(compressFingerprint(items))).toEqual({ algorithm: 1, items });
      }),
    );
  });

  it('is what Chromaprint documents: header, distances, rests', () => {
    expect([...compressFingerprint(Uint32Array.of())]).toEqual([1, 0, 0, 0]);
    expect([...compressFingerprint(Uint32Array.of(1))]).toEqual([1, 0, 0, 1, 0b000001]);
    expect([...compressFingerprint(Uint32Array.of(2 ** 6))]).toEqual([1, 0, 0, 1, 0b000111, 0]);
    expect([...compressFingerprint(Uint32Array.of(2 ** 31, 2 ** 31))]).toEqual([1, 0, 0, 2, 0b111, 0, 25]);
  });

  it('refuses every truncated form and every longer one', () => {
    fc.assert(
      fc.property(fc.uint32Array({ minLength: 1, maxLength: 50 }), fc.nat(), (items, cut) => {
        const bytes = compressFingerprint(items);
        expect(outcomeOf(bytes.subarray(0, cut % bytes.length))).toBe('fingerprint/corrupt corrupt');
        expect(outcomeOf(Uint8Array.of(...bytes, 0))).toBe('fingerprint/corrupt corrupt');
      }),
    );
  });

  it('never does anything else to any bytes than give items or call them corrupt', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 60 }), (bytes, count) => {
        const outcome = outcomeOf(Uint8Array.of(1, 0, 0, count, ...bytes));
        expect(outcome).toSatisfy((it) => it instanceof Uint32Array || it === 'fingerprint/corrupt corrupt');
      }),
    );
  });

  it('refuses a count far beyond its bytes and bits beyond 32', () => {
    expect(outcomeOf(Uint8Array.of(1, 255, 255, 255, 0))).toBe('fingerprint/corrupt corrupt');
    expect(outcomeOf(Uint8Array.of(1, 0, 0, 1, 0b000111, 26))).toBe('fingerprint/corrupt corrupt');
  });
});

describe('the text form', () => {
  it('gives any items back and needs no escaping', () => {
    fc.assert(
      fc.property(anyItems, (items) => {
        const text = encodeFingerprintText(items);
        expect(text).toMatch(/^[\w-]+$/);
        expect(decodeFingerprintText(text).items).toEqual(items);
      }),
    );
  });

  it('calls other texts corrupt', () => {
    for (const text of ['', 'AQAAAA==', 'AQ AAA', 'AQAAA', 'Ä', 'AQAA']) {
      expect(() => decodeFingerprintText(text)).toThrow(expect.objectContaining({ code: 'fingerprint/corrupt' }));
    }
    expect(decodeFingerprintText('AQAAAA').items).toHaveLength(0);
  });
});
