/** Whether what was once decided of a file still holds. */
import { type BytePath, folderOf, isUnder } from '#kernel';
import type { GateParts } from './parts.ts';
import type { Intake } from './ports.ts';

/** What was let in and is not of the library any more, or was taken back from its place, would have to come in anew. */
export async function isStanding(parts: GateParts, intake: Intake): Promise<boolean> {
  const { isAdmitted, fileId } = intake;
  if (await isTakenBack(parts, intake)) return false;
  return !isAdmitted || fileId === null || (await parts.store.libraryFile(fileId)) !== undefined;
}

/** Was it placed, and is there no more, as after an undo? */
export async function isTakenBack(parts: GateParts, { verdict: { placed } }: Intake): Promise<boolean> {
  return placed !== null && parts.acts.state(placed) === undefined && !(await isAway(parts, placed));
}

/**
 * A file that is not there may lie on a volume that is away: a root that it lies under is gone or empty, or, where it lies
 * under none, its folder is not there.
 */
export async function isAway(
  { tree, acts, roots, inboxes }: Pick<GateParts, 'tree' | 'acts' | 'roots' | 'inboxes'>,
  path: BytePath,
): Promise<boolean> {
  const above = [...roots, ...inboxes.map((inbox) => inbox.path)].filter((folder) => isUnder(path, folder));
  try {
    if (above.length === 0) await tree.resolve(folderOf(path));
    return above.some((root) => acts.list(root).length === 0);
  } catch {
    // Why it cannot be reached does not matter here.
    return true;
  }
}
