/** The guards before the routes, and what becomes of errors behind them. */
import { randomUUID } from 'node:crypto';
import { bodyLimit } from 'hono/body-limit';
import { AppError } from '#kernel';
import { addressSet } from './addresses.ts';
import { noToken, shownSecrets, tokenOf, userOf } from './callers.ts';
import type { House, RouteContext, Routes } from './house.ts';
import { noteAnswer, noteTrouble } from './notes.ts';
import type { HttpParts } from './parts.ts';
import type { StoredToken } from './ports.ts';
import { BUG, problemOf, problemResponse } from './problems.ts';
import { COMPAT_PATHS } from './routes/compat.ts';
import { HEALTH_PATH } from './routes/service.ts';

/** What every request passes before its route hears of it. @throws AppError `http/bad-address` */
export function guardRoutes(app: Routes, { parts }: House): void {
  const proxies = parts.proxies && {
    isTrusted: addressSet(parts.proxies.addresses),
    userHeader: parts.proxies.userHeader,
  };
  app.use('*', async (c, next) => {
    const startedAt = parts.clock.now();
    c.set('requestId', randomUUID());
    c.set('address', addressOf(c));
    c.set('secrets', shownSecrets(c.req.raw.headers));
    setSafeHeaders(c);
    await next();
    noteAnswer(c, parts, (parts.clock.now() - startedAt) / 1000);
  });
  app.use('*', async (c, next) => {
    refuseOtherSites(c);
    if (c.req.path !== HEALTH_PATH && !COMPAT_PATHS.includes(c.req.path)) {
      const token = tokenOf(c.get('secrets'), await readTokens(c, parts));
      const user = userOf(c.req.raw.headers, c.get('address'), proxies);
      const caller = token ? { name: token.name, kind: 'token' as const, scopes: token.scopes } : user;
      if (!caller) throw noToken(c.get('secrets'));
      c.set('caller', caller);
    }
    await next();
  });
  app.use(
    '*',
    bodyLimit({
      maxSize: parts.limits.bodyBytes,
      onError: () => {
        throw tooLarge(parts.limits.bodyBytes);
      },
    }),
  );
  app.notFound(() => {
    throw new AppError('http/no-route', 'There is no such route.', {
      kind: 'missing',
      hint: 'GET /openapi.json lists them all.',
    });
  });
  app.onError((error, c) => {
    const problem = problemOf(error);
    if (!problem || problem.status === 500) noteTrouble(c, parts.log, error);
    const { status, body } = problem ?? BUG;
    c.set('code', body.code);
    return problemResponse(c, status, body);
  });
}

/** Strangers need not know where tokens are kept and what is wrong with the file. */
async function readTokens(c: RouteContext, { tokens, log }: HttpParts): Promise<readonly StoredToken[]> {
  try {
    return await tokens.all();
  } catch (error) {
    noteTrouble(c, log, error);
    throw new AppError('http/tokens-away', 'It cannot be told now who may ask.', {
      kind: 'unavailable',
      hint: 'The log of the server says why.',
    });
  }
}

function addressOf(c: RouteContext): string | undefined {
  const env = c.env as { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } } | undefined;
  return env?.incoming?.socket?.remoteAddress;
}

/** Answers are data for programs: nobody keeps, frames, guesses at or runs them. */
function setSafeHeaders(c: RouteContext): void {
  c.header('X-Request-Id', c.get('requestId'));
  c.header('Cache-Control', 'no-store');
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('X-Frame-Options', 'DENY');
  c.header('Referrer-Policy', 'no-referrer');
  c.header('Cross-Origin-Resource-Policy', 'same-origin');
  c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
}

/** A page of another site that a person has open could use what the browser remembers of them here. */
function refuseOtherSites(c: RouteContext): void {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return;
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  const isOther = origin !== undefined && hostOf(origin) !== c.req.header('host');
  if (!isOther && (site === undefined || site === 'same-origin' || site === 'none')) return;
  throw new AppError('http/other-site', 'Pages of other sites may ask nothing here.', {
    kind: 'denied',
    hint: 'Ask from a program, or from a page of this server.',
  });
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function tooLarge(most: number): AppError {
  return new AppError('http/body-too-large', `The body is larger than ${most} bytes.`, {
    kind: 'usage',
    hint: 'Send several requests, or raise serve.bodyMegabytes.',
  });
}
