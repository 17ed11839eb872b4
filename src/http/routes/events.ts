/** Told as it happens. */
import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '#kernel';
import { type House, problems, type Routes, takes, whileAsked } from '../house.ts';
import { noteTrouble } from '../notes.ts';
import { eventStream } from '../streams.ts';

const number = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();

const events = createRoute({
  method: 'get',
  path: '/api/v1/events',
  summary: 'Verdicts, failures and promotions as they happen, as server-sent events.',
  description:
    'The event is its type, `id` its number and `data` a JSON document. Goes on until one side ends it; a client that ' +
    'comes again with Last-Event-ID, or with `after`, misses nothing that is kept. Without either it hears what is to come.',
  ...takes('events'),
  request: {
    query: z.object({ after: number.openapi({ description: 'The number of the last event that is known; 0: all.' }) }),
    headers: z.object({ 'last-event-id': number }),
  },
  responses: {
    200: { description: 'The stream.', content: { 'text/event-stream': { schema: z.string() } } },
    ...problems(400, 401, 403, 503),
  },
});

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // Proxies that gather answers would keep events back.
  'X-Accel-Buffering': 'no',
};

export function eventRoutes(app: Routes, house: House): void {
  const { gate, limits } = house.parts;
  let open = 0;
  app.openapi(events, (c) => {
    if (c.req.method === 'HEAD') return c.body('', 200, HEADERS);
    if (open >= limits.eventStreams) throw tooManyStreams(limits.eventStreams);
    const after = c.req.valid('header')['last-event-id'] ?? c.req.valid('query').after;
    const asked = whileAsked(c, house);
    open++;
    const stream = eventStream(gate.events(after, asked.signal), limits.heartbeatSeconds, (error) => {
      // What is stopped may say so.
      if (error !== undefined && !asked.signal.aborted) noteTrouble(c, house.parts.log, error);
      asked[Symbol.dispose]();
      open--;
    });
    return c.body(stream, 200, HEADERS);
  });
}

function tooManyStreams(most: number): AppError {
  return new AppError('http/too-many-streams', `${most} listeners are the most that this server has.`, {
    kind: 'unavailable',
    hint: 'Close one, or try again later.',
  });
}
