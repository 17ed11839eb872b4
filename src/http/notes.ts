/** What is written down of requests: how each ended, and what broke. Never what was asked for, and no secret. */
import { routePath } from 'hono/route';
import type { RouteContext } from './house.ts';
import type { HttpParts } from './parts.ts';
import type { HttpLog } from './ports.ts';

/** The route as it is declared: what was asked for may hold anything. */
function routeOf(c: RouteContext): string {
  const route = routePath(c, -1);
  return route === '*' || route === '/*' ? 'none' : route;
}

/** One line for each request: how it ended. */
export function noteAnswer(c: RouteContext, { log, metrics }: HttpParts, seconds: number): void {
  const { method } = c.req;
  const { status } = c.res;
  const verb = METHODS.includes(method) ? method : 'other';
  const route = routeOf(c);
  metrics.answered(verb, route, status, seconds);
  const caller = c.get('caller')?.name ?? '';
  const code = c.get('code') as string | undefined;
  const facts = { request: c.get('requestId'), method: verb, route, status, ...(code !== undefined && { code }) };
  log(status >= 500 ? 'error' : status === 401 || status === 403 ? 'warning' : 'info', 'http.answered', {
    ...facts,
    caller,
    address: c.get('address') ?? '',
    seconds,
  });
}

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** A bug, or something that is damaged: the log has what the caller is not told. */
export function noteTrouble(c: RouteContext, log: HttpLog, thrown: unknown): void {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const place =
    error.stack
      ?.split('\n')
      .find((line) => line.trimStart().startsWith('at '))
      ?.trim() ?? '';
  const facts = { request: c.get('requestId'), error: `${error.name}: ${error.message}`, place };
  log('error', 'http.failed', withoutSecrets(facts, c.get('secrets')));
}

function withoutSecrets(
  facts: Readonly<Record<string, string>>,
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const clean = (text: string): string => secrets.reduce((left, secret) => left.replaceAll(secret, '[secret]'), text);
  return Object.fromEntries(Object.entries(facts).map(([key, text]) => [key, clean(text)]));
}
