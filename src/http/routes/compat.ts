/**
 * The two routes of flaczkownia-dedup in their own shape, so that its users change nothing. They ask for no token; they are
 * off until the settings name an inbox, and answer only the addresses that may call. A request that came through a proxy or
 * out of a browser's page is refused: its address is not that of who asks.
 */
import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '#kernel';
import { type AddressSet, addressSet } from '../addresses.ts';
import { type House, problems, type RouteContext, type Routes } from '../house.ts';
import type { CompatRoutes } from '../parts.ts';
import { allowPath, pathBelow } from '../paths.ts';

const QUEUE_PATH = '/api/v1/tgmount_add_to_dedup_queue';
const WEBHOOK_PATH = '/api/v1/dedup_processed_file_webhook';

/** Routes that look after themselves. */
export const COMPAT_PATHS: readonly string[] = [QUEUE_PATH, WEBHOOK_PATH];

const queue = createRoute({
  method: 'post',
  path: QUEUE_PATH,
  summary: 'As flaczkownia-dedup: a file of the inbox has arrived. Off unless compat.inbox is set; takes no token.',
  security: [],
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z
            .looseObject({ fname: z.string().openapi({ description: 'Relative to the inbox.' }) })
            .openapi('TgmountFile'),
        },
      },
    },
  },
  responses: {
    200: {
      description: 'The number of the job.',
      content: { 'application/json': { schema: z.object({ queue_id: z.number().int() }) } },
    },
    ...problems(400, 403, 404, 413, 415, 422, 503),
  },
});

const webhook = createRoute({
  method: 'post',
  path: WEBHOOK_PATH,
  summary: "As flaczkownia-dedup's connector: takes the word about a processed file, and does nothing with it.",
  security: [],
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z
            .looseObject({ path: z.string(), type: z.enum(['new', 'duplicate', 'unknown']) })
            .openapi('ProcessedFile'),
        },
      },
    },
  },
  responses: {
    200: {
      description: 'Heard.',
      content: { 'application/json': { schema: z.object({ status: z.literal('ok') }) } },
    },
    ...problems(400, 403, 404, 413, 415),
  },
});

export function compatRoutes(app: Routes, { parts }: House): void {
  const { compat, gate, files } = parts;
  const mayCall = addressSet(compat?.allowFrom ?? []);
  app.use(QUEUE_PATH, async (c, next) => {
    admitCaller(c, compat, mayCall);
    await next();
  });
  app.use(WEBHOOK_PATH, async (c, next) => {
    admitCaller(c, compat, mayCall);
    await next();
  });
  app.openapi(queue, async (c) => {
    const { inbox, folder } = admitCaller(c, compat, mayCall);
    const written = pathBelow(folder, c.req.valid('json').fname, 'fname');
    const path = await allowPath(written, 'file or folder', { roots: [folder], files });
    const job = await gate.enqueue({ files: [{ path }], lane: 'live', askedBy: 'tgmount', inbox });
    return c.json({ queue_id: job.n }, 200);
  });
  app.openapi(webhook, (c) => c.json({ status: 'ok' as const }, 200));
}

/** What only stands in requests that somebody passes on, or a page sends. */
const TELLING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via', 'origin', 'referer'];

function admitCaller(c: RouteContext, compat: CompatRoutes | undefined, mayCall: AddressSet): CompatRoutes {
  if (!compat) throw isOff();
  const isDirect = TELLING_HEADERS.every((name) => c.req.header(name) === undefined);
  if (isDirect && mayCall(c.get('address'))) return compat;
  throw new AppError('http/address', 'This route does not answer callers from there.', {
    kind: 'denied',
    hint: 'compat.allowFrom names the addresses that may call, directly and not through a proxy.',
  });
}

function isOff(): AppError {
  const hint = 'Set compat.inbox to the name of the inbox that file names are relative to.';
  return new AppError('http/compat-off', 'The routes of flaczkownia-dedup are off.', { kind: 'missing', hint });
}
