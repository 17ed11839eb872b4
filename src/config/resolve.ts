/** Joins flags, environment, profile, file and defaults into the settings in force, and remembers who set what. */
import { AppError, closestWord } from '#kernel';
import { assertFitting } from './checks.ts';
import { type Environment, type SettingEntry, settle } from './entries.ts';
import type { FilePart, SettingsFile } from './file.ts';
import { NAMED_TABLES, tableVariable } from './named-settings.ts';
import { type ResolvedTable, resolveTables } from './resolve-tables.ts';
import {
  environmentName,
  type Machine,
  SETTINGS,
  type SettingKey,
  type SettingSpec,
  type Settings,
  type SettingValue,
} from './settings.ts';
import { absolutePath } from './values.ts';
import { secretVariable } from './webhook-secrets.ts';

/** Settings given by flags: as text, as a person typed them, with the flag's own name for messages. */
export type FlagSettings = ReadonlyMap<SettingKey, { readonly flag: string; readonly text: string }>;

export interface ResolveRequest {
  readonly flags: FlagSettings;
  readonly environment: Environment;
  readonly profile: string;
  readonly file: SettingsFile | undefined;
  readonly machine: Machine;
}

export interface ResolvedSettings {
  readonly settings: Settings;
  readonly profile: string;
  /** The settings file, whether it is there or not. */
  readonly filePath: string;
  readonly fileExists: boolean;
  /** Every setting, then those of inboxes, views and webhooks. */
  readonly entries: readonly SettingEntry[];
  /** What looks like a mistake and is not certainly one, in sentences. */
  readonly warnings: readonly string[];
}

/** Variables that are no settings. */
const SPECIAL_VARIABLES = ['REPRISE_PROFILE', 'REPRISE_CONFIG', 'REPRISE_LAUNCHER'];

/** @throws AppError `config/bad-value`, `config/unknown-profile` */
export function resolveSettings(request: ResolveRequest): Omit<ResolvedSettings, 'filePath' | 'fileExists'> {
  const profile = profilePart(request);
  const { environment, file, machine } = request;
  const plain = SETTINGS.map((setting) => entryOf(setting, request, profile));
  const tables = resolveTables({ environment, filePath: file?.path, common: file?.common, profile, machine });
  const entries = [...plain, ...tables.flatMap((table) => table.entries)];
  const settings = nest(plain, tables);
  assertFitting(settings, entries);
  return { settings, profile: request.profile, entries, warnings: unknownVariables(environment, tables) };
}

function profilePart({ file, profile }: ResolveRequest): FilePart | undefined {
  const found = file?.profiles.get(profile);
  if (found || profile === 'default') return found;
  const meant = closestWord(profile, file?.profiles.keys() ?? []);
  const place = file ? `${file.path} has` : 'There is no settings file, so there is';
  throw new AppError('config/unknown-profile', `${place} no profile ${profile}.`, {
    kind: 'usage',
    hint: meant ? `Did you mean ${meant}?` : `Add a section [profiles.${profile}] to the settings file.`,
  });
}

function entryOf(setting: SettingSpec, request: ResolveRequest, profile: FilePart | undefined): SettingEntry {
  const { key } = setting;
  const { flags, environment, file, machine } = request;
  return settle(key, setting, {
    ...{ environment, machine, filePath: file?.path },
    flag: flags.get(key),
    variable: environmentName(key),
    profile: profile?.settings.get(key),
    common: file?.common.settings.get(key),
    fallback: defaultValue(setting, request),
  });
}

/** Bounds of the default, in megabytes. Chosen: an index of a million songs goes through 3 GB in four parts. */
const LEAST_MEMORY = 512;
const MOST_MEMORY = 3072;

function defaultValue(setting: SettingSpec, { environment, profile, machine }: ResolveRequest): SettingValue {
  switch (setting.key) {
    case 'workers':
      return machine.cores;
    case 'match.memoryMegabytes':
      return Math.min(MOST_MEMORY, Math.max(LEAST_MEMORY, Math.floor(machine.availableBytes / 2 ** 21)));
    case 'data':
      return `${xdgFolder('XDG_DATA_HOME', '.local/share', environment, machine)}/reprise/${profile}`;
    default:
      return setting.fallback;
  }
}

/** A base folder by the XDG rules, which ignore values that are not absolute. @see https://specifications.freedesktop.org/basedir-spec/ */
export function xdgFolder(variable: string, below: string, environment: Environment, machine: Machine): string {
  const base = { folder: '/', homeFolder: machine.homeFolder };
  const set = environment[variable];
  return absolutePath(set?.startsWith('/') ? set : `${machine.homeFolder}/${below}`, base);
}

function nest(entries: readonly SettingEntry[], tables: readonly ResolvedTable[]): Settings {
  const settings: Record<string, unknown> = {};
  for (const { key, value } of entries) {
    const [section = '', name] = key.split('.');
    if (name === undefined) settings[section] = value;
    else settings[section] = { ...(settings[section] as object | undefined), [name]: value };
  }
  for (const { kind } of NAMED_TABLES) settings[kind] = tables.filter((table) => table.kind === kind).map(namedValues);
  // The tables have an entry for every key of Settings, and each value was read by its shape: load.test.ts.
  return settings as unknown as Settings;
}

function namedValues({ name, entries }: ResolvedTable): object {
  return { name, ...Object.fromEntries(entries.map(({ key, value }) => [key.split('.').at(-1), value])) };
}

/** Not errors: a service named "reprise" makes container platforms set variables such as REPRISE_PORT. */
function unknownVariables(environment: Environment, tables: readonly ResolvedTable[]): string[] {
  const known = [
    ...SETTINGS.map(({ key }) => environmentName(key)),
    ...tables.flatMap(variablesOf),
    ...SPECIAL_VARIABLES,
  ];
  return Object.keys(environment)
    .filter((name) => name.startsWith('REPRISE_') && !known.includes(name))
    .sort()
    .map((name) => {
      const meant = closestWord(name, known);
      return `The environment variable ${name} is no setting.${meant ? ` Did you mean ${meant}?` : ''}`;
    });
}

function variablesOf({ kind, name }: ResolvedTable): string[] {
  const specs = NAMED_TABLES.find((table) => table.kind === kind)?.settings ?? [];
  const variables = specs.map(({ key }) => tableVariable(kind, name, key));
  return kind === 'webhooks' ? [...variables, secretVariable(name)] : variables;
}
