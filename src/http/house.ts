/** What every route works with: its parts, who asks, and what ends when the server does. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import type { Scope } from '#config';
import { type Caller, demandScope } from './callers.ts';
import type { HttpParts } from './parts.ts';
import { problemShape } from './schemas.ts';
import { type Waiting, waitingFor } from './waiting.ts';

export interface Variables {
  readonly Variables: {
    requestId: string;
    /** Absent on routes that ask for no token. */
    caller: Caller;
    /** What the request showed as its secrets; never to be written down. */
    secrets: readonly string[];
    /** Of what went wrong; absent where nothing did. */
    code: string;
    /** Where it comes from; `undefined` where there is no socket. */
    address: string | undefined;
  };
}

export type Routes = OpenAPIHono<Variables>;
export type RouteContext = Context<Variables>;

export interface House {
  readonly parts: HttpParts;
  /** Aborts when the server ends: whatever waits then stops waiting. */
  readonly ending: AbortSignal;
}

/** What a route that takes a scope has: spread it into `createRoute`. */
export function takes(scope: Scope): {
  readonly middleware: MiddlewareHandler<Variables>;
  readonly security: { readonly [way: string]: string[] }[];
} {
  const middleware: MiddlewareHandler<Variables> = async (c, next) => {
    demandScope(c.get('caller'), scope);
    await next();
  };
  return { middleware, security: [{ bearer: [scope] }, { apiKey: [scope] }, { basic: [scope] }] };
}

/** A route that any token opens. */
export const ANY_TOKEN: { readonly security: { readonly [way: string]: string[] }[] } = {
  security: [{ bearer: [] }, { apiKey: [] }, { basic: [] }],
};

type ProblemAnswer = {
  readonly description: string;
  readonly content: { readonly 'application/problem+json': { readonly schema: typeof problemShape } };
};

/** The answers of a route that say what went wrong. */
export function problems<S extends keyof typeof MEANINGS>(...statuses: readonly S[]): Record<S, ProblemAnswer> {
  const entries = statuses.map((status) => [status, problemAnswer(MEANINGS[status])] as const);
  return Object.fromEntries(entries) as Record<S, ProblemAnswer>;
}

function problemAnswer(description: string): ProblemAnswer {
  return { description, content: { 'application/problem+json': { schema: problemShape } } };
}

const MEANINGS = {
  400: 'The request is malformed; the message names the field.',
  401: 'No token, or none of this server.',
  403: 'The token lacks the scope, or the path lies where this server may not open anything.',
  404: 'No such thing.',
  409: 'In conflict with what is there.',
  413: 'The body is too large.',
  415: 'The body is no JSON.',
  422: 'No regular file, or nothing that can be worked with.',
  503: 'Something that it takes is not available now.',
} as const;

/** Without the keys that hold nothing: what optional fields of a request become for the gate. */
export function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Fires when the client goes, the server ends or the time is up. Dispose of it when the answer is made. */
export function whileAsked(c: RouteContext, { ending }: House, seconds?: number): Waiting {
  return waitingFor([c.req.raw.signal, ending], seconds);
}
