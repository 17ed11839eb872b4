/** Joins flags, environment, profile, file and defaults into the settings in force, and remembers who set what. */
import { AppError, closestWord } from '#kernel';
import type { FileSetting, SettingsFile } from './file.ts';
import {
  environmentName,
  type Machine,
  SETTINGS,
  type SettingKey,
  type SettingSpec,
  type Settings,
  type SettingValue,
} from './settings.ts';
import { absolutePath, readText } from './values.ts';

/** Who set a value. `where` is the flag, the variable or the place in a file; empty for defaults. */
export interface Origin {
  readonly kind: 'flag' | 'environment' | 'profile' | 'file' | 'default';
  readonly where: string;
}

/** Settings given by flags: as text, as a person typed them, with the flag's own name for messages. */
export type FlagSettings = ReadonlyMap<SettingKey, { readonly flag: string; readonly text: string }>;

export type Environment = Readonly<Record<string, string | undefined>>;

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
  readonly entries: readonly SettingEntry[];
  /** What looks like a mistake and is not certainly one, in sentences. */
  readonly warnings: readonly string[];
}

export interface SettingEntry {
  readonly key: SettingKey;
  readonly value: SettingValue;
  readonly origin: Origin;
}

/** Variables that are no settings. */
const SPECIAL_VARIABLES = ['REPRISE_PROFILE', 'REPRISE_CONFIG', 'REPRISE_LAUNCHER'];

/** @throws AppError `config/bad-value`, `config/unknown-profile` */
export function resolveSettings(request: ResolveRequest): Omit<ResolvedSettings, 'filePath' | 'fileExists'> {
  const profile = profileSettings(request);
  const entries = SETTINGS.map((setting) => entryOf(setting, request, profile));
  return {
    settings: nest(entries),
    profile: request.profile,
    entries,
    warnings: unknownVariables(request.environment),
  };
}

function profileSettings({ file, profile }: ResolveRequest): ReadonlyMap<SettingKey, FileSetting> {
  const found = file?.profiles.get(profile);
  if (found || profile === 'default') return found ?? new Map();
  const meant = closestWord(profile, file?.profiles.keys() ?? []);
  const place = file ? `${file.path} has` : 'There is no settings file, so there is';
  throw new AppError('config/unknown-profile', `${place} no profile ${profile}.`, {
    kind: 'usage',
    hint: meant ? `Did you mean ${meant}?` : `Add a section [profiles.${profile}] to the settings file.`,
  });
}

function entryOf(
  setting: SettingSpec,
  request: ResolveRequest,
  profile: ReadonlyMap<SettingKey, FileSetting>,
): SettingEntry {
  const { key } = setting;
  const { flags, environment, file, machine } = request;
  const flag = flags.get(key);
  if (flag) return textEntry(setting, flag.text, { kind: 'flag', where: flag.flag }, machine);
  const variable = environmentName(key);
  const text = environment[variable];
  if (text !== undefined && text !== '') {
    return textEntry(setting, text, { kind: 'environment', where: variable }, machine);
  }
  for (const [kind, values] of [['profile', profile] as const, ['file', file?.common] as const]) {
    const found = values?.get(key);
    if (found) return { key, value: found.value, origin: { kind, where: placeOf(file?.path, found.line) } };
  }
  return { key, value: defaultValue(setting, request), origin: { kind: 'default', where: '' } };
}

function textEntry(setting: SettingSpec, text: string, origin: Origin, machine: Machine): SettingEntry {
  const base = { folder: machine.workingFolder, homeFolder: machine.homeFolder };
  const reading = readText(setting, text, base);
  if (reading.ok) return { key: setting.key, value: reading.value, origin };
  throw new AppError('config/bad-value', `${origin.where} must be ${reading.expected}, not "${text}".`, {
    kind: 'usage',
  });
}

function placeOf(path: string | undefined, line: number | undefined): string {
  return line === undefined ? (path ?? '') : `${path}:${line}`;
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

function nest(entries: readonly SettingEntry[]): Settings {
  const settings: Record<string, unknown> = { inboxes: [], views: [], webhooks: [] };
  for (const { key, value } of entries) {
    const [section = '', name] = key.split('.');
    if (name === undefined) settings[section] = value;
    else settings[section] = { ...(settings[section] as object | undefined), [name]: value };
  }
  // The table has an entry for every key of Settings, and each value was read by its shape: settings.test.ts.
  return settings as unknown as Settings;
}

/** Not errors: a service named "reprise" makes container platforms set variables such as REPRISE_PORT. */
function unknownVariables(environment: Environment): string[] {
  const known = [...SETTINGS.map(({ key }) => environmentName(key)), ...SPECIAL_VARIABLES];
  return Object.keys(environment)
    .filter((name) => name.startsWith('REPRISE_') && !known.includes(name))
    .sort()
    .map((name) => {
      const meant = closestWord(name, known);
      return `The environment variable ${name} is no setting.${meant ? ` Did you mean ${meant}?` : ''}`;
    });
}
