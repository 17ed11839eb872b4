/**
 * Watches an inbox. Changes that the system tells of only mark folders; what lies there is always found by listing them,
 * by bytes, and compared with what was seen and judged. So nothing depends on the watcher telling everything, once and in
 * order: the whole inbox is looked through at the start, every `pollSeconds` where it is polled, and every ten minutes where
 * it is watched. One file is handed over at least once for each of its stamps, and again only where handing it over failed
 * or the process died meanwhile.
 */
import type { FileTree, StampKey } from '#catalogue';
import { AppError, type BytePath, type Clock, displayPath, folderOf, isUnder, isUnderAny } from '#kernel';
import { arrivalsIn, isLeftOut } from './arrivals.ts';
import { type Looking, lookInto, lookThrough } from './look.ts';
import type { FolderWatch, FolderWatcher, InboxRoot, RootFinder, WriterProbe } from './ports.ts';
import { createReadiness, type Readiness, type ReadyFile } from './readiness.ts';
import { takeOver } from './take-over.ts';

/** What of an inbox's settings says where and how it is watched. */
export interface WatchedFolder {
  readonly name: string;
  readonly path: BytePath;
  readonly watch: 'auto' | 'poll';
  readonly pollSeconds: number;
  readonly stableSeconds: number;
  readonly exclude: readonly string[];
}

export interface InboxParts {
  readonly settings: WatchedFolder;
  /** Real paths of folders inside the inbox that are somebody else's: other inboxes, views, libraries. */
  readonly leaveOut?: readonly BytePath[];
  readonly tree: Pick<FileTree, 'walk' | 'stamp'>;
  readonly roots: RootFinder;
  readonly watcher: FolderWatcher;
  readonly writers: WriterProbe;
  /** Was the file judged as it is now, so that it need not be handed over? */
  readonly isKnown: (path: BytePath, stamp: StampKey) => Promise<boolean>;
  readonly clock: Clock;
  /** May reject when the signal fires. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface InboxRun {
  readonly signal: AbortSignal;
  /**
   * Takes files over, by time of writing, then by path; at most 500 at once. What it resolves for is not handed over again
   * unless it changes or the process starts anew; what it rejects for, with an `AppError`, is handed over again later.
   */
  readonly onReady: (files: readonly ReadyFile[]) => Promise<void>;
  /** Files that were ready before and have gone. Never told where the whole folder or its volume has gone. */
  readonly onGone?: (paths: readonly BytePath[]) => Promise<void>;
  /** Told once of what is wrong, for as long as it is: `inbox/away`, `inbox/unwatchable`, `files/…`. The watch goes on. */
  readonly onTrouble: (error: AppError) => void;
}

/** How soon after a change its folder is looked at: a copy makes many. Chosen. */
const SETTLE_MS = 100;

/** Looking takes at most one part in so many of the time, however much changes. Chosen. */
const REST_PER_LOOK = 4;

/** How often a watched inbox is looked through as a whole. Chosen. */
const SAFETY_MS = 10 * 60_000;

interface Inbox {
  readonly parts: InboxParts;
  readonly run: InboxRun;
  readonly readiness: Readiness;
  readonly tell: Teller;
  root: InboxRoot | undefined;
  /** Has it been said that the folder is not there? */
  isAway: boolean;
  watch: FolderWatch | undefined;
  /** Why it does not listen any more. */
  watchTrouble: AppError | undefined;
  watchAgainAt: number;
  /** What may have changed since it was looked at; `undefined`: anything may have changed. */
  changes: Set<BytePath> | undefined;
  lookThroughAt: number;
  lookMs: number;
  /** Ends the rest. */
  wake: () => void;
}

/** Watches until the signal; resolves then. Rejects only because of bugs. */
export async function watchInbox(parts: InboxParts, run: InboxRun): Promise<void> {
  const inbox = startInbox(parts, run);
  const wake = (): void => inbox.wake();
  run.signal.addEventListener('abort', wake);
  try {
    while (!run.signal.aborted) {
      await turn(inbox);
      await rest(inbox);
    }
  } catch (error) {
    if (!run.signal.aborted || !(error instanceof AppError)) throw error;
  } finally {
    run.signal.removeEventListener('abort', wake);
    stopListening(inbox);
  }
}

function startInbox(parts: InboxParts, run: InboxRun): Inbox {
  return {
    parts,
    run,
    readiness: createReadiness({ stableMs: parts.settings.stableSeconds * 1_000, clock: parts.clock }),
    tell: createTeller(run.onTrouble),
    root: undefined,
    isAway: false,
    watch: undefined,
    watchTrouble: undefined,
    watchAgainAt: Number.NEGATIVE_INFINITY,
    changes: undefined,
    lookThroughAt: Number.NEGATIVE_INFINITY,
    lookMs: 0,
    wake: () => {},
  };
}

