/**
 * What the daemon does for the gate all day: works on the queue, watches inboxes, tells webhooks, keeps views, and looks
 * whether keepers are still there. All of it goes on until the signal, and rejects because of bugs alone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type FileTree, isSameWriting } from '#catalogue';
import type { Log } from '#cli';
import type { InboxSettings, Settings } from '#config';
import type { FileActs } from '#filing';
import {
  createView,
  deliver,
  type FolderWatcher,
  followEvents,
  type Gate,
  type GateStore,
  type ReadyFile,
  type RootFinder,
  type View,
  type Webhook,
  watchInbox,
} from '#gate';
import { AppError, type BytePath, type Clock, isUnder } from '#kernel';
import { createWriterProbe } from '../adapters/files/index.ts';
import { createFolderWatcher } from '../adapters/watch/index.ts';
import { createSendWebhook } from '../adapters/webhooks/index.ts';
import { realOr } from './gate-app.ts';

export interface GateKeeping {
  readonly settings: Settings;
  readonly gate: Gate;
  readonly store: GateStore;
  readonly tree: FileTree;
  readonly acts: FileActs;
  readonly finder: RootFinder;
  readonly webhooks: readonly Webhook[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Keepers that went without anybody being told. Chosen. */
const LOOK_AGAIN_MS = 15 * 60_000;

/** Each work, begun. */
export function keepGate(keeping: GateKeeping, signal: AbortSignal): readonly Promise<void>[] {
  const { settings, gate, log } = keeping;
  const keepers = lookForKeepers(keeping, signal);
  const watcher = createFolderWatcher();
  return [
    gate.work({ signal, onTrouble: (path, error) => log('warning', 'file.failed', { path, ...wordsOf(error) }) }),
    keepers.ended,
    tellLog(keeping, signal),
    tellWebhooks(keeping, signal),
    ...(settings.views.length > 0 ? [keepViews(keeping, signal)] : []),
    ...settings.inboxes.map((inbox) => watch(keeping, inbox, watcher, keepers.lookSoon, signal)),
  ];
}

function wordsOf(error: unknown): Record<string, string> {
  if (error instanceof AppError) return { code: error.code, reason: error.message };
  return { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Sleeps until the time or the signal. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {});
}

function lookForKeepers(
  { gate, log }: GateKeeping,
  signal: AbortSignal,
): { readonly ended: Promise<void>; readonly lookSoon: () => void } {
  let wake = new AbortController();
  const lookAgain = async (): Promise<void> => {
    while (!signal.aborted) {
      wake = new AbortController();
      try {
        const promoted = await gate.reconcile(signal);
        if (promoted > 0) log('info', 'gate.promoted', { files: promoted });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (!signal.aborted) log('warning', 'gate.not-reconciled', wordsOf(error));
      }
      await pause(LOOK_AGAIN_MS, AbortSignal.any([signal, wake.signal]));
    }
  };
  return { ended: lookAgain(), lookSoon: () => wake.abort() };
}

/** What was decided, as it is decided. */
async function tellLog({ gate, log }: GateKeeping, signal: AbortSignal): Promise<void> {
  for await (const { body } of gate.events(undefined, signal)) {
    if (body.type === 'file.judged') {
      const { path, verdict, of, placed, reasons } = body.verdict;
      log('info', 'file.judged', {
        path,
        verdict,
        ...(of && { of }),
        ...(placed && { placed }),
        why: reasons[0] ?? '',
      });
    } else if (body.type === 'file.renamed') log('info', 'file.renamed', { path: body.path, from: body.from });
    else if (body.type === 'file.promoted')
      log('info', 'file.promoted', { path: body.path, insteadOf: body.insteadOf });
    else log('warning', 'file.given-up', { path: body.path, code: body.code, reason: body.message });
  }
}

function tellWebhooks({ store, webhooks, clock, log }: GateKeeping, signal: AbortSignal): Promise<void> {
  const parts = { store, webhooks, send: createSendWebhook(), clock, sleep: pause, random: Math.random };
  return deliver(parts, {
    signal,
    onTrouble: ({ webhook, failure, retryAt, givenUp }) =>
      log(retryAt === null ? 'error' : 'warning', 'webhook.failed', {
        ...{ webhook, code: failure.code, reason: failure.message },
        ...(retryAt !== null && { retryAt: new Date(retryAt).toISOString() }),
        ...(givenUp > 0 && { givenUp }),
      }),
  });
}

/** Brings views up to date, then follows what happens. */
async function keepViews({ settings, store, acts, gate, log }: GateKeeping, signal: AbortSignal): Promise<void> {
  const views = settings.views.flatMap((view): View[] => {
    const inbox = settings.inboxes.find(({ name }) => name === view.inbox);
    return inbox ? [createView({ settings: view, inbox, store, acts })] : [];
  });
  const onTrouble = (error: AppError): void => log('warning', 'view.trouble', wordsOf(error));
  const last = await store.lastEvent();
  for (const view of views) {
    try {
      const report = await view.reconcile({ signal, onTrouble });
      log('info', 'view.reconciled', { view: view.name, ...figuresOf(report) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (!signal.aborted) onTrouble(error);
    }
  }
  await followEvents(views, gate.events(last, signal), { signal, onTrouble });
}

function figuresOf(report: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(report).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

async function watch(
  keeping: GateKeeping,
  inbox: InboxSettings,
  watcher: FolderWatcher,
  onGone: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { gate, store, tree, finder, clock, log } = keeping;
  const parts = {
    ...{ settings: inbox, tree, roots: finder, watcher, writers: createWriterProbe() },
    leaveOut: await othersWithin(keeping, inbox),
    isKnown: async (path: BytePath, stamp: ReadyFile['stamp']) => {
      const intake = await store.intakeAt(path);
      return intake !== undefined && isSameWriting(intake.stamp, stamp);
    },
    ...{ clock, sleep: pause },
  };
  return watchInbox(parts, {
    signal,
    onReady: async (files) => {
      const request = { files, lane: 'live', askedBy: `inbox ${inbox.name}`, inbox: inbox.name } as const;
      const { id } = await gate.enqueue(request);
      log('info', 'inbox.arrived', { inbox: inbox.name, files: files.length, job: id });
    },
    onGone: async () => onGone(),
    onTrouble: (error) => log('warning', 'inbox.trouble', { inbox: inbox.name, ...wordsOf(error) }),
  });
}

/** Folders in the inbox that are no part of it. */
async function othersWithin(
  { settings: { inboxes, views }, tree }: GateKeeping,
  inbox: InboxSettings,
): Promise<readonly BytePath[]> {
  const named = [
    ...inboxes.filter(({ name }) => name !== inbox.name).map(({ path }) => path),
    ...inboxes.flatMap(({ library }) => library ?? []),
    ...views.map(({ path }) => path),
  ];
  const [own, ...folders] = await Promise.all([inbox.path, ...named].map((path) => realOr(tree, path)));
  return folders.filter((folder) => folder !== own && isUnder(folder, own as BytePath));
}
