import { expect, it } from 'vitest';
import { nameOf, namesGivenAs } from './given-names.ts';

it('does not believe in a name of which bytes were lost', () => {
  for (const take of [nameOf, namesGivenAs]) expect(() => take('caf\ufffd')).toThrow(/EILSEQ/);
});
