/**
 * The settings file: TOML, with settings and named sections (`[inboxes.NAME]` …) at the top and again, for one profile,
 * under `[profiles.NAME]`.
 */
import { AppError, closestWord } from '#kernel';
import { isTableName, NAMED_TABLES, type NamedTable, type TableKind } from './named-settings.ts';
import { SETTINGS, type SettingKey, type SettingValue, settingNamed, type ValueSpec } from './settings.ts';
import { type PathBase, readTyped } from './values.ts';

export interface FileSetting {
  readonly value: SettingValue;
  /** Where in the file, from 1; `undefined` where it could not be told. */
  readonly line: number | undefined;
}

/** A named section, with what it says. */
export interface FileTable {
  readonly kind: TableKind;
  readonly name: string;
  readonly settings: ReadonlyMap<string, FileSetting>;
  readonly line: number | undefined;
}

/** What stands at the top, or under a profile. */
export interface FilePart {
  readonly settings: ReadonlyMap<SettingKey, FileSetting>;
  readonly tables: readonly FileTable[];
}

export interface SettingsFile {
  readonly path: string;
  readonly common: FilePart;
  readonly profiles: ReadonlyMap<string, FilePart>;
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
    return [name, readPart(source, table, ['profiles', name])] as const;
  });
  return { path, common: readPart(source, common, []), profiles: new Map(read) };
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

function readPart(source: Source, part: Record<string, unknown>, above: readonly string[]): FilePart {
  const kinds = NAMED_TABLES.filter(({ kind }) => Object.hasOwn(part, kind));
  const tables = kinds.flatMap((table) => readTables(source, table, part[table.kind], above));
  const rest = Object.entries(part).filter(([name]) => !kinds.some(({ kind }) => kind === name));
  return { settings: readSettings(source, Object.fromEntries(rest), above), tables };
}

function readSettings(
  source: Source,
  table: Record<string, unknown>,
  above: readonly string[],
): Map<SettingKey, FileSetting> {
  const found = new Map<SettingKey, FileSetting>();
  const visit = (part: Record<string, unknown>, inside: string[]): void => {
    for (const [name, value] of Object.entries(part)) {
      const keys = [...inside, name];
      const setting = settingNamed(keys.join('.'));
      const where = [...above, ...keys];
      if (setting) found.set(setting.key, readValue(source, setting, value, where));
      else if (isSection(keys)) {
        if (!isTable(value)) throw badValue(source, where, `a table, as in [${where.join('.')}]`);
        visit(value, keys);
      } else throw unknownKey(source, where, keys, isTable(value));
    }
  };
  visit(table, []);
  return found;
}

function readTables(source: Source, table: NamedTable, value: unknown, above: readonly string[]): FileTable[] {
  const where = [...above, table.kind];
  if (!isTable(value)) throw badValue(source, where, `tables, as in [${where.join('.')}.name]`);
  return Object.entries(value).map(([name, part]) => readNamed(source, table, part, [...where, name]));
}

function readNamed(source: Source, table: NamedTable, value: unknown, where: readonly string[]): FileTable {
  const name = where.at(-1) ?? '';
  if (!isTable(value)) throw badValue(source, where, `a table, as in [${where.slice(0, -1).join('.')}.name]`);
  if (!isTableName(name)) {
    throw badValue(
      source,
      where,
      'named with letters, digits, dashes and underscores, from a letter or digit to another',
    );
  }
  const settings = Object.entries(value).map(([key, part]) => {
    const setting = table.settings.find((spec) => spec.key === key);
    if (!setting) throw unknownNamedKey(source, table, [...where, key]);
    return [key, readValue(source, setting, part, [...where, key])] as const;
  });
  const lines = [where, ...settings.map(([key]) => [...where, key])].map((keys) => lineOf(source.text, keys));
  return { kind: table.kind, name, settings: new Map(settings), line: lines.find((line) => line !== undefined) };
}

function readValue(source: Source, setting: ValueSpec, value: unknown, where: readonly string[]): FileSetting {
  const reading = readTyped(setting, value, source.base);
  if (!reading.ok) throw badValue(source, where, reading.expected);
  return { value: reading.value, line: lineOf(source.text, where) };
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

function unknownKey(
  source: Source,
  where: readonly string[],
  keys: readonly string[],
  isSectionMeant: boolean,
): AppError {
  return noSuchSetting(source, where, keys, isSectionMeant ? sectionMeant(keys) : settingMeant(keys));
}

function sectionMeant(keys: readonly string[]): string | undefined {
  const sections = SETTINGS.flatMap(({ key }) => (key.includes('.') ? [key.slice(0, key.lastIndexOf('.'))] : []));
  const meant = closestWord(keys.join('.'), [...sections, ...NAMED_TABLES.map(({ kind }) => kind), 'profiles']);
  return meant === undefined ? undefined : `[${meant}]`;
}

function settingMeant(keys: readonly string[]): string | undefined {
  const name = keys.at(-1);
  const sameName = SETTINGS.find(({ key }) => key.endsWith(`.${name}`))?.key;
  const known = SETTINGS.map(({ key }) => key);
  const table = NAMED_TABLES.find(({ settings }) => settings.some(({ key }) => key === name));
  return sameName ?? closestWord(keys.join('.'), known) ?? (table && `${table.kind}.NAME.${name}`);
}

function unknownNamedKey(source: Source, { kind, settings }: NamedTable, where: readonly string[]): AppError {
  const key = where.at(-1) ?? '';
  const named = where.slice(-3, -1);
  if (kind === 'webhooks' && key === 'secret') {
    return new AppError('config/unknown-key', `${place(source, where)}: a secret does not stand in this file.`, {
      kind: 'usage',
      hint: 'Write it to a file that others cannot read, and name that as secretFile.',
    });
  }
  const meant = closestWord(
    key,
    settings.map((setting) => setting.key),
  );
  return noSuchSetting(source, where, [...named, key], meant && [...named, meant].join('.'));
}

function noSuchSetting(
  source: Source,
  where: readonly string[],
  keys: readonly string[],
  suggestion: string | undefined,
): AppError {
  return new AppError('config/unknown-key', `${place(source, where)}: there is no setting ${keys.join('.')}.`, {
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
