/** Whether what was once decided of a file still holds. */
import type { GateParts } from './parts.ts';
import type { Intake } from './ports.ts';
import { isAway } from './promote.ts';

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
