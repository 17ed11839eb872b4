/**
 * What goes into the trash after an import: sources of which the store holds every byte. The copy that stays for their
 * sake is the store, so its tables stand for it in the plan, which no rule of filing lets go without a keeper: they must be
 * there and unchanged when the plan is applied, and still be there before the trash is emptied.
 */
import type { FileActs, FileState, Plan, PlanItem, PlannedFile } from '#filing';
import { AppError, type BytePath, baseName, type Clock, displayPath, folderOf, joinPath } from '#kernel';
import type { FileInStore, ImportedFile } from '#store';
import { newPlanId } from './plan-id.ts';

/** Without them nothing in the store can be read. */
const TABLES = 'meta.db' as BytePath;

export interface TrashWishes {
  readonly store: BytePath;
  /** What the person named: folders among them are where the trash lies. */
  readonly sources: readonly BytePath[];
  /** Those whose outcome is not `done` are left out. */
  readonly files: readonly ImportedFile[];
  readonly command: string;
}

/** Changes nothing. @throws AppError `store/missing`, `files/…` */
export function planTrash(
  { store, sources, files, command }: TrashWishes,
  acts: Pick<FileActs, 'state' | 'realPath'>,
  clock: Clock,
): Plan {
  const keeper = keeperOf(store, acts);
  const real = realPaths(acts);
  const items = new Map<BytePath, PlanItem>();
  const sizes = new Map<string, number>();
  for (const { source, path, sizeBytes, outcome } of files) {
    if (outcome.kind !== 'done' || path === null) continue;
    const planned = plannedFile(real(source), sizeBytes, outcome.value);
    if (items.has(planned.path)) continue;
    const reasons = [`the store holds its bytes, as ${displayPath(path)}`];
    items.set(planned.path, { ...BARE, n: items.size + 1, source: planned, keeper, reasons });
    sizes.set(outcome.value.contentHash, sizeBytes);
  }
  return {
    ...{ id: newPlanId('store', clock), made: new Date(clock.now()).toISOString(), command },
    roots: sources.filter((source) => kindOf(acts, source) === 'folder').map((source) => acts.realPath(source)),
    protected: [acts.realPath(store)],
    reclaimableBytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    items: [...items.values()],
  };
}

const BARE = { verb: 'trash', destination: null, sameBytes: false, follows: [], edits: [] } as const;

function keeperOf(store: BytePath, acts: Pick<FileActs, 'state' | 'realPath'>): PlannedFile {
  const path = joinPath(acts.realPath(store), TABLES);
  const state = acts.state(path);
  if (state?.kind !== 'file') {
    throw new AppError('store/missing', `${displayPath(store)} is no store any more.`, {
      kind: 'missing',
      hint: 'Nothing was put into the trash.',
    });
  }
  const { sizeBytes, mtimeNs, inode } = state;
  return { path, sizeBytes, mtimeNs, inode, contentHash: null };
}

function plannedFile(path: BytePath, sizeBytes: number, value: FileInStore): PlannedFile {
  const { mtimeNs, inode, contentHash } = value;
  return { path, sizeBytes, mtimeNs, inode, contentHash };
}

/** By the folder, of which each is asked about once: the last name is that of the file itself, links and all. */
function realPaths(acts: Pick<FileActs, 'realPath'>): (path: BytePath) => BytePath {
  const known = new Map<BytePath, BytePath>();
  return (path) => {
    const folder = folderOf(path);
    const real = known.get(folder) ?? acts.realPath(folder);
    known.set(folder, real);
    return joinPath(real, baseName(path));
  };
}

/** What a link leads to counts: a person may name a folder by one. */
function kindOf(acts: Pick<FileActs, 'state' | 'realPath'>, path: BytePath): FileState['kind'] | undefined {
  return acts.state(acts.realPath(path))?.kind;
}
