import fc from 'fast-check';
import { expect, it } from 'vitest';
import { namesShownAs, shownName } from './shown-name.ts';

it('shows what is no UTF-8, and what stands for it elsewhere, byte by byte', () => {
  expect(shownName(Buffer.from('ä 🎵 %E9'))).toBe('ä 🎵 %E9');
  expect(shownName(Buffer.from('caf\xe9', 'latin1'))).toBe('caf%E9');
  expect(shownName(Buffer.from('a\ufffd'))).toBe('a%EF%BF%BD');
});

it('finds every name by what it shows', () => {
  const name = fc.uint8Array({ minLength: 1, maxLength: 20 }).filter((bytes) => !bytes.includes(0));
  fc.assert(
    fc.property(fc.oneof(name, fc.string({ minLength: 1, unit: 'binary' }).map(Buffer.from)), (bytes) => {
      const shown = shownName(bytes);
      expect(shown.isWellFormed() && !shown.includes('\ufffd')).toBe(true);
      expect(namesShownAs(shown).map((one) => Buffer.from(one).toString('hex'))).toContain(
        Buffer.from(bytes).toString('hex'),
      );
    }),
  );
});

it('takes a name for itself first', () => {
  expect(namesShownAs('caf%E9').map(String)).toEqual([
    String(Buffer.from('caf%E9')),
    String(Buffer.from([99, 97, 102, 0xe9])),
  ]);
  expect(namesShownAs('50%25')).toEqual([Buffer.from('50%25')]);
});
