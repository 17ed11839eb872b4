/**
 * The daemon's contract: every route on the gate, guarded. A request passes in this order: it gets an id and safe headers;
 * it must come from no other site's page; its caller is known, else 401; its body is small enough; its route's scope; its
 * fields. Whatever goes wrong is answered as a problem and logged once, without secrets.
 */
import type { Hook } from '@hono/zod-openapi';
import { OpenAPIHono } from '@hono/zod-openapi';
import { fieldError } from './fields.ts';
import { guardRoutes } from './guards.ts';
import type { House, Routes, Variables } from './house.ts';
import { describeRoutes } from './openapi.ts';
import type { HttpParts } from './parts.ts';
import { checkRoutes } from './routes/check.ts';
import { compatRoutes } from './routes/compat.ts';
import { eventRoutes } from './routes/events.ts';
import { hookRoutes } from './routes/hooks.ts';
import { importRoutes } from './routes/import.ts';
import { jobRoutes } from './routes/jobs.ts';
import { serviceRoutes } from './routes/service.ts';

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
  guardRoutes(app, house);
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