/** One turn: is the folder there? What lies in it? What of it is ready, what has gone? */
async function turn(inbox: Inbox): Promise<void> {
  const root = findRoot(inbox);
  if (root === undefined) {
    leave(inbox);
    return;
  }
  const isOther = inbox.root !== undefined && inbox.root.key !== root.key;
  if (root.key !== inbox.root?.key || root.path !== inbox.root.path || inbox.isAway) enter(inbox, root, isOther);
  if (inbox.watchTrouble) giveUpListening(inbox, inbox.watchTrouble);
  startListening(inbox, root);
  await look(inbox, root);
  tellWhetherThere(inbox, root, isOther);
  await takeOver({ ...inbox.parts, ...inbox.run, readiness: inbox.readiness, onTrouble: inbox.tell.tell });
  await tellGone(inbox, root);
}

function findRoot({ parts, tell }: Inbox): InboxRoot | undefined {
  try {
    return parts.roots.rootAt(parts.settings.path);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    tell.tell(error);
    return undefined;
  }
}

/** The folder is not there: what was known of it stays known, and it is looked for again. */
function leave(inbox: Inbox): void {
  const { path, pollSeconds } = inbox.parts.settings;
  stopListening(inbox);
  if (!inbox.isAway) inbox.run.onTrouble(away(inbox, `${displayPath(path)} is not there`));
  inbox.isAway = true;
  inbox.lookThroughAt = inbox.parts.clock.now() + pollSeconds * 1_000;
}

function away({ parts }: Inbox, why: string): AppError {
  const { name, pollSeconds } = parts.settings;
  return new AppError('inbox/away', `The inbox ${name} cannot be watched: ${why}.`, {
    kind: 'missing',
    hint: `Check whether its disk is connected. It is looked for every ${pollSeconds} s; nothing in it counts as removed.`,
  });
}

/** The folder is there for the first time or again, or another one lies in its place. */
function enter(inbox: Inbox, root: InboxRoot, isOther: boolean): void {
  stopListening(inbox);
  if (isOther) inbox.readiness.forget();
  inbox.root = root;
  inbox.watchAgainAt = Number.NEGATIVE_INFINITY;
  inbox.changes = undefined;
}

/** A mount point without its volume is an empty folder. */
function tellWhetherThere(inbox: Inbox, root: InboxRoot, isOther: boolean): void {
  const isEmpty = !inbox.readiness.hasAnything(root.path);
  if (isOther && isEmpty && !inbox.isAway) {
    inbox.run.onTrouble(away(inbox, `${displayPath(root.path)} is empty and not the folder that it was`));
  }
  inbox.isAway = false;
}

/** From here on each folder is listened to when it is looked at, for the first time with all of them. */
function startListening(inbox: Inbox, root: InboxRoot): void {
  const { settings, watcher, clock } = inbox.parts;
  if (settings.watch === 'poll' || root.isRemote || inbox.watch || clock.now() < inbox.watchAgainAt) return;
  inbox.watch = watcher.watch({
    onChange: (path) => {
      inbox.changes?.add(path);
      inbox.wake();
    },
    onOverflow: () => {
      inbox.changes = undefined;
      inbox.wake();
    },
    onTrouble: (error) => markDeaf(inbox, error),
  });
  inbox.changes = undefined;
}

function listenTo(inbox: Inbox, folder: BytePath): void {
  if (inbox.watchTrouble) return;
  try {
    inbox.watch?.listen(folder);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    markDeaf(inbox, error);
  }
}

function markDeaf(inbox: Inbox, trouble: AppError): void {
  inbox.watchTrouble = trouble;
  inbox.wake();
}

/** It is polled from now on; whether it can be watched is tried again. */
function giveUpListening(inbox: Inbox, error: AppError): void {
  stopListening(inbox);
  inbox.tell.tell(error);
  inbox.watchAgainAt = inbox.parts.clock.now() + SAFETY_MS;
  inbox.changes = undefined;
}

function stopListening(inbox: Inbox): void {
  inbox.watch?.[Symbol.dispose]();
  inbox.watch = undefined;
  inbox.watchTrouble = undefined;
}

