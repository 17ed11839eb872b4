/** What macOS has otherwise, as far as it can be tried elsewhere. */
import { constants } from 'node:os';
import { expect, it } from 'vitest';
import type { TreeStatistics } from '#store';
import { answerTo } from './errors.ts';
import { figuresOf, timeOf } from './stats.ts';
import { attributeFlags, shownAttribute, storedAttribute, withPart } from './xattrs.ts';

it('errors have the numbers of the system', () => {
  expect(answerTo('ENOENT', 'linux')).toBe(-constants.errno.ENOENT);
  expect([answerTo('ENODATA', 'darwin'), answerTo('EOPNOTSUPP', 'darwin')]).toEqual([-93, -45]);
  expect(answerTo('ENODATA', 'linux')).toBe(-constants.errno.ENODATA);
  expect(answerTo('EUNHEARD', 'linux')).toBe(-constants.errno.EIO);
});

it('attributes of macOS lie in the namespace of users', () => {
  const stored = (name: string): string => Buffer.from(storedAttribute(name, true)).toString();
  expect(stored('com.apple.FinderInfo')).toBe('user.com.apple.FinderInfo');
  expect(stored('user.reprise.state')).toBe('user.reprise.state');
  expect(Buffer.from(storedAttribute('trusted.a', false)).toString()).toBe('trusted.a');
  expect(['user.a', 'trusted.a', 'user.\xff'].map((name) => shownAttribute(Buffer.from(name, 'latin1'), true))).toEqual(
    [...['a', undefined, undefined]],
  );
  expect(shownAttribute(Buffer.from('trusted.a'), false)).toBe('trusted.a');
  expect(attributeFlags(2, true)).toEqual({ create: true, replace: false });
  expect(attributeFlags(2, false)).toEqual({ create: false, replace: true });
});

it('a part of a value is put in its place', () => {
  expect(withPart(Buffer.from('abcdef'), 2, Buffer.from('XY'))).toEqual(Buffer.from('abXYef'));
  expect(withPart(Buffer.from('ab'), 4, Buffer.from('XY'))).toEqual(Buffer.from('ab\0\0XY'));
});

it('figures fit into 32 bits, however large the disk is', () => {
  const TB = 10 ** 12;
  for (const bytes of [TB, 20 * TB, 500 * TB]) {
    const statistics: TreeStatistics = {
      ...{ nodes: 3, logicalBytes: bytes, storedBytes: 5 },
      ...{ totalBytes: 2 * bytes, freeBytes: bytes, availableBytes: bytes - 4096 * 1024 },
    };
    const { bsize = 0, blocks = 0, bavail = 0, files = 0 } = figuresOf(statistics);
    expect(Number(blocks)).toBeLessThan(2 ** 32);
    expect(Number(files)).toBeLessThan(2 ** 32);
    expect(Math.abs(Number(blocks) * Number(bsize) - 2 * bytes)).toBeLessThanOrEqual(2 * Number(bsize));
    expect(Number(bavail)).toBeLessThan(Number(blocks));
  }
});

it('times before 1970 are whole', () => {
  expect(timeOf({ seconds: -1, nanoseconds: 999_999_999 })).toBe(-1n);
});
