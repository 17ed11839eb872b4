/** Stores served over WebDAV: in this process, or by one of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BytePath } from '#kernel';
import { createStoreApp } from '../../src/main/store-app.ts';
import { PRODUCT } from './product.ts';

const app = createStoreApp();

export interface WebdavPlace extends Disposable {
  /** Goes with all that lies in it. */
  readonly home: string;
  readonly store: BytePath;
}

/** A new store in a folder of its own. */
export async function makeWebdavPlace(): Promise<WebdavPlace> {
  const home = mkdtempSync(path.join(tmpdir(), 'reprise-webdav-'));
  const store = path.join(home, 'store') as BytePath;
  await app.init(store, 'small');
  return { home, store, [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }) };
}

export interface WebdavHere {
  readonly url: string;
  /** What a person would have been told. */
  readonly troubles: readonly string[];
  /** Ends it, as Ctrl-C does. */
  stop(): Promise<void>;
}

export async function serveHere(
  store: BytePath,
  { host = '127.0.0.1', password }: { readonly host?: string; readonly password?: string } = {},
): Promise<WebdavHere> {
  const ending = new AbortController();
  const ready = Promise.withResolvers<string>();
  const troubles: string[] = [];
  const served = app.serveWebdav(store, {
    ...{ host, port: 0, password, signal: ending.signal, onReady: ready.resolve },
    onTrouble: (message) => void troubles.push(message),
  });
  const url = await Promise.race([ready.promise, served.then(() => Promise.reject(new Error('It ended.')))]);
  return {
    ...{ url, troubles },
    stop: async () => {
      ending.abort();
      await served;
    },
  };
}

export interface WebdavProcess {
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  stderr(): string;
}

/** The product as a process. */
export async function serveApart({ home, store }: WebdavPlace, ...options: string[]): Promise<WebdavProcess> {
  const args = ['store', 'serve-webdav', store, '--listen', '127.0.0.1:0', '--json', ...options];
  const child = spawn(process.execPath, [...PRODUCT, ...args, '--data', path.join(home, 'data')], {
    env: { HOME: home, PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stderr?.on('data', (piece) => {
    err += piece;
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  const ready = Promise.withResolvers<string>();
  child.stdout?.on('data', (piece) => {
    out += piece;
    const [url] = /http:[^"]+/.exec(out) ?? [];
    if (url !== undefined) ready.resolve(url);
  });
  void ended.then(() => ready.reject(new Error(`It ended: ${err}`)));
  return { url: await ready.promise, child, ended, stderr: () => err };
}
