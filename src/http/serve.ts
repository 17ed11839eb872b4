/**
 * The routes on a socket. Clients that send slowly are cut off, headers and body alike; when the server closes, what is
 * being answered is answered, what only waits is ended, and who does not finish in time is hung up on.
 */
import { createAdaptorServer } from '@hono/node-server';
import { AppError } from '#kernel';
import type { HttpApp } from './app.ts';

export interface ServeOptions {
  /** An address of this machine. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** How long a request may take to arrive, headers and body together. */
  readonly bodySeconds: number;
  /** How long a close waits for answers that are under way. */
  readonly graceSeconds: number;
}

export interface HttpServer {
  /** Where it listens. */
  readonly host: string;
  readonly port: number;
  /** Resolves when nobody is connected any more. */
  close(): Promise<void>;
}

/** How often slow clients are looked for. Chosen. */
const MOST_CHECK_MS = 5000;
/** How often a server that closes looks for lines that nobody uses. Chosen. */
const IDLE_CHECK_MS = 50;

/** @throws AppError `http/port-taken`, `http/cannot-listen` */
export async function serveHttp(app: HttpApp, options: ServeOptions): Promise<HttpServer> {
  const { host, port, bodySeconds, graceSeconds } = options;
  const requestTimeout = bodySeconds * 1000;
  const server = createAdaptorServer({
    fetch: (request, env) => app.fetch(request, env),
    hostname: host,
    serverOptions: {
      requestTimeout,
      headersTimeout: requestTimeout,
      connectionsCheckingInterval: Math.min(MOST_CHECK_MS, requestTimeout / 4),
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, options)));
    server.listen(port, host, () => resolve());
  });
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  return {
    host,
    port: listening,
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      app.end();
      if (!('closeAllConnections' in server)) return closed;
      // A line whose answer is given stays open for the next question, which will not come.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
      const late = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
    },
  };
}

function listenError(error: unknown, { host, port }: ServeOptions): AppError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const message = `Port ${port} of ${host} is taken.`;
    const hint = 'Another reprise may be serving; else set serve.port.';
    return new AppError('http/port-taken', message, { kind: 'conflict', hint, cause: error });
  }
  const message = `Nothing can listen at ${host}, port ${port}: ${String(code ?? error)}.`;
  const hint = 'Check serve.host and serve.port.';
  return new AppError('http/cannot-listen', message, { kind: 'unavailable', hint, cause: error });
}
