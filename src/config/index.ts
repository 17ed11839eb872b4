/** One schema of settings: its file, environment, flags and profiles. Touches no disk itself. */
export * from './add-profiles.ts';
export type { EntryKey, Environment, Origin, SettingEntry } from './entries.ts';
export * from './load.ts';
export * from './named-settings.ts';
export * from './named-tables.ts';
export type * from './ports.ts';
export * from './profile-name.ts';
export type { FlagSettings, ResolvedSettings } from './resolve.ts';
export * from './scopes.ts';
export * from './settings.ts';
export * from './template.ts';
export { absolutePath } from './values.ts';
export { type SecretSource, secretSources } from './webhook-secrets.ts';
