/**
 * Which entries may go. Whoever shows a view to a streaming server loses stars and playlists with the files that vanish from
 * it, so what looks like a mistake (a disk that is away, a wrong folder, an empty catalogue) removes nothing.
 */
import { AppError, type BytePath, displayPath, isUnderAny } from '#kernel';
import type { ViewEntry } from '../ports.ts';
import type { Changes } from './changes.ts';
import type { ViewRun } from './run.ts';

/** So many may always go: a share of a small view is nothing. Chosen. */
const ALWAYS_ALLOWED = 10;

/** Those of `changes.remove` that may go. Why others may not is told. */
export function removable(run: ViewRun, changes: Changes, shown: number): readonly ViewEntry[] {
  const here = present(run, changes.remove);
  if (here.length === 0) return here;
  const total = changes.right + changes.replace.length + changes.remove.length + changes.moved.length;
  const { mostRemoved } = run.settings;
  const allowed = Math.max(ALWAYS_ALLOWED, Math.floor(mostRemoved * total));
  if (mostRemoved >= 1 || (here.length <= allowed && shown > 0)) return here;
  run.onTrouble(tooMany(run, here.length, total));
  return [];
}

/** Entries whose file has gone from a folder that is there, which a disk that is away would not show. */
function present(run: ViewRun, entries: readonly ViewEntry[]): readonly ViewEntry[] {
  if (entries.length === 0) return entries;
  const { path: inbox, library } = run.inbox;
  const folders = [inbox, ...(library === null ? [] : [library])].map((path) => ({ path, real: realPath(run, path) }));
  const sound = folders.flatMap(({ real }) => (real !== undefined && run.acts.list(real).length > 0 ? [real] : []));
  if (sound.length === folders.length) return entries;
  // Without its inbox nothing is known about a view at all.
  const isThere = ({ target }: ViewEntry): boolean => folders[0]?.real !== undefined && isUnderAny(target, sound);
  const held = entries.filter((entry) => !isThere(entry));
  for (const { path, real = path } of folders.filter((folder) => !sound.some((each) => each === folder.real))) {
    if (held.some(({ target }) => isUnderAny(target, [path, real]))) run.onTrouble(folderAway(run, path));
  }
  return entries.filter(isThere);
}

function realPath({ acts }: ViewRun, folder: BytePath): BytePath | undefined {
  try {
    return acts.realPath(folder);
  } catch (error) {
    if (error instanceof AppError && error.kind === 'missing') return undefined;
    throw error;
  }
}

function folderAway({ settings: { name } }: ViewRun, folder: BytePath): AppError {
  const message = `${displayPath(folder)} is missing or empty, so no entry of the view "${name}" is removed that leads there.`;
  return new AppError('views/folder-away', message, {
    kind: 'refused',
    hint: 'Check whether its disk is connected. The next start removes what has really gone.',
  });
}

function tooMany({ settings: { name } }: ViewRun, entries: number, total: number): AppError {
  const message = `${entries} of ${total} entries of the view "${name}" ought to go, which is more than may go at once, so none does.`;
  const variable = `REPRISE_VIEWS__${name.toUpperCase().replaceAll('-', '_')}__MOST_REMOVED`;
  return new AppError('views/too-many-removed', message, {
    kind: 'refused',
    hint: `Check the inbox of the view and its folder. If they are to go, start once with ${variable}=1.`,
  });
}
