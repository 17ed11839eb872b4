/**
 * The daemon's contract: every route on the gate, guarded. A request passes in this order: it gets an id and safe headers;
 * it must come from no other site's page; its caller is known, else 401; its body is small enough; its route's scope; its
 * fields. Whatever goes wrong is answered as a problem and logged once, without secrets.
 */
import { randomUUID } from 'node:crypto';
import type { Hook } from '@hono/zod-openapi';
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { routePath } from 'hono/route';
import { AppError } from '#kernel';
import { addressSet } from './addresses.ts';
import { noToken, shownSecrets, tokenOf, userOf } from './callers.ts';
import { fieldError } from './fields.ts';
import { type House, noteTrouble, type RouteContext, type Routes, type Variables } from './house.ts';
import { describeRoutes } from './openapi.ts';
import type { HttpParts } from './parts.ts';
import { problemOf, problemResponse } from './problems.ts';
import { checkRoutes } from './routes/check.ts';
import { COMPAT_PATHS, compatRoutes } from './routes/compat.ts';
import { eventRoutes } from './routes/events.ts';
import { hookRoutes } from './routes/hooks.ts';
import { importRoutes } from './routes/import.ts';
import { jobRoutes } from './routes/jobs.ts';
import { HEALTH_PATH, serviceRoutes } from './routes/service.ts';

/** Answers requests. Holds nothing that must be closed but streams. */
export interface HttpApp {
  /** @param env what `@hono/node-server` hands over: where the request comes from */
  fetch(request: Request, env?: object): Response | Promise<Response>;
  /** The OpenAPI document of its routes. */
  describe(): object;
  /** Ends event streams and whatever waits for a job. Once, when the server is to close. */
  end(): void;
}

/** @throws AppError `http/bad-address` where the settings name an address that is none */
export function createHttpApp(parts: HttpParts): HttpApp {
  const ending = new AbortController();
  const house: House = { parts, ending: ending.signal };
  const app: Routes = new OpenAPIHono<Variables>({ defaultHook: refuseFields });
  const describe = (): object => describeRoutes(app, parts.version);
  guard(app, house);
  checkRoutes(app, house);
  importRoutes(app, house);
  jobRoutes(app, house);
  eventRoutes(app, house);
  hookRoutes(app, house);
  compatRoutes(app, house);
  serviceRoutes(app, house, describe);
  return {
    fetch: (request, env) => app.fetch(request, env),
    describe,
    end: () => ending.abort(),
  };
}

const refuseFields: Hook<unknown, Variables, string, unknown> = (result) => {
  if (!result.success) throw fieldError(result.error);
};

function guard(app: Routes, { parts }: House): void {
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
    note(c, parts, (parts.clock.now() - startedAt) / 1000);
  });
  app.use('*', async (c, next) => {
    refuseOtherSites(c);
    if (c.req.path !== HEALTH_PATH && !COMPAT_PATHS.includes(c.req.path)) {
      const token = tokenOf(c.get('secrets'), await parts.tokens.all());
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
    return problem ? problemResponse(c, problem.status, problem.body) : problemResponse(c, 500);
  });
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

/** The route as it is declared: what was asked for may hold anything. */
function routeOf(c: RouteContext): string {
  const route = routePath(c, -1);
  return route === '*' || route === '/*' ? 'none' : route;
}

function note(c: RouteContext, { log, metrics }: HttpParts, seconds: number): void {
  const { method } = c.req;
  const { status } = c.res;
  const verb = METHODS.includes(method) ? method : 'other';
  const route = routeOf(c);
  metrics.answered(verb, route, status, seconds);
  const caller = c.get('caller')?.name ?? '';
  const facts = { request: c.get('requestId'), method: verb, route, status, caller, address: c.get('address') ?? '' };
  log(status >= 500 ? 'error' : status === 401 || status === 403 ? 'warning' : 'info', 'http.answered', {
    ...facts,
    seconds,
  });
}

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
