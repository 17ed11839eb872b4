/** Removes what the view made, as long as it is that: a name in the record alone is not enough. */
import type { BytePath } from '#kernel';
import type { ViewEntry } from '../ports.ts';
import { standingOf } from './own-entries.ts';
import { attempt, inBatches, type ViewRun } from './run.ts';

/** @returns how many went */
export async function removeEntries(run: ViewRun, entries: readonly ViewEntry[]): Promise<number> {
  let removed = 0;
  for await (const batch of inBatches(run, entries)) {
    const over: BytePath[] = [];
    for (const entry of batch) {
      await attempt(run, () => {
        const isOurs = standingOf(run.acts, entry) === 'ours';
        if (isOurs) run.acts.remove(entry.path);
        over.push(entry.path);
        removed += Number(isOurs);
      });
    }
    await run.own.forget(over);
  }
  return removed;
}

/** Removes folders that the view made and that hold nothing any more, the innermost first. */
export async function removeFolders(run: ViewRun, folders: readonly ViewEntry[]): Promise<void> {
  const { acts } = run;
  const innermostFirst = folders.toSorted((a, b) => b.path.length - a.path.length);
  for await (const batch of inBatches(run, innermostFirst)) {
    const over: BytePath[] = [];
    for (const folder of batch) {
      await attempt(run, () => {
        // What holds a file of somebody else stays, and may be empty another time.
        if (standingOf(acts, folder) !== 'ours' || acts.removeFolder(folder.path)) over.push(folder.path);
      });
    }
    await run.own.forget(over);
  }
}
