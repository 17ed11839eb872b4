/** The shapes that several routes share, as the OpenAPI document shows them. */
import { z } from '@hono/zod-openapi';
import { GATE_WORDS } from '#gate';
import type { JobBody, JobFileBody, KnownBody, VerdictBody } from './documents.ts';
import type { Problem } from './problems.ts';

/** A schema whose outcome is known; spelled out because declarations are made file by file. */
export type Shape<T> = z.ZodType<T>;

const path = z
  .string()
  .openapi({ description: 'Absolute. Lossy where it is no UTF-8; then its bytes stand beside it.' });
const base64 = z.string().optional().openapi({ description: 'The bytes of a path that is no UTF-8.' });
const version = z.literal(1);

export const problemShape: Shape<Problem> = z
  .object({
    v: version,
    code: z.string().openapi({ description: 'Permanent: docs/reference/errors.md.', example: 'http/outside' }),
    message: z.string(),
    hint: z.string().nullable().openapi({ description: 'What to do about it.' }),
  })
  .openapi('Problem');

const verdict = z.object({
  path: path.nullable().openapi({ description: '`null` for a sound that was described.' }),
  pathBase64: base64,
  verdict: z.enum(GATE_WORDS),
  of: path.nullable().openapi({ description: 'The file of the library that it is a copy of.' }),
  ofPathBase64: base64,
  recording: z.string().nullable(),
  release: z.object({
    album: z.string().nullable(),
    albumArtist: z.string().nullable(),
    disc: z.number().nullable(),
    track: z.number().nullable(),
  }),
  reasons: z.array(z.string()).readonly().openapi({ description: 'In words, the decisive one first.' }),
  placed: path.nullable().openapi({ description: 'Where an admitted file was placed.' }),
  placedPathBase64: base64,
  tookMs: z.number(),
});

export const verdictShape: Shape<VerdictBody & { readonly v: 1 }> = verdict.extend({ v: version }).openapi('Verdict');

const count = z.number().int();
const job = z.object({
  id: z.string(),
  n: z.number().int().openapi({ description: 'A number, for those who ask for one.' }),
  lane: z.enum(['live', 'backfill']),
  askedBy: z.string(),
  made: z.string().openapi({ description: 'ISO 8601, UTC.' }),
  counts: z.object({ queued: count, leased: count, done: count, dead: count }),
});

const jobFile = z.object({
  path,
  pathBase64: base64,
  state: z.enum(['queued', 'leased', 'done', 'dead']),
  attempts: z.number().int(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  verdict: verdict.nullable(),
});

export const jobSummaryShape: Shape<JobBody & { readonly v: 1 }> = job.extend({ v: version }).openapi('JobSummary');

export const jobShape: Shape<JobBody & { readonly v: 1; readonly files: readonly JobFileBody[] }> = job
  .extend({ v: version, files: z.array(jobFile).readonly() })
  .openapi('Job');

export const jobsShape: Shape<{ readonly v: 1; readonly jobs: readonly JobBody[] }> = z
  .object({ v: version, jobs: z.array(job).readonly() })
  .openapi('Jobs');

export const knownShape: Shape<{ readonly v: 1; readonly files: readonly KnownBody[] }> = z
  .object({
    v: version,
    files: z
      .array(
        z.object({
          path,
          pathBase64: base64,
          verdict: z.enum(GATE_WORDS).nullable(),
          of: path.nullable(),
          ofPathBase64: base64,
          isAdmitted: z.boolean().openapi({ description: 'In the library; otherwise refused or held.' }),
        }),
      )
      .readonly(),
  })
  .openapi('Known');

/** A path in a request. */
export const pathFieldsShape: {
  readonly path: z.ZodOptional<z.ZodString>;
  readonly pathBase64: z.ZodOptional<z.ZodString>;
} = {
  path: z.string().max(4096).optional().openapi({ description: 'Absolute, in a folder that this server may open.' }),
  pathBase64: z.string().max(6000).optional().openapi({ description: 'Its bytes, where it is no UTF-8.' }),
};

/** The name of an inbox whose policy counts. */
export const inboxShape: z.ZodOptional<z.ZodString> = z
  .string()
  .max(100)
  .optional()
  .openapi({ description: 'Whose policy counts; otherwise that of the inbox in which the file lies.' });
