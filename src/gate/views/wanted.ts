/** What a view ought to hold, by the judgements and by what lies on the disk. */
import { AppError, type BytePath, baseName, folderOf, joinPath } from '#kernel';
import type { ShownFile } from '../ports.ts';
import { nameInView } from './layout.ts';
import { look, nextTurn, type ViewRun } from './run.ts';

/** An entry that ought to be there. */
export interface Wanted {
  readonly path: BytePath;
  /** The file that it shows, by its real path. */
  readonly target: BytePath;
}

export interface WantedEntries {
  readonly entries: ReadonlyMap<BytePath, Wanted>;
  /** Entries of files that cannot be looked at now: nothing happens to them. */
  readonly unclear: ReadonlySet<BytePath>;
}

/** Where the file stands in the view, there or not; `undefined` for what did not arrive in the inbox. */
export function entryPathOf(run: ViewRun, arrived: BytePath): BytePath | undefined {
  const name = nameInView(arrived, run.layout);
  return name && joinPath(run.root, name);
}

/** `undefined` where there is nothing to be shown: the file has gone, or never arrived here. @throws AppError `files/…` */
export function wantedOf(run: ViewRun, { path, placed }: ShownFile): Wanted | undefined {
  const entry = entryPathOf(run, path);
  const target = entry && realFile(run, placed ?? path);
  return target && { path: entry, target };
}

function realFile({ acts }: ViewRun, file: BytePath): BytePath | undefined {
  try {
    const real = joinPath(acts.realPath(folderOf(file)), baseName(file));
    return acts.state(real)?.kind === 'file' ? real : undefined;
  } catch (error) {
    if (error instanceof AppError && error.kind === 'missing') return undefined;
    throw error;
  }
}

/** Read from the store at once. Chosen. */
const PAGE = 500;

/** All that the inbox has to show. */
export async function readWanted(run: ViewRun): Promise<WantedEntries> {
  const entries = new Map<BytePath, Wanted>();
  const unclear = new Set<BytePath>();
  for (let after = 0; ; ) {
    await nextTurn(run);
    const page = await run.store.shownFiles(run.inbox.name, after, PAGE);
    for (const file of page) take(file);
    if (page.length < PAGE) return { entries, unclear };
    after = page.at(-1)?.id as number;
  }

  function take(file: ShownFile): void {
    const found = look(run, () => ({ wanted: wantedOf(run, file) }));
    const entry = found === undefined ? entryPathOf(run, file.path) : undefined;
    if (found?.wanted) entries.set(found.wanted.path, found.wanted);
    if (entry) unclear.add(entry);
  }
}
