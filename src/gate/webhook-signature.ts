/**
 * Signatures as Standard Webhooks has them, so that receivers need no code of ours: HMAC-SHA256 over `id.timestamp.body`.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac } from 'node:crypto';
import { bytesOfBase64 } from '#kernel';

/** What is signed. */
export interface SignedMessage {
  readonly id: string;
  /** Seconds since 1970: of the attempt, not of the event. */
  readonly timestamp: number;
  readonly body: string;
}

/** Marks a secret that is given in base64. */
const BASE64_SECRET = 'whsec_';

/**
 * The value of the header `webhook-signature`.
 * @param secret `whsec_` and base64, or any text, which is then taken byte by byte as it is
 */
export function webhookSignature({ id, timestamp, body }: SignedMessage, secret: string): string {
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return `v1,${signature}`;
}

function keyOf(secret: string): Uint8Array {
  const encoded = secret.startsWith(BASE64_SECRET) ? secret.slice(BASE64_SECRET.length) : undefined;
  if (encoded === undefined) return new TextEncoder().encode(secret);
  try {
    return bytesOfBase64(encoded);
  } catch {
    // Somebody's own text that happens to begin so.
    return new TextEncoder().encode(secret);
  }
}
