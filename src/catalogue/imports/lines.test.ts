import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, linesOf } from './lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const all = (blocks: Uint8Array[], most?: number): Line[] => [...linesOf(blocks, most)].flat();

/** The bytes in blocks of these lengths, each in one buffer that is written over, as files are read. */
function* cut(whole: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  const buffer = Buffer.alloc(64);
  for (let at = 0, turn = 0; at < whole.length; turn++) {
    const part = whole.subarray(at, at + (lengths[turn % lengths.length] ?? 1));
    buffer.fill(0x78);
    buffer.set(part);
    yield buffer.subarray(0, part.length);
    at += part.length;
  }
}

const text = fc.string({ unit: fc.constantFrom('a', 'é', '𝄞', ' ', '"', '\ufeff', '\n', '\n', '\r\n') });
const lengths = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 5 });

describe('lines', () => {
  it('are those of the text, wherever its blocks end', () => {
    fc.assert(
      fc.property(text, lengths, (whole, sizes) => {
        const expected = whole
          .replace(/^\ufeff/, '')
          .split('\n')
          .map((line, index) => ({ number: index + 1, text: line.replace(/\r$/, '') }))
          .filter((line) => line.text.trim() !== '');
        expect([...linesOf(cut(bytes(whole), sizes))].flat()).toEqual(expected);
      }),
    );
  });

  it('are damaged alone: by bytes that are no UTF-8, and by their length', () => {
    const odd = fc.array(fc.constantFrom(0x61, 0xff, 0xc3, 0xa9, 0x0a), { maxLength: 40 });
    fc.assert(
      fc.property(odd, lengths, fc.integer({ min: 1, max: 12 }), (list, sizes, most) => {
        const whole = Uint8Array.from(list);
        const lines = Buffer.from(whole).toString('latin1').split('\n');
        const expected = lines.flatMap((line, index) => {
          const number = index + 1;
          const raw = Buffer.from(line, 'latin1');
          if (raw.length > most) return [{ number, text: '', damage: `it is longer than ${most} bytes` }];
          if (!raw.toString('utf8').includes('\ufffd')) return line === '' ? [] : [{ number, text: raw.toString() }];
          return [{ number, text: '', damage: 'it is not UTF-8' }];
        });
        expect([...linesOf(cut(whole, sizes), most)].flat()).toEqual(expected);
      }),
    );
  });

  it('may lack their last end', () => {
    expect(all([bytes('a\nb')])).toEqual(all([bytes('a\nb\n')]));
    expect(all([])).toEqual([]);
  });
});
