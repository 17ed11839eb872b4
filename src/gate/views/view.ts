/**
 * A view: a folder that shows what is new or unknown of an inbox, and nothing else, for a streaming server to read. It mirrors
 * the folders of the inbox by links or copies. Whatever else lies in it belongs to somebody else and is never touched.
 * @see docs/design/views-and-webhooks.md
 */
import { AppError, type BytePath, displayPath, folderOf } from '#kernel';
import type { ShownFile, ViewEntry, ViewStore } from '../ports.ts';
import { isContent, statusOf } from './changes.ts';
import { foldersAbove } from './layout.ts';
import { makeLinks, replaceByLinks } from './make-entries.ts';
import { loadOwnEntries, type OwnEntries, type ViewActs } from './own-entries.ts';
import { bringUpToDate, preview, put, type ViewChange, type ViewReport } from './reconcile.ts';
import { removeEntries, removeFolders } from './remove-entries.ts';
import { taken, type ViewedInbox, type ViewPlace, type ViewRun } from './run.ts';
import { entryPathOf, wantedOf } from './wanted.ts';

export interface ViewParts {
  readonly settings: ViewPlace;
  /** The inbox that the settings name. */
  readonly inbox: ViewedInbox;
  readonly store: ViewStore;
  readonly acts: ViewActs;
}

export interface ViewOptions {
  readonly signal: AbortSignal;
  /** Told of each entry that could not be made or removed, and of what safety holds back. The rest goes on. */
  readonly onTrouble: (error: AppError) => void;
}

export interface ReconcileOptions extends ViewOptions {
  /** Changes nothing. */
  readonly dryRun?: boolean;
  /** Told of what a dry run would change. */
  readonly onChange?: (change: ViewChange) => void;
}

/** One at a time works on a view, in the order in which they were asked. */
export interface View {
  readonly name: string;
  /** Of the inbox that it shows. */
  readonly inbox: string;
  /** Shows a file that was admitted or passed through, as it lies now. @throws AppError `views/folder-missing`, `files/disk-full`, `run/cancelled` */
  show(file: ShownFile, options: ViewOptions): Promise<void>;
  /** Shows a file no more. @param file where it arrived, or where it lies @throws as {@link show} */
  hide(file: BytePath, options: ViewOptions): Promise<void>;
  /**
   * Makes the view what it ought to be: what is missing is made, what the view made and is no longer right goes. Can be
   * killed and run again. @throws as {@link show}
   */
  reconcile(options: ReconcileOptions): Promise<ViewReport>;
}

export function createView(parts: ViewParts): View {
  const { settings, inbox, store } = parts;
  const inTurn = createTurns();
  let loading: Promise<OwnEntries> | undefined;
  const open = async (options: ViewOptions & { readonly dryRun?: boolean }): Promise<ViewRun> => {
    loading ??= loadOwnEntries(settings.name, store);
    return openRun(parts, await loading, options);
  };
  return {
    ...{ name: settings.name, inbox: inbox.name },
    show: (file, options) => inTurn(async () => showOne(await open(options), file)),
    hide: (file, options) => inTurn(async () => hideOne(await open(options), file)),
    reconcile: ({ dryRun = false, onChange = () => undefined, ...options }) =>
      inTurn(async () => {
        const run = await open({ ...options, dryRun });
        return dryRun ? await preview(run, onChange) : await bringUpToDate(run);
      }),
  };
}

/** Runs each piece of work after the one before has ended, however it did. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}

function openRun(
  parts: ViewParts,
  own: OwnEntries,
  { signal, onTrouble, dryRun = false }: ViewOptions & { readonly dryRun?: boolean },
): ViewRun {
  const { settings, inbox, acts } = parts;
  const root = openRoot(settings, acts, own, dryRun);
  const inboxes = [inbox.path, ...realPaths(acts, inbox.path)];
  return { ...parts, own, root, layout: { inboxes, folderPerFile: settings.folderPerFile }, signal, onTrouble };
}

/** The view's folder, made where the view never had one. */
function openRoot({ name, path }: ViewPlace, acts: ViewActs, own: OwnEntries, dryRun: boolean): BytePath {
  if (acts.state(path) === undefined) {
    if (own.all().some((entry) => isContent(entry) && entry.path.startsWith(`${path}/`)))
      throw folderMissing(name, path);
    if (dryRun) return path;
    makeAll(acts, path);
  }
  return acts.realPath(path);
}

function makeAll(acts: ViewActs, folder: BytePath): void {
  if (acts.state(folder) !== undefined) return;
  makeAll(acts, folderOf(folder));
  acts.makeFolder(folder);
}

function realPaths(acts: ViewActs, folder: BytePath): readonly BytePath[] {
  try {
    return [acts.realPath(folder)];
  } catch (error) {
    if (error instanceof AppError && error.kind === 'missing') return [];
    throw error;
  }
}

async function showOne(run: ViewRun, file: ShownFile): Promise<void> {
  const wanted = wantedOf(run, file);
  if (wanted === undefined) return;
  const status = statusOf(run, wanted);
  if (status === 'taken') run.onTrouble(taken(wanted.path, run.settings));
  if (status === 'missing') await put(run, [wanted], makeLinks);
  if (status === 'wrong') await put(run, [wanted], replaceByLinks);
}

async function hideOne(run: ViewRun, file: BytePath): Promise<void> {
  const { own, root } = run;
  const entry = entryOf(run, file);
  if (entry === undefined) return;
  await removeEntries(run, [entry]);
  await removeFolders(
    run,
    foldersAbove(entry.path, root).flatMap((folder) => ownFolder(own.at(folder))),
  );
}

function entryOf(run: ViewRun, file: BytePath): ViewEntry | undefined {
  const path = entryPathOf(run, file);
  const entry = path && run.own.at(path);
  return entry && isContent(entry) ? entry : run.own.all().find((each) => isContent(each) && each.target === file);
}

function ownFolder(entry: ViewEntry | undefined): ViewEntry[] {
  return entry?.kind === 'folder' ? [entry] : [];
}

function folderMissing(name: string, path: BytePath): AppError {
  const message = `The folder ${displayPath(path)} of the view "${name}" is missing, and it had entries.`;
  return new AppError('views/folder-missing', message, {
    kind: 'missing',
    hint: 'Check whether its disk is connected. If you removed it, make it again, empty: the next start fills it.',
  });
}
