/** A setting in force with who set it: of all that may speak, the first that does. */
import { AppError } from '#kernel';
import type { FileSetting } from './file.ts';
import type { TableKind } from './named-settings.ts';
import type { Machine, SettingKey, SettingValue, ValueSpec } from './settings.ts';
import { readText } from './values.ts';

/** Who set a value. `where` is the flag, the variable or the place in a file; empty for defaults. */
export interface Origin {
  readonly kind: 'flag' | 'environment' | 'profile' | 'file' | 'default';
  readonly where: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting's dotted name, also one of a named section: `inboxes.downloads.path`. */
export type EntryKey = SettingKey | `${TableKind}.${string}`;

export interface SettingEntry {
  readonly key: EntryKey;
  readonly value: SettingValue;
  readonly origin: Origin;
}

/** All that may say what a setting is. */
export interface Sources {
  readonly flag?: { readonly flag: string; readonly text: string } | undefined;
  readonly environment: Environment;
  /** Its name in the environment. */
  readonly variable: string;
  readonly profile: FileSetting | undefined;
  readonly common: FileSetting | undefined;
  readonly filePath: string | undefined;
  readonly fallback: SettingValue;
  readonly machine: Machine;
}

/** @throws AppError `config/bad-value` */
export function settle(key: EntryKey, spec: ValueSpec, sources: Sources): SettingEntry {
  const { flag, environment, variable, profile, common, filePath, fallback, machine } = sources;
  if (flag) return textEntry(key, spec, flag.text, { kind: 'flag', where: flag.flag }, machine);
  const text = environment[variable];
  if (text !== undefined && text !== '') {
    return textEntry(key, spec, text, { kind: 'environment', where: variable }, machine);
  }
  for (const [kind, found] of [['profile', profile] as const, ['file', common] as const]) {
    if (found) return { key, value: found.value, origin: { kind, where: placeOf(filePath, found.line) } };
  }
  return { key, value: fallback, origin: { kind: 'default', where: '' } };
}

function textEntry(key: EntryKey, spec: ValueSpec, text: string, origin: Origin, machine: Machine): SettingEntry {
  const base = { folder: machine.workingFolder, homeFolder: machine.homeFolder };
  const reading = readText(spec, text, base);
  if (reading.ok) return { key, value: reading.value, origin };
  // An address may hold a password.
  const given = spec.shape.kind === 'url' ? '' : `, not "${text}"`;
  throw new AppError('config/bad-value', `${origin.where} must be ${reading.expected}${given}.`, { kind: 'usage' });
}

function placeOf(path: string | undefined, line: number | undefined): string {
  return line === undefined ? (path ?? '') : `${path}:${line}`;
}

/** How a message about the entry starts: where it was set, and its name. */
export function entryPlace({ key, origin }: Pick<SettingEntry, 'key' | 'origin'>): string {
  switch (origin.kind) {
    case 'profile':
    case 'file':
      return `${origin.where.replace(/:(\d+)$/, ', line $1')}: ${key}`;
    case 'flag':
    case 'environment':
      return origin.where;
    case 'default':
      return key;
  }
}
