/** Handed over: decided, claimed and placed. */
import { createRoute, z } from '@hono/zod-openapi';
import type { ImportFile, JobSummary } from '#gate';
import { AppError } from '#kernel';
import { documentOf, jobBody, wholeJobBody } from '../documents.ts';
import { given, type House, problems, type RouteContext, type Routes, takes, whileAsked } from '../house.ts';
import { allowPath, readPath } from '../paths.ts';
import { inboxShape, jobShape, jobSummaryShape, pathFieldsShape } from '../schemas.ts';

const file = {
  ...pathFieldsShape,
  source: z.string().max(1000).optional().openapi({ description: 'Where it came from.', example: 'tidal:12345' }),
  order: z.number().min(-1e15).max(1e15).optional().openapi({ description: 'Smaller is decided first.' }),
};

const order = z
  .strictObject({
    ...file,
    files: z.array(z.strictObject(file)).min(1).optional().openapi({ description: 'Several at once.' }),
    lane: z.enum(['live', 'backfill']).optional().openapi({ description: 'Live files are decided first.' }),
    orderBy: z.enum(['newest', 'number']).optional().openapi({
      description: 'Which is decided first: what was written last, or the highest number in front of its name.',
    }),
    inbox: inboxShape,
  })
  .openapi('Import', { description: 'A path, or files with a path each. A folder stands for all in it.' });

const form = z.object({ ...pathFieldsShape, source: file.source, inbox: inboxShape });

const waiting = z.object({
  wait: z.coerce.number().min(0).max(86_400).optional().openapi({ description: 'Seconds to wait for the verdicts.' }),
});

const importFiles = createRoute({
  method: 'post',
  path: '/api/v1/import',
  summary: 'Hands files over to the gate.',
  ...takes('import'),
  request: {
    headers: z.object({
      'idempotency-key': z.string().max(200).optional().openapi({
        description: 'A request with a key that this caller has used before does nothing and answers as the first did.',
      }),
    }),
    query: waiting,
    body: {
      content: {
        'application/json': { schema: order },
        'application/x-www-form-urlencoded': { schema: form },
      },
    },
  },
  responses: {
    200: { description: 'The job, done.', content: { 'application/json': { schema: jobShape } } },
    202: { description: 'The job, which goes on.', content: { 'application/json': { schema: jobSummaryShape } } },
    ...problems(400, 401, 403, 404, 413, 415, 422, 503),
  },
});

const admit = createRoute({
  method: 'post',
  path: '/api/v1/admit',
  summary: 'Admits a file that was held, kept aside or refused, whatever the gate thinks of it.',
  ...takes('admin'),
  request: {
    query: waiting,
    body: { required: true, content: { 'application/json': { schema: z.strictObject(pathFieldsShape) } } },
  },
  responses: {
    200: { description: 'The job, done.', content: { 'application/json': { schema: jobShape } } },
    202: { description: 'The job that lets it in.', content: { 'application/json': { schema: jobSummaryShape } } },
    ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
  },
});

export function importRoutes(app: Routes, house: House): void {
  const { gate } = house.parts;
  app.openapi(importFiles, async (c) => {
    const json = c.req.valid('json');
    const body = Object.keys(json).length > 0 ? json : c.req.valid('form');
    const { lane = 'live', orderBy, inbox, files } = { lane: undefined, orderBy: undefined, files: undefined, ...body };
    const key = c.req.valid('header')['idempotency-key'];
    const job = await gate.enqueue({
      files: await readFiles(house, { ...body, files }),
      lane,
      askedBy: `http ${c.get('caller').name}`,
      ...given({ inbox, orderBy, idempotencyKey: ownKey(c, key) }),
    });
    return answerJob(c, house, job, c.req.valid('query').wait ?? 0);
  });
  app.openapi(admit, async (c) => {
    const path = await allowPath(readPath(c.req.valid('json'), 'path'), 'file', house.parts);
    return answerJob(c, house, await gate.admit(path), c.req.valid('query').wait ?? 0);
  });
}

/** Two callers that count from 1 do not meet. */
export function ownKey(c: RouteContext, key: string | undefined): string | undefined {
  return key === undefined ? undefined : `${c.get('caller').kind} ${c.get('caller').name}: ${key}`;
}

type WrittenFile = Omit<ImportFile, 'path' | 'source' | 'order'> & z.infer<z.ZodObject<typeof file>>;
interface WrittenOrder extends WrittenFile {
  readonly files?: readonly WrittenFile[] | undefined;
}

async function readFiles(house: House, order: WrittenOrder): Promise<readonly ImportFile[]> {
  const { files } = order;
  if (files === undefined) return [await readFile(house, order, '')];
  if (order.path !== undefined || order.pathBase64 !== undefined) throw eitherOr();
  if (files.length > house.parts.limits.files) throw tooMany(house.parts.limits.files);
  const read: ImportFile[] = [];
  // One after the other: the first that may not be names itself.
  for (const [at, written] of files.entries()) read.push(await readFile(house, written, `files.${at}.`));
  return read;
}

async function readFile(house: House, written: WrittenFile, prefix: string): Promise<ImportFile> {
  const path = await allowPath(readPath(written, `${prefix}path`), 'file or folder', house.parts);
  return { path, ...given({ source: written.source, order: written.order }) };
}

function eitherOr(): AppError {
  const hint = 'Send one of the two.';
  return new AppError('http/bad-field', '"files" stands beside "path".', { kind: 'usage', hint });
}

/** More than one request may hold. */
export function tooMany(most: number): AppError {
  const message = `The request names more than ${most} files.`;
  return new AppError('http/too-many', message, { kind: 'usage', hint: 'Send a folder, or several requests.' });
}

/** 200 with the finished job where it is finished in time, else 202. */
async function answerJob(c: RouteContext, house: House, job: JobSummary, waitSeconds: number) {
  const { gate, limits } = house.parts;
  c.header('Location', `/api/v1/jobs/${job.id}`);
  if (waitSeconds === 0) return c.json(documentOf(jobBody(job)), 202);
  using asked = whileAsked(c, house, Math.min(waitSeconds, limits.waitSeconds));
  const { signal } = asked;
  try {
    return c.json(documentOf(wholeJobBody(await gate.finished(job.id, { signal }))), 200);
  } catch (error) {
    if (!signal.aborted) throw error;
    // It was not done in time; the job goes on.
    const now = (await gate.job(job.id)) ?? job;
    return c.json(documentOf(jobBody(now)), 202);
  }
}
