/** Joins environment, profile, file and defaults into inboxes, views and webhooks, key by key. */
import { AppError } from '#kernel';
import { type EntryKey, type Environment, type SettingEntry, settle } from './entries.ts';
import type { FilePart, FileTable } from './file.ts';
import {
  isTableName,
  NAMED_TABLES,
  type NamedSpec,
  type NamedTable,
  type TableKind,
  tableVariable,
} from './named-settings.ts';
import type { Machine } from './settings.ts';

/** A named section with all its values. */
export interface ResolvedTable {
  readonly kind: TableKind;
  readonly name: string;
  readonly entries: readonly SettingEntry[];
}

export interface TableSources {
  readonly environment: Environment;
  readonly filePath: string | undefined;
  readonly common: FilePart | undefined;
  readonly profile: FilePart | undefined;
  readonly machine: Machine;
}

/** By kind, then as the file names them, then those that only the environment knows. @throws AppError `config/bad-value` */
export function resolveTables(sources: TableSources): readonly ResolvedTable[] {
  return NAMED_TABLES.flatMap((table) =>
    namesOf(table, sources).map((name) => {
      const entries = table.settings.map((spec) => entryOf(table.kind, name, spec, sources));
      return { kind: table.kind, name, entries };
    }),
  );
}

function namesOf(table: NamedTable, { environment, common, profile }: TableSources): string[] {
  const names = new Map<string, string>();
  for (const { kind, name } of [...(common?.tables ?? []), ...(profile?.tables ?? [])]) {
    if (kind !== table.kind) continue;
    const alike = names.get(nameInEnvironment(name)) ?? name;
    if (alike !== name) throw tooAlike(kind, alike, name);
    names.set(nameInEnvironment(name), name);
  }
  for (const word of wordsInEnvironment(table, environment)) {
    if (!names.has(word)) names.set(word, word.toLowerCase());
  }
  return [...names.values()];
}

function nameInEnvironment(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** Names of this kind as variables spell them, in their order. */
function wordsInEnvironment({ kind, settings }: NamedTable, environment: Environment): string[] {
  const words = Object.entries(environment).flatMap(([variable, text]) => {
    const word = /^REPRISE_[A-Z]+__([A-Z0-9_]+)__/.exec(variable)?.[1];
    if (!text || word === undefined || !isTableName(word)) return [];
    return settings.some(({ key }) => variable === tableVariable(kind, word, key)) ? [word] : [];
  });
  return [...new Set(words)].sort();
}

function tooAlike(kind: TableKind, a: string, b: string): AppError {
  return new AppError('config/bad-value', `${kind}.${a} and ${kind}.${b} are the same name in the environment.`, {
    kind: 'usage',
    hint: 'Capitals count as small letters there, and dashes as underscores. Name one of them otherwise.',
  });
}

function entryOf(kind: TableKind, name: string, spec: NamedSpec, sources: TableSources): SettingEntry {
  const { environment, filePath, machine } = sources;
  const key: EntryKey = `${kind}.${name}.${spec.key}`;
  const [common, profile] = [sources.common, sources.profile].map((part) => tableOf(part, kind, name));
  const entry = settle(key, spec, {
    ...{ environment, filePath, machine },
    variable: tableVariable(kind, name, spec.key),
    profile: profile?.settings.get(spec.key),
    common: common?.settings.get(spec.key),
    fallback: spec.fallback,
  });
  if (spec.isRequired && entry.value === null) throw notSet(key, spec, kind, name, profile ?? common, filePath);
  return entry;
}

function tableOf(part: FilePart | undefined, kind: TableKind, name: string): FileTable | undefined {
  return part?.tables.find((table) => table.kind === kind && table.name === name);
}

function notSet(
  key: EntryKey,
  spec: NamedSpec,
  kind: TableKind,
  name: string,
  table: FileTable | undefined,
  filePath: string | undefined,
): AppError {
  const variable = tableVariable(kind, name, spec.key);
  const line = table?.line === undefined ? '' : `, line ${table.line}`;
  const place = table ? `${filePath}${line}: ` : '';
  return new AppError('config/bad-value', `${place}${key} must be set.`, {
    kind: 'usage',
    hint: `Say ${spec.key} there, or set ${variable}. ${spec.description}`,
  });
}
