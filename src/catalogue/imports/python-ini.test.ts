import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from './lines.ts';
import { type IniFile, readPythonIni } from './python-ini.ts';

const ini = (text: string): IniFile => readPythonIni([...linesOf([new TextEncoder().encode(text)])].flat());

function plain({ sections }: IniFile): Record<string, Record<string, string>> {
  return Object.fromEntries(
    sections.map(({ name, values }) => [
      name,
      Object.fromEntries([...values].map(([key, value]) => [key, value.text] as const).toSorted()),
    ]),
  );
}

/** What Python itself reads in each text; `null` where it refuses the whole. */
const READING = `
import configparser, json, sys
def read(text):
    parser = configparser.ConfigParser()
    try:
        parser.read_string(text)
        return {name: dict(sorted(parser[name].items())) for name in parser.sections()}
    except configparser.Error:
        return None
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

/** What Python writes of sections with lists of folders, as Cometa gives them to it. */
const WRITING = `
import configparser, io, json, sys
def written(sections):
    parser = configparser.ConfigParser()
    for name, folders in sections.items():
        parser[name] = {f'music_dir_{n}': folder.replace('%', '%%') for n, folder in enumerate(folders)}
    file = io.StringIO()
    parser.write(file)
    return file.getvalue()
print(json.dumps([written(sections) for sections in json.load(sys.stdin)]))
`;

function python<T>(program: string, input: unknown): T {
  const { stdout, error } = spawnSync('python3', ['-c', program], { input: JSON.stringify(input), encoding: 'utf8' });
  if (error) throw error;
  return JSON.parse(stdout) as T;
}
const hasPython = spawnSync('python3', ['--version']).error === undefined;
if (!hasPython) console.warn('SKIPPED: INI files are not held against Python, which is not there.');

describe('an INI file of Python', () => {
  it('has sections, keys in any case, both delimiters, comments, and values of several lines', () => {
    const file = ini(
      '# mine\n[My music]\nMusic_Data_Dir = /data\nmusic_dir_0: /a=b:c\n  goes on\n; no\n\n[two]\nkey = 100%% ; #\n',
    );
    expect(plain(file)).toEqual({
      'My music': { music_data_dir: '/data', music_dir_0: '/a=b:c\ngoes on' },
      two: { key: '100% ; #' },
    });
    expect(file.sections.map(({ line }) => line)).toEqual([2, 8]);
    expect(file.troubles).toEqual([]);
  });

  it('shares what stands under DEFAULT, and takes values from each other', () => {
    const file = ini('[DEFAULT]\nbase = /m\n[x]\nmusic_dir_0 = %(base)s/x\n[y]\nbase = /n\nmusic_dir_0 = %(BASE)s/y\n');
    expect(plain(file)).toEqual({ x: { base: '/m', music_dir_0: '/m/x' }, y: { base: '/n', music_dir_0: '/n/y' } });
  });

  it('tells what Python would refuse, line by line, and keeps the rest', () => {
    const file = ini('early = 1\n[x]\nno value\na = 1\nA = 2\nb = 50%\nc = %(c)s\nd = %(gone)s\n[x]\ne = 3\n');
    expect(plain(file)).toEqual({ x: { a: '1', e: '3' } });
    expect(file.troubles).toEqual([
      { line: 1, why: 'it stands before the first section' },
      { line: 3, why: 'it is neither a section nor a key with a value' },
      { line: 5, why: 'it sets a a second time' },
      { line: 6, why: 'it has a % alone, which is written %%' },
      { line: 7, why: 'its values name each other without an end' },
      { line: 8, why: 'it names gone, which is not set' },
      { line: 9, why: 'it begins the section x a second time' },
    ]);
  });

  it('is not made to grow without bounds', () => {
    const rows = Array.from({ length: 9 }, (_, n) => `k${n} = ${`%(k${n + 1})s`.repeat(30)}`);
    const { troubles } = ini(`[x]\n${rows.join('\n')}\nk9 = \n`);
    expect(troubles[0]).toEqual({ line: 2, why: 'its values name each other without an end' });
  });

  it.runIf(hasPython)('is read as Python wrote it', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => text.trim() === text && !/[\]\p{C}]/u.test(text));
    const folder = fc.string({ unit: 'grapheme' }).map((text) => `/${text.trim().replaceAll('\u0085', '')}`);
    const files = fc.sample(fc.dictionary(name, fc.array(folder, { maxLength: 3 }), { maxKeys: 3 }), {
      numRuns: 200,
      seed: 7,
    });
    const texts = python<string[]>(WRITING, files);
    for (const [index, text] of texts.entries()) {
      const wanted = Object.entries(files[index] ?? {}).map(([section, folders]) => [
        section,
        Object.fromEntries(folders.map((value, n) => [`music_dir_${n}`, value])),
      ]);
      expect({ ...ini(text), sections: plain(ini(text)) }, text).toEqual({
        sections: Object.fromEntries(wanted),
        troubles: [],
      });
    }
  });

  it.runIf(hasPython)('is read as Python reads it', () => {
    const word = fc.constantFrom('music_dir_0', 'Music_Dir_1', 'a b', '/m/x', '%%', '%(a b)s', '#', ';', '=', ':', 'é');
    const line = fc.oneof(
      fc.constantFrom('[one]', '[two] x', '[DEFAULT]', '# no', '; no', '  ; deeper'),
      fc
        .tuple(word, fc.constantFrom(' = ', ':', '='), fc.array(word))
        .map(([key, is, rest]) => key + is + rest.join(' ')),
      fc.array(word, { minLength: 1 }).map((words) => `  ${words.join(' ')}`),
    );
    const texts = fc.sample(
      fc.array(line, { maxLength: 12 }).map((lines) => `[first]\n${lines.join('\n')}\n`),
      { numRuns: 1500, seed: 5 },
    );
    const expected = python<(Record<string, Record<string, string>> | null)[]>(READING, texts);
    const right = texts.filter((_, index) => expected[index] !== null);
    expect(right.length).toBeGreaterThan(150);
    for (const [index, text] of texts.entries()) {
      const mine = ini(text);
      const theirs = expected[index];
      if (theirs === null) expect(mine.troubles, text).not.toEqual([]);
      else expect({ values: plain(mine), troubles: mine.troubles }, text).toEqual({ values: theirs, troubles: [] });
    }
  });
});
