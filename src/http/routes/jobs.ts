/** What was handed over, and what became of it. */
import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '#kernel';
import { documentOf, jobBody, wholeJobBody } from '../documents.ts';
import { given, type House, problems, type Routes, takes } from '../house.ts';
import { jobShape, jobsShape } from '../schemas.ts';

const ID = { params: z.object({ id: z.string().max(100) }) };

const list = createRoute({
  method: 'get',
  path: '/api/v1/jobs',
  summary: 'The latest jobs.',
  ...takes('jobs'),
  request: {
    query: z.object({
      most: z.coerce
        .number()
        .int()
        .min(1)
        .max(1000)
        .optional()
        .openapi({ description: 'How many; 100 where it is not said.' }),
      having: z.enum(['queued', 'leased', 'dead']).optional().openapi({ description: 'Only jobs with such a file.' }),
    }),
  },
  responses: {
    200: { description: 'The latest first.', content: { 'application/json': { schema: jobsShape } } },
    ...problems(400, 401, 403, 503),
  },
});

const one = createRoute({
  method: 'get',
  path: '/api/v1/jobs/{id}',
  summary: 'A job with all its files.',
  ...takes('jobs'),
  request: ID,
  responses: {
    200: { description: 'The job.', content: { 'application/json': { schema: jobShape } } },
    ...problems(400, 401, 403, 404, 503),
  },
});

const requeued = z.object({ v: z.literal(1), requeued: z.number().int() }).openapi('Requeued');
const REQUEUED = {
  200: { description: 'How many wait again.', content: { 'application/json': { schema: requeued } } },
};

const requeueAll = createRoute({
  method: 'post',
  path: '/api/v1/jobs/requeue',
  summary: 'Gives all dead files another chance.',
  ...takes('jobs'),
  responses: { ...REQUEUED, ...problems(401, 403, 503) },
});

const requeue = createRoute({
  method: 'post',
  path: '/api/v1/jobs/{id}/requeue',
  summary: "Gives a job's dead files another chance.",
  ...takes('jobs'),
  request: ID,
  responses: { ...REQUEUED, ...problems(400, 401, 403, 404, 503) },
});

/** Chosen. */
const USUAL_MOST = 100;

export function jobRoutes(app: Routes, { parts: { gate } }: House): void {
  app.openapi(list, async (c) => {
    const { most = USUAL_MOST, having } = c.req.valid('query');
    const jobs = (await gate.jobs({ most, ...given({ having }) })).map(jobBody);
    return c.json(documentOf({ jobs }), 200);
  });
  app.openapi(one, async (c) => {
    const job = await gate.job(c.req.valid('param').id);
    if (!job) throw noJob();
    return c.json(documentOf(wholeJobBody(job)), 200);
  });
  app.openapi(requeueAll, async (c) => c.json(documentOf({ requeued: await gate.requeue(undefined) }), 200));
  app.openapi(requeue, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(documentOf({ requeued: await gate.requeue(id) }), 200);
  });
}

function noJob(): AppError {
  const hint = 'GET /api/v1/jobs lists the latest.';
  return new AppError('gate/no-job', 'There is no such job.', { kind: 'missing', hint });
}
