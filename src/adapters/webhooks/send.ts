/**
 * Posts to the address of a webhook, which comes from the settings and from nowhere else. Whatever the receiver does, it
 * costs no more than some seconds and kilobytes: no redirect is followed, so it cannot lead to another address either.
 */
import type { SendWebhook } from '#gate';
import { AppError, cancelled } from '#kernel';

/** Chosen. */
const PATIENCE_MS = 10_000;
/** What an answer may say before it is cut off; read at all so that the connection can be used again. Chosen. */
const ANSWER_BYTES = 4_096;

/** @param patienceMs how long to wait for an answer */
export function createSendWebhook(patienceMs: number = PATIENCE_MS): SendWebhook {
  return async ({ url, headers, body }, signal) => {
    const address = addressOf(url);
    const patience = AbortSignal.timeout(patienceMs);
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, patience]),
      });
      await readSome(response);
      return { status: response.status };
    } catch (error) {
      if (signal.aborted) throw cancelled();
      throw patience.aborted ? silent(address, patienceMs, error) : unreachable(address, error);
    }
  };
}

function addressOf(url: string): URL {
  const address = URL.parse(url);
  const isPlain = address !== null && ['http:', 'https:'].includes(address.protocol);
  // A user and password would end in logs; the signature does what they are for.
  if (!isPlain || address.username !== '' || address.password !== '') throw badAddress();
  return address;
}

/** The answer counts with its status, however its text ends. */
async function readSome(response: Response): Promise<void> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  try {
    for (let bytes = 0; bytes < ANSWER_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.length;
    }
    await reader.cancel();
  } catch {
    // Cut off, by the receiver or by our patience: what it answered is known.
  }
}

function badAddress(): AppError {
  return new AppError(
    'webhooks/bad-address',
    'its address is not one of http or https, or has a user or password in it.',
    {
      kind: 'usage',
      hint: 'Mend the "url" of the webhook in the settings.',
    },
  );
}

// Only the origin is named: paths of webhooks often are their secret.

function silent({ origin }: URL, patienceMs: number, cause: unknown): AppError {
  const message = `${origin} did not answer within ${patienceMs / 1000} s.`;
  return new AppError('webhooks/silent', message, { kind: 'unavailable', cause });
}

function unreachable({ origin }: URL, error: unknown): AppError {
  // What went wrong beneath is the cause of what `fetch` throws.
  const beneath = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = beneath instanceof Error && 'code' in beneath ? ` (${String(beneath.code)})` : '';
  return new AppError('webhooks/unreachable', `${origin} cannot be reached${code}.`, {
    kind: 'unavailable',
    hint: 'Check that the receiver runs, and the "url" of the webhook in the settings.',
    cause: error,
  });
}
