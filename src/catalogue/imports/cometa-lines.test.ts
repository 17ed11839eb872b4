import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfPath, pathFromBytes } from '#kernel';
import { cometaCorrelation, cometaFingerprint } from './cometa-lines.ts';
import { jsonLine } from './json-line.ts';

const why = (reading: { ok: boolean; why?: string }): string | undefined => (reading.ok ? undefined : reading.why);
const name = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !text.includes('\0'));
const items = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 1 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('a fingerprint of Cometa', () => {
  it('is read with the keys of either version', () => {
    fc.assert(
      fc.property(name, fc.nat(), items, (path, seconds, list) => {
        const expected = { ok: true, value: { path, durationSeconds: seconds, items: Uint32Array.from(list) } };
        expect(cometaFingerprint({ path, duration: seconds, fingerprint: list })).toEqual(expected);
        expect(cometaFingerprint({ path, chp_duration: seconds, chp_fingerprint: list })).toEqual(expected);
      }),
    );
  });

  it('may have its items as signed figures, which are the same bits', () => {
    const reading = cometaFingerprint({ path: '/a', duration: 1, fingerprint: [-1, -(2 ** 31), 5] });
    expect(reading).toMatchObject({ ok: true, value: { items: Uint32Array.of(2 ** 32 - 1, 2 ** 31, 5) } });
  });

  it('may name a file by any bytes, as Python escapes them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (raw) => {
        fc.pre(!raw.includes(0));
        // Every byte beyond ASCII escaped alone, which Python reads, too.
        const path = [...raw].map((byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join('');
        const line = jsonLine(JSON.stringify({ path, duration: 1, fingerprint: [1] }));
        const reading = cometaFingerprint(line.ok ? line.value : undefined);
        expect(reading.ok && [...bytesOfPath(reading.value.path)]).toEqual([...raw]);
        expect(reading.ok && reading.value.path).toBe(pathFromBytes(raw));
      }),
    );
  });

  it.each([
    [{ duration: 1, fingerprint: [1] }, 'it names no file'],
    [{ path: '', duration: 1, fingerprint: [1] }, 'it names no file'],
    [{ path: 'a\0', duration: 1, fingerprint: [1] }, 'it names a file by what no file name can hold'],
    [{ path: 'a\ud800', duration: 1, fingerprint: [1] }, 'it names a file by half a character'],
    [{ path: 'a\udc7f', duration: 1, fingerprint: [1] }, 'it names a file by half a character'],
    [{ path: 'a', duration: '1', fingerprint: [1] }, 'its duration is not a figure from 0 on'],
    [{ path: 'a', duration: -1, fingerprint: [1] }, 'its duration is not a figure from 0 on'],
    [{ path: 'a', duration: 1, fingerprint: 'AQAA' }, 'its fingerprint is no list'],
    [{ path: 'a', duration: 1, fingerprint: [] }, 'its fingerprint is empty'],
    [{ path: 'a', duration: 1, fingerprint: [1, 2.5] }, 'item 2 of its fingerprint is not a whole number of 32 bits'],
    [{ path: 'a', duration: 1, fingerprint: [2 ** 32] }, 'item 1 of its fingerprint is not a whole number of 32 bits'],
    [{ path: 'a', duration: 1, fingerprint: ['1'] }, 'item 1 of its fingerprint is not a whole number of 32 bits'],
    [['a'], 'it is no object'],
    [null, 'it is no object'],
  ])('is refused as %j', (value, reason) => {
    expect(why(cometaFingerprint(value))).toBe(reason);
  });
});

describe('a correlation of Cometa', () => {
  it('is read as an object or as a list', () => {
    fc.assert(
      fc.property(name, name, share, fc.integer(), fc.option(fc.string()), (a, b, corr, offset, method) => {
        fc.pre(a !== b);
        const pair = { a, b, value: corr };
        const full = method === null ? { a, b, corr } : { a, b, corr, method };
        expect(cometaCorrelation(full)).toEqual({ ok: true, value: { ...pair, offsetItems: null, method } });
        expect(cometaCorrelation([a, b, corr, offset])).toEqual({
          ok: true,
          value: { ...pair, offsetItems: offset, method: null },
        });
      }),
    );
  });

  it.each([
    [{ a: 'x', b: 'y', corr: 1.01 }, 'its value is not a figure from 0 to 1'],
    [{ a: 'x', b: 'y', corr: '0.9' }, 'its value is not a figure from 0 to 1'],
    [{ a: 'x', b: 'y' }, 'its value is not a figure from 0 to 1'],
    [{ a: 'x', corr: 0.9 }, 'it names no file'],
    [{ a: 'x', b: 'x', corr: 1 }, 'it compares a file with itself'],
    [{ a: 'x', b: 'y', corr: 1, method: 3 }, 'its method is no text'],
    [['x', 'y', 0.5, 1.5], 'its offset is not a whole number'],
    [['x', 'y', 0.5, 1, 2], 'it has more than a pair, a value and an offset'],
    ['x', 'it is neither an object nor a list'],
  ])('is refused as %j', (value, reason) => {
    expect(why(cometaCorrelation(value))).toBe(reason);
  });
});

describe('a line of JSON', () => {
  it('is what JSON is', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(jsonLine(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it.each([
    ['{"a":"x","b":"y","corr":NaN}', 'it holds NaN or Infinity, which are no figures'],
    ['["x","y",-Infinity,0]', 'it holds NaN or Infinity, which are no figures'],
    ['{"a":"NaN","b":"y","corr":0.5', 'it is no JSON, or breaks off'],
    ['{"a\\"NaN', 'it is no JSON, or breaks off'],
    [`"${'x\\\\'.repeat(2 ** 20)}`, 'it is no JSON, or breaks off'],
    ['', 'it is no JSON, or breaks off'],
  ])('is refused as %s', (text, reason) => {
    expect(why(jsonLine(text))).toBe(reason);
  });
});
