/** When a file of the library is gone, the best of its copies takes its place. */
import { type Copy, compareCopies } from '#audio';
import { isSameWriting, keyOfStamp, stampOfKey } from '#catalogue';
import { type BytePath, displayPath } from '#kernel';
import { enqueueAgain } from './enqueue.ts';
import type { GateParts } from './parts.ts';
import type { Intake } from './ports.ts';
import { isAway } from './standing.ts';

/** Looks whether keepers are still there. @returns how many were replaced */
export async function replaceGoneKeepers(parts: GateParts, signal: AbortSignal): Promise<number> {
  let replaced = 0;
  for (const { id, path } of await parts.store.keepers()) {
    if (signal.aborted) break;
    if ((await parts.tree.stamp(path)) !== undefined || (await isAway(parts, path))) continue;
    if (await replaceKeeper(parts, id, path)) replaced++;
  }
  return replaced;
}

/** Promotes the best copy of a file that is gone. @returns `false` where there is none */
export async function replaceKeeper(parts: GateParts, fileId: number, path: BytePath): Promise<boolean> {
  const { store, clock } = parts;
  const best = await bestCopy(parts, await store.copiesOf(fileId));
  if (best === undefined) {
    await store.libraryFileGone(fileId);
    return false;
  }
  const reasons = [`${displayPath(path)} is gone, and this is the best copy of it that is left.`];
  const recording = best.verdict.recording ?? '';
  const event = { type: 'file.promoted', path: best.path, insteadOf: path, recording } as const;
  await store.promote(fileId, best, reasons, [event], clock.now());
  // What else its inbox asks for is the workers' business.
  await enqueueAgain(parts, [best], 'promotion', best.inbox);
  return true;
}

/** Copies that are still there as they were judged; a person's doubt is not overruled. */
async function bestCopy({ store, tree }: GateParts, copies: readonly Intake[]): Promise<Intake | undefined> {
  const there: { readonly intake: Intake; readonly copy: Copy }[] = [];
  for (const intake of copies) {
    if (intake.verdict.verdict === 'held' || intake.contentHash === null) continue;
    const [stamp, content] = [await tree.stamp(intake.path), await store.content(intake.contentHash)];
    if (stamp === undefined || !isSameWriting(keyOfStamp(stamp), intake.stamp) || !content) continue;
    const { sound, tags } = content;
    const { mtimeNs } = stampOfKey(intake.stamp);
    there.push({ intake, copy: { sound, tags, mtimeNs, truncated: false, path: intake.path } });
  }
  return there.toSorted((a, b) => compareCopies(a.copy, b.copy))[0]?.intake;
}
