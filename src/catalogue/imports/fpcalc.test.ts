import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressFingerprint, encodeFingerprintText } from '#fingerprint';
import { type BytePath, base64Of } from '#kernel';
import { fpcalcFingerprint } from './fpcalc.ts';

const cache = '/m/song.mp3.fpcalc' as BytePath;
const items = fc
  .array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 1 })
  .map((list) => Uint32Array.from(list));

describe('what fpcalc printed', () => {
  it('says the same in each of its forms', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 9999 }), (list, seconds) => {
        const expected = { ok: true, value: { path: '/m/song.mp3', durationSeconds: seconds, items: list } };
        const compressed = encodeFingerprintText(list);
        const forms = [
          `DURATION=${seconds}\nFINGERPRINT=${list.join(',')}\n`,
          `FILE=/elsewhere\r\nDURATION=${seconds}\r\nFINGERPRINT=${Int32Array.from(list).join(', ')}`,
          `DURATION=${seconds}\nFINGERPRINT=${compressed}\n`,
          JSON.stringify({ duration: seconds, fingerprint: compressed }),
          JSON.stringify({ duration: seconds, fingerprint: [...list] }, null, 2),
        ];
        for (const form of forms) expect(fpcalcFingerprint(cache, form)).toEqual(expected);
      }),
    );
  });

  it('belongs to the file that it is named after, else to the one in it', () => {
    const text = 'FILE=/m/a.mp3\nDURATION=2\nFINGERPRINT=1,2\n';
    const pathOf = (name: string): unknown => {
      const reading = fpcalcFingerprint(name as BytePath, text);
      return reading.ok && reading.value.path;
    };
    expect([pathOf('/x/b.ogg.FPCALC'), pathOf('/x/prints.txt')]).toEqual(['/x/b.ogg', '/m/a.mp3']);
  });

  it.each([
    ['DURATION=2\n', 'its fingerprint is no list'],
    ['DURATION=2\nFINGERPRINT=\n', 'its fingerprint is empty'],
    ['DURATION=2\nFINGERPRINT=1,2,x\n', 'item 3 of its fingerprint is not a whole number of 32 bits'],
    ['DURATION=2\nFINGERPRINT=1,2,\n', 'item 3 of its fingerprint is not a whole number of 32 bits'],
    ['DURATION=2\nFINGERPRINT=4294967296\n', 'item 1 of its fingerprint is not a whole number of 32 bits'],
    ['DURATION=\nFINGERPRINT=1\n', 'its duration is not a figure from 0 on'],
    ['DURATION=2\nFINGERPRINT=AQAAx\n', 'its fingerprint is damaged'],
    ['{"duration":2,"fingerprint":[1', 'it is no JSON, or breaks off'],
    [`DURATION=2\nFINGERPRINT=${algorithm(4)}\n`, 'its fingerprint is of algorithm 4, which compares with no other'],
  ])('is refused as %j', (text, why) => {
    expect(fpcalcFingerprint(cache, text)).toEqual({ ok: false, why });
  });

  it('is nobody’s where neither name nor content tells', () => {
    const why = 'neither its name nor its content tells whose fingerprint it is';
    expect(fpcalcFingerprint('/m/prints.txt' as BytePath, 'DURATION=2\nFINGERPRINT=1,2\n')).toEqual({ ok: false, why });
  });
});

function algorithm(number: number): string {
  const bytes = compressFingerprint(Uint32Array.of(1, 2, 3));
  bytes[0] = number;
  return base64Of(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
