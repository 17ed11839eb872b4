/** About the server itself: alive, ready, figures, and what it can be asked. */
import { createRoute, z } from '@hono/zod-openapi';
import { documentOf } from '../documents.ts';
import { ANY_TOKEN, type House, problems, type Routes, takes } from '../house.ts';

/** The one route that asks for no token wherever it is asked from. */
export const HEALTH_PATH = '/healthz';

const healthz = createRoute({
  method: 'get',
  path: HEALTH_PATH,
  summary: 'Is the process alive? Takes no token.',
  security: [],
  responses: {
    200: {
      description: 'It is.',
      content: { 'application/json': { schema: z.object({ v: z.literal(1), status: z.literal('ok') }) } },
    },
  },
});

const readiness = z
  .object({
    v: z.literal(1),
    ready: z.boolean(),
    checks: z.array(z.object({ name: z.string(), ready: z.boolean(), trouble: z.string().nullable() })),
  })
  .openapi('Readiness');

const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Can it work: catalogue, decoder, folders? Any token opens it.',
  ...ANY_TOKEN,
  responses: {
    200: { description: 'It can.', content: { 'application/json': { schema: readiness } } },
    401: problems(401)[401],
    503: { description: 'It cannot; the checks say why.', content: { 'application/json': { schema: readiness } } },
  },
});

const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Figures for Prometheus.',
  ...takes('metrics'),
  responses: {
    200: { description: "Prometheus' text form.", content: { 'text/plain': { schema: z.string() } } },
    ...problems(401, 403, 503),
  },
});

const openapi = createRoute({
  method: 'get',
  path: '/openapi.json',
  summary: 'This document. Any token opens it.',
  ...ANY_TOKEN,
  responses: {
    200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: z.looseObject({}) } } },
    ...problems(401),
  },
});

/** @param describe makes the OpenAPI document of all routes */
export function serviceRoutes(app: Routes, { parts }: House, describe: () => object): void {
  app.openapi(healthz, (c) => c.json({ v: 1 as const, status: 'ok' as const }, 200));
  app.openapi(readyz, async (c) => {
    const checks = (await parts.ready()).map(({ name, isReady, trouble = null }) => ({
      name,
      ready: isReady,
      trouble,
    }));
    const ready = checks.every((check) => check.ready);
    return c.json(documentOf({ ready, checks }), ready ? 200 : 503);
  });
  app.openapi(metrics, async (c) => {
    const { contentType, text } = await parts.metrics.page(await parts.gate.figures());
    return c.text(text, 200, { 'Content-Type': contentType });
  });
  let document: object | undefined;
  app.openapi(openapi, (c) => {
    document ??= describe();
    return c.json({ ...document }, 200);
  });
}
