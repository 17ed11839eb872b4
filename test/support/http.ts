/** The daemon's routes on a loopback socket, before a gate, with real tokens and real files. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tokens } from '#cli';
import type { Scope } from '#config';
import {
  createHttpApp,
  createHttpMetrics,
  type HttpApp,
  type HttpParts,
  type HttpServer,
  serveHttp,
  USUAL_LIMITS,
} from '#http';
import { type BytePath, systemClock } from '#kernel';
import { createPathGuard } from '../../src/adapters/files/index.ts';
import { openTokens } from '../../src/adapters/tokens/index.ts';
import { type ScriptedGate, scriptedGate } from './scripted-gate.ts';

export interface House extends AsyncDisposable {
  readonly app: HttpApp;
  readonly server: HttpServer;
  /** A folder in which paths may lie, with `inbox` in it. */
  readonly root: string;
  /** A folder in which they may not, beside it. */
  readonly outside: string;
  readonly url: string;
  readonly gate: ScriptedGate;
  readonly tokens: Tokens;
  /** Secrets by name: one token a scope, with the scope as its name. */
  readonly secrets: Readonly<Record<Scope, string>>;
  /** Every line that was logged, as JSON. */
  readonly log: string[];
  ask(path: string, init?: Asked): Promise<Response>;
}

export interface Asked extends RequestInit {
  /** The scope whose token is shown; `null`: none. `admin` where it is not said. */
  readonly as?: Scope | null;
  readonly json?: unknown;
}

const SCOPES: readonly Scope[] = ['check', 'import', 'jobs', 'events', 'hooks', 'metrics', 'admin'];

export interface Folders {
  readonly root: BytePath;
  readonly outside: BytePath;
  /** For what is kept beside the music. */
  readonly data: BytePath;
}

export interface HouseOptions {
  readonly gate?: ScriptedGate;
  readonly parts?: (folders: Folders) => Partial<HttpParts> | Promise<Partial<HttpParts>>;
  readonly bodySeconds?: number;
}

export async function openHouse({ gate = scriptedGate(), parts, bodySeconds = 30 }: HouseOptions = {}): Promise<House> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-http-')));
  const [root, outside] = [join(base, 'music'), join(base, 'outside')];
  for (const folder of [join(root, 'inbox'), outside]) mkdirSync(folder, { recursive: true });
  const tokens = openTokens(join(base, 'tokens.json') as BytePath, systemClock);
  const secrets = {} as Record<Scope, string>;
  for (const scope of SCOPES) secrets[scope] = await tokens.add(scope, [scope]);
  const log: string[] = [];
  const app = createHttpApp({
    gate,
    tokens,
    roots: [root as BytePath],
    files: createPathGuard(),
    clock: systemClock,
    log: (level, event, fields) => void log.push(JSON.stringify({ level, event, ...fields })),
    metrics: createHttpMetrics(),
    limits: USUAL_LIMITS,
    ready: async () => [{ name: 'catalogue', isReady: true }],
    version: '1.2.3',
    ...(await parts?.({ root: root as BytePath, outside: outside as BytePath, data: base as BytePath })),
  });
  const server = await serveHttp(app, { host: '127.0.0.1', port: 0, bodySeconds, graceSeconds: 5 });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    ...{ app, server, root, outside, url, gate, tokens, secrets, log },
    ask: (path, { as = 'admin', json, headers, ...init } = {}) =>
      fetch(url + path, {
        ...(json !== undefined && { method: 'POST', body: JSON.stringify(json) }),
        ...init,
        headers: {
          ...(json !== undefined && { 'Content-Type': 'application/json' }),
          ...(as !== null && { Authorization: `Bearer ${secrets[as]}` }),
          ...(headers as Record<string, string>),
        },
      }),
    async [Symbol.asyncDispose]() {
      await server.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}