/** Looks at what is marked, or at everything when it is time to. */
async function look(inbox: Inbox, root: InboxRoot): Promise<void> {
  const { clock, settings } = inbox.parts;
  const { changes } = inbox;
  const startedAt = clock.now();
  if (changes !== undefined && startedAt < inbox.lookThroughAt) {
    inbox.changes = new Set();
    if (changes.size > 0) await lookAtChanges(inbox, root, changes);
  } else {
    inbox.changes = new Set();
    inbox.tell.startAnew();
    await lookThrough(lookingAt(inbox, root), root.path);
    inbox.lookThroughAt = clock.now() + (inbox.watch ? SAFETY_MS : settings.pollSeconds * 1_000);
  }
  inbox.lookMs = clock.now() - startedAt;
}

function lookingAt(inbox: Inbox, root: InboxRoot): Looking {
  const { parts, run, readiness, tell } = inbox;
  return {
    tree: parts.tree,
    arrivals: arrivalsIn(root.path, parts.settings.exclude, parts.leaveOut ?? []),
    readiness,
    listen: (folder) => listenTo(inbox, folder),
    leave: (folder) => inbox.watch?.leave(folder),
    signal: run.signal,
    onTrouble: tell.tell,
  };
}

async function lookAtChanges(inbox: Inbox, root: InboxRoot, changes: ReadonlySet<BytePath>): Promise<void> {
  const looking = lookingAt(inbox, root);
  const { folders, trees } = placesOf(inbox, root, looking, changes);
  for (const tree of trees) await lookThrough(looking, tree);
  for (const folder of folders) if (!isUnderAny(folder, trees)) await lookInto(looking, folder);
}

/** The folders in which something changed; and those that changed themselves, so that others may lie in their places. */
function placesOf(
  { readiness }: Inbox,
  root: InboxRoot,
  { arrivals }: Looking,
  changes: ReadonlySet<BytePath>,
): { readonly folders: readonly BytePath[]; readonly trees: readonly BytePath[] } {
  const [folders, trees] = [new Set<BytePath>(), new Set<BytePath>()];
  for (const path of changes) {
    if (!isUnder(path, root.path) || isLeftOut(path, root.path, arrivals)) continue;
    if (readiness.hasFolder(path)) trees.add(path);
    if (path === root.path) continue;
    let folder = folderOf(path);
    while (folder !== root.path && !readiness.hasFolder(folder)) folder = folderOf(folder);
    folders.add(folder);
  }
  return { folders: [...folders].sort(), trees: [...trees].sort() };
}

/** Everything goes at once where a volume does, so the root is asked about again after the look that missed them. */
async function tellGone(inbox: Inbox, seen: InboxRoot): Promise<void> {
  if (findRoot(inbox)?.key !== seen.key) return;
  const gone = inbox.readiness.takeGone();
  if (gone.length === 0 || inbox.run.signal.aborted) return;
  try {
    await inbox.run.onGone?.(gone);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    inbox.tell.tell(error);
  }
}

/** Until something changes, a file may have become ready, or it is time to look again. */
async function rest(inbox: Inbox): Promise<void> {
  const { clock, settings, sleep } = inbox.parts;
  const { signal } = inbox.run;
  if (!isCalled(inbox)) {
    const pollAt = clock.now() + settings.pollSeconds * 1_000;
    const readyAt = inbox.isAway ? undefined : inbox.readiness.nextAt();
    const dueAt = Math.min(inbox.lookThroughAt, pollAt, readyAt ?? pollAt);
    const alarm = new AbortController();
    inbox.wake = () => alarm.abort();
    await slept(sleep(Math.max(0, dueAt - clock.now()), alarm.signal), alarm.signal);
    inbox.wake = () => {};
  }
  if (isCalled(inbox) && !signal.aborted) {
    await slept(sleep(Math.max(SETTLE_MS, REST_PER_LOOK * inbox.lookMs), signal), signal);
  }
}

function isCalled({ run, changes, watch, watchTrouble }: Inbox): boolean {
  return run.signal.aborted || watchTrouble !== undefined || (watch !== undefined && changes?.size !== 0);
}

/** A sleep that ends early is none the worse for it. */
async function slept(sleep: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await sleep;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

interface Teller {
  readonly tell: (error: AppError) => void;
  /** From now on what is not met again will be news when it is met later. */
  readonly startAnew: () => void;
}

/** Tells of each trouble once for as long as it lasts. */
function createTeller(onTrouble: (error: AppError) => void): Teller {
  let before = new Set<string>();
  let told = new Set<string>();
  return {
    tell: (error) => {
      const key = `${error.code} ${error.message}`;
      if (!before.has(key) && !told.has(key)) onTrouble(error);
      told.add(key);
    },
    startAnew: () => {
      before = told;
      told = new Set();
    },
  };
}
