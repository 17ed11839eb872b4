/**
 * A store on a socket. A request may take as long as it likes, as long as it moves; bytes are read and written as fast as the
 * client takes and sends them, so a slow one costs no memory. Whatever goes wrong costs one request.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import {
  createServer as createLibraryServer,
  InternalServerError,
  type Options,
  ResourceNotModifiedError,
} from 'nephele';
import { AppError } from '#kernel';
import type { Tree } from '#store';
import { createAdapter } from './adapter.ts';
import { isLoopback, type Refused, refusal } from './guards.ts';
import { createHooks } from './hooks.ts';
import { createLocks } from './locks.ts';
import type { Quota } from './properties.ts';
import { createStoredFiles, type StoredFiles } from './stored-files.ts';

export interface WebdavParts {
  readonly tree: Tree;
  readonly quota: () => Quota;
  /** A file has new bytes. */
  readonly onWritten: (node: number) => void;
  /** Something is wrong with the store or with this program; it goes on. */
  readonly onTrouble: (message: string) => void;
}

export interface WebdavOptions {
  /** An address of this machine. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Asked of everybody; only this machine can be let in without. */
  readonly password: string | undefined;
}

export interface WebdavServer {
  /** Where it listens; the machine by its name, where that is everywhere. */
  readonly url: string;
  /** Ends what is under way, after some seconds at the latest. */
  close(): Promise<void>;
}

/** Chosen. */
const HEADERS_MS = 60_000;
/** A player that pauses may stay connected for so long; afterwards it connects anew. Chosen. */
const STILL_MS = 300_000;
/** Each may take a megabyte. Chosen. */
const MOST_CONNECTIONS = 500;
const LOCK_MS = 3_600_000;
/** How long a close waits for what is under way. Chosen. */
const GRACE_MS = 5000;
const IDLE_CHECK_MS = 50;
const ALL_ADDRESSES = ['0.0.0.0', '::'];

/**
 * Listens. What uploads have left that were cut off is removed, so nobody else may serve the store.
 * @throws AppError `store/no-password`, `http/port-taken`, `http/cannot-listen`
 */
export async function serveWebdav(parts: WebdavParts, options: WebdavOptions): Promise<WebdavServer> {
  const { password } = options;
  const host = options.host === 'localhost' ? '127.0.0.1' : options.host;
  if (password === undefined && !isLoopback(host)) throw noPassword(host);
  const files = createStoredFiles(parts.tree, parts.onWritten);
  files.clear();
  const app = createApp(files, parts);
  const answer = (request: IncomingMessage, response: ServerResponse, isAwaited: boolean): void => {
    setSafeHeaders(response);
    const refused = refusal(request, password);
    if (refused !== undefined) {
      refuse(request, response, refused);
      return;
    }
    if (isAwaited) response.writeContinue();
    app(request, response);
  };
  const server = createServer({ requestTimeout: 0, headersTimeout: HEADERS_MS });
  server.on('request', (request, response) => answer(request, response, false));
  // Who asks whether the body is wanted need not send what is refused.
  server.on('checkContinue', (request, response) => answer(request, response, true));
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(STILL_MS);
  await listen(server, host, options.port);
  return {
    url: urlOf(server, host),
    async close() {
      await ended(server);
      await files.close();
    },
  };
}

function createApp(files: StoredFiles, { quota, onTrouble }: WebdavParts): RequestListener {
  // Else lists are laid out for people, and half of them is blanks.
  process.env['NODE_ENV'] ??= 'production';
  const locks = createLocks();
  const app = createLibraryServer(
    {
      adapter: createAdapter({ files, locks, quota }),
      authenticator: {
        authenticate: async () => ({ username: 'client' }),
        cleanAuthentication: async () => undefined,
      },
      plugins: [createHooks(files, locks)],
    },
    { errorHandler: createErrorHandler(onTrouble), maxLockTimeout: LOCK_MS },
  );
  app.disable('x-powered-by');
  // Believed of the scheme alone: addresses in answers begin with it.
  app.set('trust proxy', true);
  app.use((error: Error, request: IncomingMessage, response: ServerResponse, _next: unknown) => {
    onTrouble(`${nameOf(request)}: ${error.stack}`);
    refuse(request, response, BROKEN);
  });
  return app;
}

/** How sax, beneath the library, says it. */
const MALFORMED_XML = /\nLine: \d+\nColumn: \d+/;
const BROKEN: Refused = { status: 500, message: 'Something is wrong here; the server knows more.' };

function createErrorHandler(onTrouble: WebdavParts['onTrouble']): Options['errorHandler'] {
  return async (status, message, request, response, error) => {
    if (error instanceof ResourceNotModifiedError) {
      if (error.etag !== undefined) response.set('ETag', JSON.stringify(error.etag));
      response.status(status).end();
      return;
    }
    if (MALFORMED_XML.test(message)) return refuse(request, response, { status: 400, message: 'That is no XML.' });
    // That somebody hangs up is no trouble.
    if (status === 500 && !(response.destroyed && error?.cause === undefined))
      onTrouble(`${nameOf(request)}: ${wordsOf(error)}`);
    refuse(request, response, status === 500 ? BROKEN : { status, message });
  };
}

/** Errors of the tree have the store's own words behind them. */
function wordsOf(error: Error | undefined): string | undefined {
  if (!(error instanceof InternalServerError)) return error?.stack;
  const posix = error.cause as Error | undefined;
  return posix?.cause instanceof Error ? posix.cause.message : error.message;
}

function nameOf({ method, url }: IncomingMessage): string {
  return `${method} ${url}`;
}

/** Headers that the library may have set for an answer that does not come. */
const PREMATURE = [
  ...['Accept-Ranges', 'Content-Length', 'Content-Location', 'Content-Range', 'ETag', 'Last-Modified', 'Location'],
  ...['X-OC-Mtime'],
];

function refuse(request: IncomingMessage, response: ServerResponse, { status, message, headers = {} }: Refused): void {
  if (response.headersSent) {
    // Half an answer must not look like a whole one.
    request.socket.destroy();
    return;
  }
  for (const name of PREMATURE) response.removeHeader(name);
  // Of a body that is not read the rest would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  const text = Buffer.from(`${message}\n`);
  response.writeHead(status, {
    ...headers,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': text.length,
  });
  response.end(text);
}

/** Recordings may be anything, web pages, too: nobody guesses, runs or reads them from another site. */
function setSafeHeaders(response: ServerResponse): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; sandbox");
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): AppError {
  if (error.code === 'EADDRINUSE') {
    const hint = `Name another one: --listen ${host}:0 takes any that is free.`;
    return new AppError('http/port-taken', `Port ${port} of ${host} is taken.`, {
      kind: 'conflict',
      hint,
      cause: error,
    });
  }
  const message = `Nothing can listen at ${host}, port ${port}: ${error.code ?? error.message}.`;
  const hint = 'Name an address of this machine: --listen ADDRESS:PORT.';
  return new AppError('http/cannot-listen', message, { kind: 'unavailable', hint, cause: error });
}

function noPassword(host: string): AppError {
  return new AppError('store/no-password', `At ${host} everybody on the network could read and change the store.`, {
    kind: 'refused',
    hint: 'Name a file that holds a password: --password-file FILE.',
  });
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const name = ALL_ADDRESSES.includes(host) ? hostname() : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}/`;
}

async function ended(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  // A line whose answer is given stays open for the next question, which will not come.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const late = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
