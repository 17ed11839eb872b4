import { describe, expect, it } from 'vitest';
import { settingNamed } from './settings.ts';
import { absolutePath, readText, readTyped } from './values.ts';

const base = { folder: '/here', homeFolder: '/people/ann' };

function setting(key: string): NonNullable<ReturnType<typeof settingNamed>> {
  const found = settingNamed(key);
  if (!found) throw new Error(`no setting ${key}`);
  return found;
}

describe('absolutePath', () => {
  it.each([
    ['a/b', '/here/a/b'],
    ['/x//y/./z/', '/x/y/z'],
    ['../up', '/up'],
    ['../../..', '/'],
    ['~', '/people/ann'],
    ['~/Music/', '/people/ann/Music'],
    ['~other', '/here/~other'],
    ['.', '/here'],
  ])('makes %s into %s', (path, expected) => {
    expect(absolutePath(path, base)).toBe(expected);
  });
});

describe('reading values', () => {
  it('takes lists from text, folders with colons and the rest with commas', () => {
    expect(readText(setting('roots'), '/a: b :~/c', base)).toEqual({
      ok: true,
      value: ['/a', '/here/b', '/people/ann/c'],
    });
    expect(readText(setting('scan.extensions'), 'mp3, flac', base)).toEqual({ ok: true, value: ['mp3', 'flac'] });
  });

  it('takes words that it knows, and lists them where one is strange', () => {
    expect(readText(setting('keep.order'), 'tags, cover', base)).toEqual({ ok: true, value: ['tags', 'cover'] });
    expect(readText(setting('keep.order'), 'tags,colour', base)).toEqual({
      ok: false,
      expected: expect.stringContaining('a list of some of decodable, whole, '),
    });
    expect(readTyped(setting('keep.prefer'), 'loudest', base)).toEqual({
      ok: false,
      expected: 'one of best, oldest, newest',
    });
  });

  it.each(['0', '257', '1.5', '-1', 'many', ''])('refuses %j as a number of workers', (text) => {
    expect(readText(setting('workers'), text, base)).toEqual({ ok: false, expected: 'a whole number from 1 to 256' });
  });

  it('takes numbers with a point and with an exponent', () => {
    expect(readText(setting('match.expectedFalse'), '0.5', base)).toEqual({ ok: true, value: 0.5 });
    expect(readText(setting('match.expectedFalse'), '1e-6', base)).toEqual({ ok: true, value: 1e-6 });
    expect(readTyped(setting('match.expectedFalse'), 2, base)).toEqual({ ok: true, value: 2 });
  });

  it.each(['-1', '0x1', '.', '1e9', 'few', ''])('refuses %j as a number of pairs', (text) => {
    expect(readText(setting('match.expectedFalse'), text, base)).toEqual({
      ok: false,
      expected: 'a number from 0 to 1000000',
    });
  });

  it.each(['127.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '::1', 'fe80::/10', '2001:db8::1/128', '::ffff:10.0.0.1'])(
    'takes %s as an address',
    (text) => {
      expect(readText(setting('compat.allowFrom'), text, base)).toEqual({ ok: true, value: [text] });
    },
  );

  it.each([
    'localhost',
    '256.1.1.1',
    '1.2.3',
    '1.2.3.4.',
    '010.0.0.1',
    '10.0.0.0/33',
    '::1/129',
    '[::1]',
    '1.2.3.4/',
    ':::',
  ])('refuses %s as an address', (text) => {
    expect(readText(setting('compat.allowFrom'), text, base).ok).toBe(false);
  });

  it.each([
    ['http://127.0.0.1:8080/x?y=z', true],
    ['HTTPS://player.example', true],
    ['ftp://player.example', false],
    ['player.example', false],
    ['https://ann:secret@player.example', false],
    ['https://ann@player.example', false],
    ['https://:secret@player.example/', false],
    ['https:\\\\ann:secret@player.example', false],
    ['https:///ann:secret@player.example', false],
    ['https://player example', false],
    ['https://', false],
  ])('is told an address of the web: %s', (text, ok) => {
    expect(readTyped({ shape: { kind: 'url' } }, text, base).ok).toBe(ok);
  });

  it('takes folders below another, plainly written', () => {
    const shape = { kind: 'subfolders' } as const;
    expect(readTyped({ shape }, ['Singles/', './a//b', '.', './'], base)).toEqual({
      ok: true,
      value: ['Singles', 'a/b', '.', '.'],
    });
    for (const path of ['/Singles', '../up', 'a/../../b', ''])
      expect(readTyped({ shape }, [path], base).ok).toBe(false);
  });

  it.each([
    ['serve.host', ''],
    ['serve.host', ' '],
    ['serve.userHeader', 'Remote-User\nX'],
    ['compat.inbox', 3],
    ['serve.port', 65_536],
    ['workers', '4'],
    ['roots', '/music'],
    ['roots', [1]],
    ['scan.extensions', ['']],
    ['output.color', 'pink'],
    ['data', ''],
    ['log.file', 7],
  ])('refuses a wrong type for %s', (key, value) => {
    expect(readTyped(setting(key), value, base).ok).toBe(false);
  });
});
