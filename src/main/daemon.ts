/**
 * The daemon: one process that has the catalogue, works for all commands, and keeps the gate. It stops in good order:
 * takes nothing new, lets what is in hand end or stops it, then closes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Daemon, DaemonOptions } from '#cli';
import type { ResolvedSettings } from '#config';
import { assertNoDaemon, serveObject } from '../adapters/daemon/index.ts';
import { createDaemonApp, createDaemonTurns } from './daemon-app.ts';
import { ensureDataFolder } from './data-folder.ts';
import { createSweepApp } from './sweep-app.ts';
import { VERSION } from './version.ts';
import { openSharedLibrary } from './wire.ts';

/** What is in hand may take so long to end. Chosen: systemd waits for 90. */
const GRACE_MS = 20_000;

/** Takes the catalogue and listens. @throws AppError `daemon/running`, `catalogue/…` */
export async function createDaemon(resolved: ResolvedSettings, { log }: DaemonOptions): Promise<Daemon> {
  const { data } = resolved.settings;
  ensureDataFolder({ data });
  await assertNoDaemon(data);
  await using opened = new AsyncDisposableStack();
  const library = opened.use(await openSharedLibrary(resolved, 'reprise serve'));
  const sounds = { ...library.sounds, [Symbol.asyncDispose]: async () => {} };
  const sweep = opened.use(createSweepApp(resolved, async () => sounds));
  const app = createDaemonApp(resolved, library.app, sweep, createDaemonTurns());
  const socket = opened.use(await serveObject(data, app, { version: VERSION }));
  const parts = opened.move();
  return {
    places: [socket.path],
    async run(signal) {
      await aborted(signal);
      log('info', 'daemon.stopping');
      const isClean = await withinGrace(socket.stop());
      if (!isClean) log('warning', 'daemon.gave-up', { seconds: GRACE_MS / 1000 });
      return isClean;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
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
