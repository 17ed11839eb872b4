import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BytePath, bytesOfPath, pathFromBytes } from '#kernel';
import { alignColumns, wrapWords } from './columns.ts';
import { safeText, shellWord } from './safe-text.ts';
import { createStyle, wantsColor } from './style.ts';
import { clockText, counted, countText, offsetText, percentText, sizeText, spanText } from './units.ts';
import { cut, padTo, shorten, widthOf } from './width.ts';

describe('safeText', () => {
  it.each([
    ['a\u001b[31mred', 'a\\e[31mred'],
    ['two\nlines\r\t', 'two\\nlines\\r\\t'],
    ['c1 \u009b31m', 'c1 \\x9b31m'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['a\u200bb\ufeff', 'a\\u{200b}b\\u{feff}'],
    ['bad \udcff byte', 'bad \\xff byte'],
    ['plain – ünï 日本 🎵 עברית', 'plain – ünï 日本 🎵 עברית'],
  ])('shows %j as %s', (text, shown) => {
    expect(safeText(text)).toBe(shown);
  });

  it('lets nothing through that a terminal obeys, and stays as it is when done twice', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const shown = safeText(pathFromBytes(bytes));
        expect(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(shown)).toBe(false);
        expect(safeText(shown)).toBe(shown);
      }),
    );
  });
});

describe('shellWord', () => {
  it('is read by bash as exactly the same bytes', () => {
    const names = [
      ...[
        'plain',
        'two words',
        "it's",
        '$HOME `x` "y" \\ !',
        '-rf',
        '~',
        'a\nb',
        '\u001b[0m',
        "q'\n\\",
        'é日🎵',
        '\u202ex',
      ],
      pathFromBytes(Uint8Array.of(0x61, 0xff, 0xfe, 0x62)),
    ];
    for (const name of names) {
      const script = `printf %s ${shellWord(name)}`;
      const printed = execFileSync('bash', ['--norc', '-c', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { LC_ALL: 'C.UTF-8' },
      });
      expect([...printed]).toEqual([...bytesOfPath(name as BytePath)]);
    }
  });
});

describe('widthOf', () => {
  it.each([
    ['plain', 5],
    ['日本', 4],
    ['e\u0301', 1],
    ['🎵', 2],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['한국', 4],
    ['שלום', 4],
    ['\u001b[31mred\u001b[39m', 3],
    ['', 0],
  ])('counts %j as %d', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('is never over the limit after shortening or cutting', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, limit) => {
        expect(widthOf(shorten(text, limit))).toBeLessThanOrEqual(limit);
        expect(widthOf(cut(text, limit))).toBeLessThanOrEqual(limit);
        expect(widthOf(padTo(text, 30))).toBe(Math.max(30, widthOf(text)));
      }),
    );
  });

  it('keeps more of the end than of the start', () => {
    expect(shorten('Artist/Album/01 - Title.flac', 16)).toBe('Artis…Title.flac');
    expect(shorten('short', 16)).toBe('short');
  });
});

describe('alignColumns', () => {
  it('lines cells up, drops empty columns and trailing blanks', () => {
    const rows = [
      ['a', '', '9', 'x'],
      ['日本', '', '10', ''],
    ];
    expect(alignColumns(rows, [{}, {}, { side: 'right' }, {}])).toEqual(['a      9  x', '日本  10']);
    expect(alignColumns([], [{}])).toEqual([]);
  });

  it('wraps between words', () => {
    expect(wrapWords('one two three', 8)).toEqual(['one two', 'three']);
  });
});

describe('units', () => {
  it('says sizes', () => {
    const shown = [0, 1, 999, 1000, 31_234_567, 99_949_999, 99_950_000, 999_949_999, 999_950_000, 4.52e12].map(
      sizeText,
    );
    const expected = '0 bytes|1 byte|999 bytes|1.0 kB|31.2 MB|99.9 MB|100 MB|1.0 GB|1.0 GB|4.5 TB';
    expect(shown.join('|')).toBe(expected);
  });

  it('says times', () => {
    expect([0, 59.6, 243.2, 3723].map(clockText)).toEqual(['0:00', '0:59', '4:03', '1:02:03']);
    expect([0.42, 4, 42, 180, 19_200, 360_000].map(spanText)).toEqual([
      '0.42 s',
      '4 s',
      '42 s',
      '3 min',
      '5 h 20 min',
      '100 h',
    ]);
  });

  it('says counts, shares and offsets', () => {
    expect([0, 999, 1234, 1_234_567].map(countText)).toEqual(['0', '999', '1,234', '1,234,567']);
    expect([counted(1, 'file'), counted(2, 'file'), counted(2, 'entry', 'entries')]).toEqual([
      '1 file',
      '2 files',
      '2 entries',
    ]);
    expect([0.984, 0.9999, 1, 0].map(percentText)).toEqual(['98 %', '99.9 %', '100 %', '0 %']);
    expect([0.05, -12.31, 100].map(offsetText)).toEqual(['+0.05 s', '−12.3 s', '+100.0 s']);
  });
});

describe('wantsColor', () => {
  const terminal = { write: () => {}, isTerminal: true, columns: () => 80 };
  const pipe = { ...terminal, isTerminal: false };

  it.each([
    ['auto', {}, terminal, true],
    ['auto', {}, pipe, false],
    ['auto', { NO_COLOR: '1' }, terminal, false],
    ['auto', { NO_COLOR: '' }, terminal, true],
    ['auto', { CLICOLOR_FORCE: '1' }, pipe, true],
    ['auto', { CLICOLOR_FORCE: '0' }, pipe, false],
    ['auto', { NO_COLOR: '1', CLICOLOR_FORCE: '1' }, pipe, false],
    ['auto', { TERM: 'dumb' }, terminal, false],
    ['always', { NO_COLOR: '1' }, pipe, true],
    ['never', { CLICOLOR_FORCE: '1' }, terminal, false],
  ] as const)('%s with %j', (choice, environment, output, expected) => {
    expect(wantsColor(choice, environment, output)).toBe(expected);
  });

  it('paints nothing when off', () => {
    expect(createStyle(false).bad('x')).toBe('x');
    expect(createStyle(true).bad('x')).toBe('\u001b[31mx\u001b[39m');
  });
});
