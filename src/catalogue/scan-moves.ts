/**
 * Files under paths that the catalogue does not know, whose bytes it knows all the same: renamed or moved files
 * and further hard links. Found by device and inode, so no byte is read. Size and mtime must agree, and for a link
 * ctime too; renaming changes ctime, so a moved file cannot be asked for that.
 */
import type { KnownFile, StampKey } from './model.ts';
import type { FileChange, FileTree } from './ports.ts';
import type { Run } from './scan-run.ts';
import type { Visit } from './scan-survey.ts';

export interface Recognised {
  readonly changes: readonly Recognition[];
  readonly movedIds: ReadonlySet<number>;
}

type Recognition = FileChange & { readonly kind: 'moved' | 'added' };

/** Finds the known files among fresh ones; the others must be read. */
export async function recognise(fresh: readonly Visit[], { store, tree, workers }: Run): Promise<Recognised> {
  const stamps = fresh.map(({ stamp }) => stamp);
  const candidates = (await store.filesWithInodes(stamps, workers.producer)).filter((file) => !file.isDue);
  const byBytes = Map.groupBy(candidates, ({ stamp }) => withoutCtime(stamp));
  const changes: Recognition[] = [];
  const movedIds = new Set<number>();
  for (const found of fresh) {
    const alike = (byBytes.get(withoutCtime(found.stamp)) ?? []).filter(({ id }) => !movedIds.has(id));
    const change = (await moveOf(found, alike, tree)) ?? linkOf(found, alike);
    if (change !== undefined) changes.push(change);
    if (change?.kind === 'moved') movedIds.add(change.id);
  }
  return { changes, movedIds };
}

function withoutCtime(stamp: StampKey): string {
  return stamp.slice(0, stamp.lastIndexOf(':'));
}

async function moveOf(
  found: Visit,
  alike: readonly KnownFile[],
  tree: FileTree,
): Promise<(FileChange & { kind: 'moved' }) | undefined> {
  for (const file of alike) {
    if (await isGone(file, tree)) return { kind: 'moved', id: file.id, path: found.path, stamp: found.stamp };
  }
  return undefined;
}

async function isGone(file: KnownFile, tree: FileTree): Promise<boolean> {
  try {
    return (await tree.stamp(file.path)) === undefined;
  } catch {
    // Whether it is gone cannot be told, so it keeps its path.
    return false;
  }
}

function linkOf({ path, stamp }: Visit, alike: readonly KnownFile[]): (FileChange & { kind: 'added' }) | undefined {
  const twin = alike.find((file) => file.state === 'present' && file.stamp === stamp);
  return twin && { kind: 'added', path, stamp, content: { kind: 'same-as', id: twin.id } };
}
