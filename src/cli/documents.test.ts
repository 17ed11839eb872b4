import { describe, expect, it } from 'vitest';
import { jsonLineOf, jsonOf } from './documents.ts';

describe('jsonOf', () => {
  it('puts the bytes beside a path that is no UTF-8, and leaves the rest as it is', () => {
    const document = { v: 1, path: '/a\udcff', keeper: '/b\udc80', roots: ['/r'], n: null, deep: [{ path: '/ok' }] };
    expect(JSON.parse(jsonOf(document))).toEqual({
      v: 1,
      path: '/a\ufffd',
      pathBase64: Buffer.from('/a\xff', 'latin1').toString('base64'),
      keeper: '/b\ufffd',
      keeperPathBase64: Buffer.from('/b\x80', 'latin1').toString('base64'),
      roots: ['/r'],
      n: null,
      deep: [{ path: '/ok' }],
    });
  });

  it('is one line where lines are wanted, whatever the names hold', () => {
    expect(jsonLineOf({ v: 1, path: '/a\nb\u2028' })).toMatch(/^[^\n]*\n$/);
  });
});
