/**
 * Who asks, and what they may. A caller shows a token: `Authorization: Bearer`, `X-Api-Key`, or the password of basic
 * authentication for programs that can do nothing else. Or a trusted proxy names its user, who may all but `admin`.
 * Secrets are compared as SHA-256, all of them and in constant time, so that no answer's time tells how near one came.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { SCOPES, type Scope } from '#config';
import { AppError } from '#kernel';
import type { AddressSet } from './addresses.ts';
import type { StoredToken } from './ports.ts';

/** Who asks. */
export interface Caller {
  /** The token's or the user's name. */
  readonly name: string;
  readonly kind: 'token' | 'user';
  readonly scopes: readonly Scope[];
}

/** The secrets that a request shows, none of which may ever be written down. */
export function shownSecrets(headers: Headers): readonly string[] {
  const authorization = headers.get('authorization') ?? '';
  const [scheme = '', ...rest] = authorization.split(' ');
  const credentials = rest.join(' ').trim();
  const shown = [
    ...(scheme.toLowerCase() === 'bearer' ? [credentials] : []),
    ...(scheme.toLowerCase() === 'basic' ? passwordOf(credentials) : []),
    headers.get('x-api-key') ?? '',
  ];
  return shown.filter((secret) => secret !== '');
}

/** Of `user:password` in base64; the user where there is no password, for some programs have one field only. */
function passwordOf(credentials: string): readonly string[] {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return [text.slice(colon + 1) || text.slice(0, Math.max(0, colon))];
}

/** The token with one of these secrets. */
export function tokenOf(secrets: readonly string[], tokens: readonly StoredToken[]): StoredToken | undefined {
  let found: StoredToken | undefined;
  for (const secret of secrets) {
    const digest = createHash('sha256').update(secret, 'utf8').digest();
    for (const token of tokens) if (isDigest(digest, token.sha256)) found ??= token;
  }
  return found;
}

function isDigest(digest: Buffer, hex: string): boolean {
  const kept = Buffer.from(hex, 'hex');
  return kept.length === digest.length && timingSafeEqual(digest, kept);
}

const USER_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== 'admin');

/** Letters, digits, marks and blanks of any script, so that a name can stand in a log. Chosen: 100 at most. */
const USER_NAME = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,100}$/u;

/** Whom a proxy names. `undefined` where it is not trusted, or names nobody. */
export function userOf(
  headers: Headers,
  address: string | undefined,
  proxies: { readonly isTrusted: AddressSet; readonly userHeader: string } | undefined,
): Caller | undefined {
  if (!proxies?.isTrusted(address)) return undefined;
  const name = textOf(headers.get(proxies.userHeader) ?? '').trim();
  return USER_NAME.test(name) ? { name, kind: 'user', scopes: USER_SCOPES } : undefined;
}

const strict = new TextDecoder('utf-8', { fatal: true });

/** Headers come with a character a byte; what is UTF-8 was meant so. */
function textOf(header: string): string {
  try {
    return strict.decode(Buffer.from(header, 'latin1'));
  } catch {
    // Then it is what it looks like.
    return header;
  }
}

/** @throws AppError `http/scope` where the caller may not */
export function demandScope(caller: Caller, scope: Scope): void {
  if (caller.scopes.includes(scope) || caller.scopes.includes('admin')) return;
  throw new AppError('http/scope', `${caller.name} may not do this: it takes the scope "${scope}".`, {
    kind: 'denied',
    hint: `Make a token with it: reprise token add NAME --scope ${scope}`,
  });
}

/** Nobody, or nobody that is known. */
export function noToken(secrets: readonly string[]): AppError {
  const message = secrets.length === 0 ? 'This takes a token, and none came.' : 'The token is none of this server.';
  return new AppError('http/no-token', message, {
    kind: 'denied',
    hint: 'Make one with "reprise token add NAME --scope LIST", and send it as Authorization: Bearer or X-Api-Key.',
  });
}
