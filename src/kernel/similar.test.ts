import { describe, expect, it } from 'vitest';
import { closestWord } from './similar.ts';

describe('closestWord', () => {
  it.each([
    ['fnid', 'find'],
    ['scna', 'scan'],
    ['FIND', 'find'],
    ['infoo', 'info'],
  ])('takes %s for %s', (word, meant) => {
    expect(closestWord(word, ['scan', 'find', 'info'])).toBe(meant);
  });

  it('has no idea about something else', () => {
    expect(closestWord('elephant', ['scan', 'find', 'info'])).toBeUndefined();
    expect(closestWord('find', [])).toBeUndefined();
  });
});
