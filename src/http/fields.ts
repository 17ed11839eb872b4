/** What a validator found wrong, as a sentence that names the field. */
import type { z } from '@hono/zod-openapi';
import { AppError } from '#kernel';

/** The error of the first field that is wrong. */
export function fieldError({ issues }: { readonly issues: readonly z.core.$ZodIssue[] }): AppError {
  const [issue] = issues;
  if (!issue) return new AppError('http/bad-field', 'The request is malformed.', { kind: 'usage' });
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const field = [...issue.path, ...keys.slice(0, 1)].map(String).join('.') || 'body';
  const what = keys.length > 0 ? 'there is no such field' : issue.message;
  return new AppError('http/bad-field', `${shortened(field)}: ${what}.`, {
    kind: 'usage',
    hint: 'GET /openapi.json says what each route takes.',
  });
}

/** The name may be the caller's own. */
function shortened(field: string): string {
  return field.length > 100 ? `${field.slice(0, 100)}…` : field;
}
