/** The webhooks of the settings with their secrets, which are read when the daemon starts and never shown. */
import { type Environment, type SecretSource, secretSources, type WebhookSettings } from '#config';
import type { Webhook } from '#gate';
import { AppError } from '#kernel';
import { readText } from '../adapters/text-files/index.ts';

/** @throws AppError `webhooks/no-secret` where a file that is named as the secret cannot be read, or is empty */
export async function webhooksWithSecrets(
  webhooks: readonly WebhookSettings[],
  environment: Environment,
): Promise<readonly Webhook[]> {
  return Promise.all(
    webhooks.map(async ({ name, url, format, events, secretFile }) => {
      const sources = secretSources(name, environment, secretFile);
      return { name, url, format, events, secret: await firstSecret(name, sources, environment) };
    }),
  );
}

/** `null` where there is none. */
async function firstSecret(
  webhook: string,
  sources: readonly SecretSource[],
  environment: Environment,
): Promise<string | null> {
  for (const source of sources) {
    if (source.kind === 'variable') return environment[source.name] ?? null;
    const secret = await secretIn(webhook, source);
    if (secret !== undefined) return secret;
  }
  return null;
}

async function secretIn(
  webhook: string,
  { path, mayBeMissing }: Extract<SecretSource, { kind: 'file' }>,
): Promise<string | undefined> {
  try {
    const secret = (await readText(path)).trim();
    if (secret !== '') return secret;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.kind === 'missing' && mayBeMissing) return undefined;
    throw noSecret(webhook, path, error);
  }
  throw noSecret(webhook, path);
}

function noSecret(webhook: string, path: string, cause?: AppError): AppError {
  const why = cause === undefined ? 'it is empty' : cause.message;
  return new AppError('webhooks/no-secret', `The secret of the webhook "${webhook}" is not in ${path}: ${why}`, {
    kind: cause?.kind ?? 'usage',
    hint: 'Without its secret its events would not be signed. Correct the file, or take secretFile out of the settings.',
    cause,
  });
}
