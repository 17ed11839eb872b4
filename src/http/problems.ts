/** Errors as callers see them: a status and `{ code, message, hint }`. What is no AppError is a bug, and says nothing. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { AppError, type ErrorKind, exactDocument } from '#kernel';

/** A body that says what went wrong. */
export interface Problem {
  readonly v: 1;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

export type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 500 | 503 | 507;

const STATUS: Readonly<Record<ErrorKind, ProblemStatus>> = {
  usage: 400,
  denied: 403,
  missing: 404,
  conflict: 409,
  unsupported: 422,
  unavailable: 503,
  exhausted: 507,
  corrupt: 500,
  refused: 403,
  cancelled: 503,
};

/** Codes that a kind alone does not place. */
const STATUS_OF_CODE: Readonly<Record<string, ProblemStatus>> = {
  'http/no-token': 401,
  'http/body-too-large': 413,
  'http/media-type': 415,
};

/** What is said of a bug. */
export const BUG: { readonly status: 500; readonly body: Problem } = {
  status: 500,
  body: {
    v: 1,
    code: 'http/bug',
    message: 'The server failed. Its log says why, under the X-Request-Id of this answer.',
    hint: null,
  },
};

/** Is it one that callers may be told about? Then its status and body. */
export function problemOf(error: unknown): { readonly status: ProblemStatus; readonly body: Problem } | undefined {
  const known = error instanceof HTTPException ? fromHono(error) : error;
  if (!(known instanceof AppError)) return undefined;
  const { code, kind } = known;
  // Sentences for people: what they repeat of a request need not be text.
  const [message, hint] = [known.message.toWellFormed(), known.hint?.toWellFormed() ?? null];
  return { status: STATUS_OF_CODE[code] ?? STATUS[kind], body: { v: 1, code, message, hint } };
}

/** What the router and its validators throw. */
function fromHono(error: HTTPException): AppError | undefined {
  if (error.status === 415) return mediaType();
  if (error.status === 400) return badBody();
  return undefined;
}

function mediaType(): AppError {
  const hint = 'Send JSON, with Content-Type: application/json.';
  return new AppError('http/media-type', 'The body is of a kind that this route does not take.', {
    kind: 'unsupported',
    hint,
  });
}

function badBody(): AppError {
  return new AppError('http/bad-body', 'The body is not what its Content-Type says.', {
    kind: 'usage',
    hint: 'Send one JSON document in UTF-8.',
  });
}

/** The answer to a request that came to nothing. */
export function problemResponse(c: Context, status: ProblemStatus, body: Problem): Response {
  if (status === 401) c.header('WWW-Authenticate', 'Bearer realm="reprise", Basic realm="reprise"');
  return c.body(JSON.stringify(exactDocument(body)), status, { 'Content-Type': 'application/problem+json' });
}
