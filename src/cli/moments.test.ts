import { describe, expect, it } from 'vitest';
import { momentOf, spanOf } from './moments.ts';

const bad = expect.objectContaining({ code: 'usage/bad-value', kind: 'usage' });

describe('a span', () => {
  it.each([
    ['90m', 5_400_000],
    ['2h', 7_200_000],
    ['1.5h', 5_400_000],
    [' 30 d ', 2_592_000_000],
    ['4w', 2_419_200_000],
    ['0d', 0],
  ])('%s', (text, milliseconds) => expect(spanOf('older-than', text)).toBe(milliseconds));

  it.each(['', '3', 'd', '-3d', '3y', '1.d', '1e3d', '3d ago', 'tomorrow'])('%j is none', (text) => {
    expect(() => spanOf('older-than', text)).toThrow(bad);
  });
});

describe('a moment', () => {
  const now = Date.UTC(2026, 0, 31, 12);

  it('is so long ago', () => {
    expect(momentOf('since', '90m', now)).toBe(now - 5_400_000);
    expect(momentOf('since', '3d', now)).toBe(now - 259_200_000);
  });

  it('is a date in UTC, or a date with the time of the person', () => {
    expect(momentOf('since', '2026-01-31', now)).toBe(Date.UTC(2026, 0, 31));
    expect(momentOf('since', '2026-01-31T18:00Z', now)).toBe(Date.UTC(2026, 0, 31, 18));
    expect(momentOf('since', '2026-01-31 18:00', now)).toBe(new Date(2026, 0, 31, 18).getTime());
  });

  it.each(['', 'yesterday', '31.1.2026', '2026', '2026-13-01', '2026-01-31 25:00', '-3d', '1700000000'])(
    '%j is none',
    (text) => expect(() => momentOf('since', text, now)).toThrow(bad),
  );
});
