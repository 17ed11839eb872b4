/**
 * When is a file in an inbox complete? A state machine that is fed with listings of folders and knows nothing but them and
 * the time. A file is steady when its stamp has not changed for a while; at once, when it was renamed from the name of an
 * unfinished file without being written any more; and it counts as unchanged since its time of writing when it is first
 * seen. Somebody else says whether it is open for writing ({@link Readiness.postpone}) and takes it over
 * ({@link Readiness.settle}); then it is left alone until its stamp changes.
 * Memory: one entry a file. No look at a folder costs more than its files.
 */
import { type StampKey, stampOfKey } from '#catalogue';
import { type BytePath, baseName, type Clock, folderOf, isUnder, joinPath } from '#kernel';

/** A file as a listing shows it. */
export interface ListedFile {
  readonly name: BytePath;
  readonly stamp: StampKey;
  /** Does its name or folder say that it is not finished? */
  readonly isUnfinished: boolean;
}

/** What lies directly in a folder. */
export interface FolderListing {
  readonly folder: BytePath;
  /** The number of the one that it lies on. What goes together with its device is not gone. */
  readonly device: string;
  readonly files: readonly ListedFile[];
  /** Names that could not be looked at: nothing new is known of them. */
  readonly unseen: ReadonlySet<BytePath>;
}

/** A file that is complete, as far as can be told. */
export interface ReadyFile {
  readonly path: BytePath;
  readonly stamp: StampKey;
}

export interface Readiness {
  /** A folder was listed. */
  look(listing: FolderListing): void;
  /** The folder is not there any more, nor is anything below it. */
  lose(folder: BytePath): void;
  /** One file was looked at again; `undefined`: it is not there. */
  lookAgain(path: BytePath, stamp: StampKey | undefined): void;
  /** Forgets everything, as if nothing had been seen; nothing of it is gone. */
  forget(): void;
  /** Folders that were seen and are still there, at or below this one. */
  foldersUnder(folder: BytePath): BytePath[];
  hasFolder(folder: BytePath): boolean;
  /** Was any file or folder seen below the root that is still there? */
  hasAnything(root: BytePath): boolean;
  /** Files that have been steady for long enough, by time of writing, then by path. The same until they are settled. */
  steady(): ReadyFile[];
  /** The file is steady and cannot be taken over now: nothing is said of it for so long. */
  postpone(path: BytePath, milliseconds: number): void;
  /** The file was taken over as it was then. */
  settle(file: ReadyFile): void;
  /** Settled files that have been away for long enough, and were not renamed within the inbox as far as it knows. Each once. */
  takeGone(): BytePath[];
  /** When {@link steady} or {@link takeGone} will next have something new; `undefined` where nothing waits. */
  nextAt(): number | undefined;
}

/** A rename that is told in two parts must not look like a loss. Chosen. */
const LEAST_GONE_MS = 2_000;

/** How long a writing is known again under another name. Older ones count as unchanged by their own time. Chosen. */
const TRACE_MS = 10 * 60_000;

/** Of what was renamed from an unfinished name: as if it had been unchanged for ever. */
const FOR_EVER = 0;

interface Waiting {
  readonly stamp: StampKey;
  /** Unchanged since. */
  readonly since: number;
  /** Not said to be steady before. */
  readonly notBefore: number;
}

interface Trace {
  readonly seenAt: number;
  /** What another name of it counts as unchanged since. */
  readonly since: number;
}

interface SeenFile {
  readonly stamp: StampKey;
  readonly isUnfinished: boolean;
}

interface Folder {
  readonly device: string;
  readonly files: Map<BytePath, SeenFile>;
}

interface Gone {
  readonly stamp: StampKey;
  readonly at: number;
}

interface State {
  readonly clock: Clock;
  readonly stableMs: number;
  readonly folders: Map<BytePath, Folder>;
  /** Files that have not been taken over as they are. */
  readonly waiting: Map<BytePath, Waiting>;
  readonly traces: Map<string, Trace>;
  readonly gone: Map<BytePath, Gone>;
}

export function createReadiness({ stableMs, clock }: { readonly stableMs: number; readonly clock: Clock }): Readiness {
  const [folders, waiting, traces, gone] = [new Map(), new Map(), new Map(), new Map()];
  const state: State = { clock, stableMs, folders, waiting, traces, gone };
  return {
    look: (listing) => look(state, listing),
    lose: (folder) => lose(state, folder),
    lookAgain: (path, stamp) => lookAgain(state, path, stamp),
    forget: () => {
      for (const memory of [folders, waiting, traces, gone]) memory.clear();
    },
    foldersUnder: (folder) => foldersUnder(state, folder),
    hasFolder: (folder) => state.folders.has(folder),
    hasAnything: (root) => state.folders.size > 1 || (state.folders.get(root)?.files.size ?? 0) > 0,
    steady: () => steady(state),
    postpone: (path, milliseconds) => {
      const file = state.waiting.get(path);
      if (file) state.waiting.set(path, { ...file, notBefore: clock.now() + milliseconds });
    },
    settle: ({ path, stamp }) => {
      if (state.waiting.get(path)?.stamp === stamp) state.waiting.delete(path);
    },
    takeGone: () => takeGone(state),
    nextAt: () => nextAt(state),
  };
}

