/**
 * The daemon: one process that has the catalogue, works for all commands, and keeps the gate. It stops in good order:
 * takes nothing new, lets what is in hand end or stops it, then closes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Daemon, DaemonOptions } from '#cli';
import type { ResolvedSettings } from '#config';
import type { HttpServer } from '#http';
import { systemClock } from '#kernel';
import { assertNoDaemon, serveObject } from '../adapters/daemon/index.ts';
import { describeDecoders } from '../adapters/decoder/index.ts';
import { createRootFinder } from '../adapters/files/index.ts';
import { isEmptyFolder } from '../adapters/machine/index.ts';
import { createDaemonApp, createDaemonTurns } from './daemon-app.ts';
import { ensureDataFolder } from './data-folder.ts';
import { keepGate } from './keep-gate.ts';
import { createReadiness } from './readiness.ts';
import { serveGate } from './serve-gate.ts';
import { createSweepApp } from './sweep-app.ts';
import { VERSION } from './version.ts';
import { webhooksWithSecrets } from './webhook-secrets.ts';
import { openSharedLibrary } from './wire.ts';

/** What is in hand may take so long to end. Chosen: systemd waits for 90 by itself. */
const GRACE_MS = 20_000;

/** Takes the catalogue and listens. @throws AppError `daemon/running`, `catalogue/…`, `http/…`, `webhooks/no-secret` */
export async function createDaemon(
  resolved: ResolvedSettings,
  { log, environment, isOnNetwork }: DaemonOptions,
): Promise<Daemon> {
  const { settings } = resolved;
  ensureDataFolder(settings);
  await assertNoDaemon(settings.data);
  const webhooks = await webhooksWithSecrets(settings.webhooks, environment);
  await using opened = new AsyncDisposableStack();
  const turns = createDaemonTurns();
  const library = opened.use(await openSharedLibrary(resolved, 'reprise serve', turns.filing));
  const { gate, gateStore, tree, acts, catalogue } = library;
  const sounds = { ...library.sounds, [Symbol.asyncDispose]: async () => {} };
  const sweep = opened.use(createSweepApp(resolved, async () => sounds));
  const finder = createRootFinder();
  const decoder = async (): Promise<string | null> => (await describeDecoders()).inUse;
  const ready = createReadiness({ settings, store: catalogue, finder, isEmpty: isEmptyFolder, decoder });
  const http = isOnNetwork ? await serveGate(settings, { gate, ready, log }) : undefined;
  opened.defer(async () => http?.close());
  const app = createDaemonApp(resolved, library.app, sweep, turns);
  const socket = opened.use(await serveObject(settings.data, app, { version: VERSION }));
  const parts = opened.move();
  return {
    places: [...(http ? [addressOf(http)] : []), socket.path],
    async run(signal) {
      const end = new AbortController();
      const keeping = { settings, gate, store: gateStore, tree, acts, finder, webhooks, clock: systemClock, log };
      const { works, failure } = watched(keepGate(keeping, end.signal), () => end.abort());
      await aborted(AbortSignal.any([signal, end.signal]));
      end.abort();
      log('info', 'daemon.stopping');
      const isClean = await withinGrace(Promise.all([http?.close(), socket.stop(), ...works]));
      if (!isClean) log('warning', 'daemon.gave-up', { seconds: GRACE_MS / 1000 });
      const [bug] = failure;
      if (bug !== undefined) throw bug;
      return isClean;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function addressOf({ host, port }: HttpServer): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The works, which reject no more: a bug in one of them ends the others, and is kept. */
function watched(
  works: readonly Promise<void>[],
  onFailure: () => void,
): { readonly works: readonly Promise<void>[]; readonly failure: readonly unknown[] } {
  const failure: unknown[] = [];
  const caught = works.map((work) =>
    work.catch((error: unknown) => {
      failure.push(error);
      onFailure();
    }),
  );
  return { works: caught, failure };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Did it end in time? */
async function withinGrace(work: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const tooLate = sleep(GRACE_MS, false, { signal: over.signal }).catch(() => false);
  const inTime = await Promise.race([work.then(() => true), tooLate]);
  over.abort();
  return inTime;
}
