/** Handed over by programs that say what they have brought in their own words. */
import { createRoute, z } from '@hono/zod-openapi';
import type { ImportFile } from '#gate';
import { AppError, displayPath } from '#kernel';
import { documentOf, type JobBody, jobBody } from '../documents.ts';
import {
  type Brought,
  genericBrings,
  genericShape,
  lidarrBrings,
  lidarrShape,
  slskdBrings,
  slskdShape,
  type WrittenAs,
} from '../hooks.ts';
import { given, type House, problems, type RouteContext, type Routes, takes } from '../house.ts';
import { allowPath, readPath } from '../paths.ts';
import { jobSummaryShape } from '../schemas.ts';
import { ownKey, tooMany } from './import.ts';

interface Taken {
  readonly v: 1;
  readonly job: JobBody | null;
  readonly leftOut: readonly LeftOut[];
}

interface LeftOut {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

const taken: z.ZodType<Taken> = z
  .object({
    v: z.literal(1),
    job: jobSummaryShape.nullable().openapi({ description: '`null` where the event brings no file.' }),
    leftOut: z
      .array(z.object({ path: z.string(), code: z.string(), message: z.string() }))
      .openapi({ description: 'What could not be taken, while the rest was.' }),
  })
  .openapi('Taken');

const responses = {
  200: { description: 'Understood; it brings no file.', content: { 'application/json': { schema: taken } } },
  202: { description: 'The job, which goes on.', content: { 'application/json': { schema: taken } } },
  ...problems(400, 401, 403, 404, 413, 415, 422, 503),
};

function hook<P, S extends z.ZodType<P>>(name: string, summary: string, schema: S) {
  return createRoute({
    method: 'post',
    path: `/api/v1/hooks/${name}`,
    summary,
    ...takes('hooks'),
    request: { body: { required: true, content: { 'application/json': { schema } } } },
    responses,
  });
}

const lidarr = hook('lidarr', 'The webhook of Lidarr (Connect, Webhook).', lidarrShape);
const slskd = hook('slskd', 'The webhook of slskd (integrations.webhooks).', slskdShape);
const generic = hook('generic', 'For everything else: a path, or several.', genericShape);

export function hookRoutes(app: Routes, house: House): void {
  app.openapi(lidarr, (c) => take(c, house, 'lidarr', lidarrBrings(c.req.valid('json'))));
  app.openapi(slskd, (c) => take(c, house, 'slskd', slskdBrings(c.req.valid('json'))));
  app.openapi(generic, (c) => take(c, house, 'hook', genericBrings(c.req.valid('json'))));
}

async function take(c: RouteContext, house: House, name: string, { paths, eventId }: Brought) {
  const { gate, limits } = house.parts;
  if (paths.length > limits.files) throw tooMany(limits.files);
  if (paths.length === 0) return c.json({ v: 1 as const, job: null, leftOut: [] }, 200);
  const { files, leftOut } = await sift(paths, house);
  const key = eventId === undefined ? undefined : ownKey(c, `${name} ${eventId}`);
  const askedBy = `${name} ${c.get('caller').name}`;
  const job = await gate.enqueue({ files, lane: 'live', askedBy, ...given({ idempotencyKey: key }) });
  c.header('Location', `/api/v1/jobs/${job.id}`);
  return c.json(documentOf({ job: jobBody(job), leftOut }), 202);
}

/** One bad file does not fail its album; where none is good, the first says why. */
async function sift(
  paths: readonly WrittenAs[],
  house: House,
): Promise<{ readonly files: readonly ImportFile[]; readonly leftOut: readonly LeftOut[] }> {
  const files: ImportFile[] = [];
  const leftOut: LeftOut[] = [];
  let first: AppError | undefined;
  for (const { field, path: written } of paths) {
    try {
      files.push({ path: await allowPath(readPath({ path: written }, field), 'file or folder', house.parts) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      first ??= error;
      leftOut.push({ path: displayPath(written as ImportFile['path']), code: error.code, message: error.message });
    }
  }
  if (files.length === 0 && first) throw first;
  return { files, leftOut };
}
