import { AppError } from '#kernel';
import type { Environment } from './entries.ts';
import { parseSettingsFile } from './file.ts';
import type { SettingsFiles } from './ports.ts';
import { isProfileName } from './profile-name.ts';
import { type FlagSettings, type ResolvedSettings, resolveSettings, xdgFolder } from './resolve.ts';
import type { Machine } from './settings.ts';
import { absolutePath } from './values.ts';

export interface LoadRequest {
  readonly flags: FlagSettings;
  readonly environment: Environment;
  readonly machine: Machine;
  /** `--config`; then the file must be there. */
  readonly configFlag?: string | undefined;
  /** `--profile`. */
  readonly profileFlag?: string | undefined;
  /** Is it fine that the file which was named is not there? */
  readonly mayBeMissing?: boolean;
}

/** Reads the settings file, if there is one, and settles every setting. @throws AppError `config/…` */
export async function loadSettings(request: LoadRequest, files: SettingsFiles): Promise<ResolvedSettings> {
  const { environment, machine, flags } = request;
  const profile = request.profileFlag ?? (environment['REPRISE_PROFILE'] || 'default');
  assertProfileName(profile);
  const filePath = settingsPath(request);
  const text = await files.read(filePath);
  if (text === undefined && isExplicit(request) && !request.mayBeMissing) throw noSuchFile(filePath);
  const base = { folder: filePath.slice(0, filePath.lastIndexOf('/')) || '/', homeFolder: machine.homeFolder };
  const file = text === undefined ? undefined : await parseSettingsFile(filePath, text, base);
  const resolved = resolveSettings({ flags, environment, profile, file, machine });
  return { ...resolved, filePath, fileExists: file !== undefined };
}

/** `--config`, else `REPRISE_CONFIG`, else `$XDG_CONFIG_HOME/reprise/config.toml`. */
export function settingsPath(request: Pick<LoadRequest, 'configFlag' | 'environment' | 'machine'>): string {
  const { configFlag, environment, machine } = request;
  const chosen = configFlag ?? environment['REPRISE_CONFIG'];
  if (chosen) return absolutePath(chosen, { folder: machine.workingFolder, homeFolder: machine.homeFolder });
  return `${xdgFolder('XDG_CONFIG_HOME', '.config', environment, machine)}/reprise/config.toml`;
}

function isExplicit({ configFlag, environment }: LoadRequest): boolean {
  return Boolean(configFlag ?? environment['REPRISE_CONFIG']);
}

function assertProfileName(name: string): void {
  if (isProfileName(name)) return;
  throw new AppError('config/bad-profile', `"${name}" cannot be the name of a profile.`, {
    kind: 'usage',
    hint: 'Letters, digits, dots, dashes and underscores make a name.',
  });
}

function noSuchFile(path: string): AppError {
  return new AppError('config/missing', `There is no settings file ${path}.`, {
    kind: 'usage',
    hint: 'Correct the path, or make the file with "reprise config init".',
  });
}