function look(state: State, { folder: path, device, files: listed, unseen }: FolderListing): void {
  const before = state.folders.get(path);
  const files = new Map(listed.map(({ name, stamp, isUnfinished }) => [name, { stamp, isUnfinished }]));
  state.folders.set(path, { device, files });
  for (const file of listed) see(state, joinPath(path, file.name), file, before?.files.get(file.name));
  for (const [name, file] of before?.files ?? []) {
    if (files.has(name)) continue;
    if (unseen.has(name)) files.set(name, file);
    else miss(state, joinPath(path, name), file, before?.device === device);
  }
}

function see(state: State, path: BytePath, file: SeenFile, before: SeenFile | undefined): void {
  state.gone.delete(path);
  if (file.isUnfinished) remember(state, file.stamp, FOR_EVER);
  else if (before?.stamp !== file.stamp) {
    const since = unchangedSince(state, file.stamp, before === undefined);
    state.waiting.set(path, { stamp: file.stamp, since, notBefore: since });
    if (state.clock.now() - writtenAt(file.stamp) < state.stableMs) remember(state, file.stamp, since);
  }
}

function unchangedSince({ traces, clock }: State, stamp: StampKey, isFirstSeen: boolean): number {
  const trace = traces.get(writingOf(stamp))?.since;
  if (trace === FOR_EVER) return FOR_EVER;
  return isFirstSeen ? (trace ?? Math.min(clock.now(), writtenAt(stamp))) : clock.now();
}

/** What was written long ago needs no trace: it counts as unchanged for as long, whatever it is called. */
function remember({ traces, clock }: State, stamp: StampKey, since: number): void {
  traces.set(writingOf(stamp), { seenAt: clock.now(), since });
}

function dropOldTraces({ traces, clock }: State): void {
  for (const [writing, { seenAt }] of traces) if (clock.now() - seenAt > TRACE_MS) traces.delete(writing);
}

/** A file that was there is not: it is gone only where it had been taken over and its volume is still there. */
function miss({ waiting, gone, clock }: State, path: BytePath, file: SeenFile, isSameVolume: boolean): void {
  const wasWaiting = waiting.delete(path);
  if (!wasWaiting && !file.isUnfinished && isSameVolume) gone.set(path, { stamp: file.stamp, at: clock.now() });
}

function lose(state: State, lost: BytePath): void {
  for (const path of foldersUnder(state, lost)) {
    for (const [name, file] of state.folders.get(path)?.files ?? []) miss(state, joinPath(path, name), file, true);
    state.folders.delete(path);
  }
}

function foldersUnder({ folders }: State, above: BytePath): BytePath[] {
  return [...folders.keys()].filter((folder) => isUnder(folder, above));
}

function lookAgain(state: State, path: BytePath, stamp: StampKey | undefined): void {
  const files = state.folders.get(folderOf(path))?.files;
  const before = files?.get(baseName(path));
  if (files === undefined || before === undefined) return;
  if (stamp === undefined) {
    files.delete(baseName(path));
    miss(state, path, before, true);
  } else {
    const file = { stamp, isUnfinished: before.isUnfinished };
    files.set(baseName(path), file);
    see(state, path, file, before);
  }
}

function steady(state: State): ReadyFile[] {
  dropOldTraces(state);
  const now = state.clock.now();
  return [...state.waiting]
    .filter(([, file]) => steadyAt(state, file) <= now)
    .map(([path, { stamp }]) => ({ path, stamp, writtenNs: stampOfKey(stamp).mtimeNs }))
    .sort((a, b) => (a.writtenNs === b.writtenNs ? (a.path < b.path ? -1 : 1) : a.writtenNs < b.writtenNs ? -1 : 1))
    .map(({ path, stamp }) => ({ path, stamp }));
}

function steadyAt({ stableMs }: State, { since, notBefore }: Waiting): number {
  return Math.max(since + stableMs, notBefore);
}

function takeGone(state: State): BytePath[] {
  if (state.gone.size === 0) return [];
  const now = state.clock.now();
  const arriving = new Set([...state.waiting.values()].map(({ stamp }) => writingOf(stamp)));
  const taken: BytePath[] = [];
  for (const [path, { stamp, at }] of state.gone) {
    if (at + goneAfterMs(state) > now || arriving.has(writingOf(stamp))) continue;
    state.gone.delete(path);
    taken.push(path);
  }
  return taken.sort();
}

function goneAfterMs({ stableMs }: State): number {
  return Math.max(stableMs, LEAST_GONE_MS);
}

function nextAt(state: State): number | undefined {
  const now = state.clock.now();
  let next = Number.POSITIVE_INFINITY;
  for (const file of state.waiting.values()) next = Math.min(next, steadyAt(state, file));
  for (const { at } of state.gone.values()) {
    // One that is due already waits for a file that arrives.
    if (at + goneAfterMs(state) > now) next = Math.min(next, at + goneAfterMs(state));
  }
  return Number.isFinite(next) ? next : undefined;
}

/** Inode, size and time of writing: what a rename leaves alone. */
function writingOf(stamp: StampKey): string {
  const { inode, sizeBytes, mtimeNs } = stampOfKey(stamp);
  return `${inode}:${sizeBytes}:${mtimeNs}`;
}

/** Milliseconds since 1970. */
function writtenAt(stamp: StampKey): number {
  return Number(stampOfKey(stamp).mtimeNs / 1_000_000n);
}
