/** The settings file: TOML, with the settings at the top and again, for one profile, under `[profiles.NAME]`. */
import { AppError, closestWord } from '#kernel';
import { SETTINGS, type SettingKey, type SettingValue, settingNamed } from './settings.ts';
import { type PathBase, readTyped } from './values.ts';

export interface FileSetting {
  readonly value: SettingValue;
  /** Where in the file, from 1; `undefined` where it could not be told. */
  readonly line: number | undefined;
}

export interface SettingsFile {
  readonly path: string;
  readonly common: ReadonlyMap<SettingKey, FileSetting>;
  readonly profiles: ReadonlyMap<string, ReadonlyMap<SettingKey, FileSetting>>;
}

interface Source {
  readonly path: string;
  readonly text: string;
  readonly base: PathBase;
}

/** @throws AppError `config/syntax`, `config/unknown-key`, `config/bad-value` */
export async function parseSettingsFile(path: string, text: string, base: PathBase): Promise<SettingsFile> {
  const source = { path, text, base };
  const { profiles = {}, ...common } = await parseToml(source);
  if (!isTable(profiles)) throw badValue(source, ['profiles'], 'tables, as in [profiles.name]');
  const read = Object.entries(profiles).map(([name, table]) => {
    if (!isTable(table)) throw badValue(source, ['profiles', name], `a table, as in [profiles.${name}]`);
    return [name, readTable(source, table, ['profiles', name])] as const;
  });
  return { path, common: readTable(source, common, []), profiles: new Map(read) };
}

async function parseToml({ path, text }: Source): Promise<Record<string, unknown>> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const what = (cause.message.split('\n')[0] ?? '').replace('Invalid TOML document: ', '');
    throw new AppError('config/syntax', `${path}, line ${cause.line}: this is not TOML (${what}).`, {
      kind: 'usage',
      hint: 'Texts stand in quotes, lists in [brackets], and a section is [section].',
      cause,
    });
  }
}

function readTable(source: Source, table: Record<string, unknown>, above: string[]): Map<SettingKey, FileSetting> {
  const found = new Map<SettingKey, FileSetting>();
  const visit = (part: Record<string, unknown>, inside: string[]): void => {
    for (const [name, value] of Object.entries(part)) {
      const keys = [...inside, name];
      const setting = settingNamed(keys.join('.'));
      const where = [...above, ...keys];
      if (setting) {
        const reading = readTyped(setting, value, source.base);
        if (!reading.ok) throw badValue(source, where, reading.expected);
        found.set(setting.key, { value: reading.value, line: lineOf(source.text, where) });
      } else if (isSection(keys)) {
        if (!isTable(value)) throw badValue(source, where, `a table, as in [${where.join('.')}]`);
        visit(value, keys);
      } else throw unknownKey(source, where, keys);
    }
  };
  visit(table, []);
  return found;
}

function isSection(keys: readonly string[]): boolean {
  return SETTINGS.some(({ key }) => key.startsWith(`${keys.join('.')}.`));
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function badValue(source: Source, keys: readonly string[], expected: string): AppError {
  return new AppError('config/bad-value', `${place(source, keys)}: ${keys.join('.')} must be ${expected}.`, {
    kind: 'usage',
    hint: 'Correct it there; "reprise config check" tells whether the file is right.',
  });
}

function unknownKey(source: Source, where: readonly string[], keys: readonly string[]): AppError {
  const key = keys.join('.');
  const meant = closestWord(
    key,
    SETTINGS.map((setting) => setting.key),
  );
  const sameName = SETTINGS.find((setting) => setting.key.endsWith(`.${keys.at(-1)}`))?.key;
  const suggestion = sameName ?? meant;
  return new AppError('config/unknown-key', `${place(source, where)}: there is no setting ${key}.`, {
    kind: 'usage',
    hint: suggestion
      ? `Did you mean ${suggestion}?`
      : '"reprise config show" lists all settings; remove this one or make it a comment with #.',
  });
}

function place({ path, text }: Source, keys: readonly string[]): string {
  const line = lineOf(text, keys);
  return line === undefined ? path : `${path}, line ${line}`;
}

/** The line that sets the dotted key, or that opens it as a section; `undefined` for unusual spellings. */
export function lineOf(text: string, keys: readonly string[]): number | undefined {
  const wanted = keys.join('.');
  let section = '';
  for (const [index, line] of text.split('\n').entries()) {
    const header = /^\s*\[+\s*([^\]]+?)\s*\]/.exec(line)?.[1];
    if (header !== undefined) section = plainKey(header);
    const key = header === undefined ? /^\s*([\w.\-"' ]+?)\s*=/.exec(line)?.[1] : undefined;
    const full = key === undefined ? section : [section, plainKey(key)].filter((part) => part !== '').join('.');
    if ((header !== undefined || key !== undefined) && full === wanted) return index + 1;
  }
  return undefined;
}

function plainKey(key: string): string {
  return key.replace(/["'\s]/g, '');
}
