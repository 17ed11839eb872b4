/** Where the secrets of webhooks are. They are read when they are needed, elsewhere, and are never part of the settings. */
import type { BytePath } from '#kernel';
import type { Environment } from './entries.ts';
import { tableVariable } from './named-settings.ts';

/** A place that may hold a secret; the secret itself is not in here. */
export type SecretSource =
  | { readonly kind: 'variable'; readonly name: string }
  /** `mayBeMissing`: then the next place counts. */
  | { readonly kind: 'file'; readonly path: BytePath; readonly mayBeMissing: boolean };

/**
 * The places for a webhook's secret, the first that has one counts; none where its events are not signed. The variable is
 * named where it is set; the credentials of systemd lie in `$CREDENTIALS_DIRECTORY`, each a file of its name.
 */
export function secretSources(
  webhookName: string,
  environment: Environment,
  secretFile: BytePath | null,
): readonly SecretSource[] {
  const variable = secretVariable(webhookName);
  const credentials = environment['CREDENTIALS_DIRECTORY'];
  return [
    ...(environment[variable] ? [{ kind: 'variable', name: variable } as const] : []),
    ...(credentials ? [fileSource(`${credentials}/reprise-webhook-${webhookName}` as BytePath, true)] : []),
    ...(secretFile === null ? [] : [fileSource(secretFile, false)]),
  ];
}

/** `player` → `REPRISE_WEBHOOKS__PLAYER__SECRET`. */
export function secretVariable(webhookName: string): string {
  return tableVariable('webhooks', webhookName, 'secret');
}

function fileSource(path: BytePath, mayBeMissing: boolean): SecretSource {
  return { kind: 'file', path, mayBeMissing };
}
