/** The gate over HTTP, as the settings want it. */
import type { Log } from '#cli';
import type { Settings } from '#config';
import type { Gate } from '#gate';
import { createHttpApp, createHttpMetrics, type HttpParts, type HttpServer, serveHttp, USUAL_LIMITS } from '#http';
import { type BytePath, type Clock, systemClock } from '#kernel';
import { createPathGuard } from '../adapters/files/index.ts';
import { openTokensOf } from './tokens.ts';
import { VERSION } from './version.ts';

/** Less than the daemon has for its end. Chosen. */
const GRACE_SECONDS = 10;

/** What programs ask every few seconds, for years. */
const ROUTINE: ReadonlySet<unknown> = new Set(['/healthz', '/readyz', '/metrics']);

/** Says of routine that went well only what everything is said of. */
function withoutRoutine(log: Log): Log {
  return (level, event, fields = {}) => {
    const isRoutine = event === 'http.answered' && fields['status'] === 200 && ROUTINE.has(fields['route']);
    log(isRoutine ? 'debug' : level, event, fields);
  };
}

export interface GateService {
  readonly gate: Gate;
  readonly ready: HttpParts['ready'];
  readonly log: Log;
  readonly clock?: Clock;
}

/** @throws AppError `http/port-taken`, `http/cannot-listen`, `http/bad-address` */
export async function serveGate(
  settings: Settings,
  { gate, ready, log, clock = systemClock }: GateService,
): Promise<HttpServer> {
  const { serve, compat, inboxes, roots } = settings;
  const files = createPathGuard();
  const real = async (path: BytePath): Promise<BytePath> => (await files.realPath(path).catch(() => undefined)) ?? path;
  const compatInbox = inboxes.find(({ name }) => name === compat.inbox);
  const app = createHttpApp({
    ...{ gate, ready, log: withoutRoutine(log), clock, files, version: VERSION, metrics: createHttpMetrics() },
    tokens: openTokensOf(settings),
    roots: [...roots, ...inboxes.flatMap(({ path, library }) => [path, library ?? []].flat()), ...serve.allow],
    ...(serve.trustedProxies.length > 0 && {
      proxies: { addresses: serve.trustedProxies, userHeader: serve.userHeader },
    }),
    ...(compatInbox && {
      compat: { inbox: compatInbox.name, folder: await real(compatInbox.path), allowFrom: compat.allowFrom },
    }),
    limits: { ...USUAL_LIMITS, bodyBytes: serve.bodyMegabytes * 2 ** 20 },
  });
  const { host, port, bodySeconds } = serve;
  return serveHttp(app, { host, port, bodySeconds, graceSeconds: GRACE_SECONDS });
}
