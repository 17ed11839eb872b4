/** The rules that no caller can talk the engine out of. Each refusal is an AppError of kind `refused`. */
import { AppError, type BytePath, baseName, displayPath, folderOf } from '#kernel';
import { foldersTo } from './folders.ts';
import { isInTrashFolder } from './names.ts';
import { LEAVING, PLACING, type Plan, type PlanItem } from './plan.ts';
import { isPlaylist } from './playlists/playlist-form.ts';
import type { FileActs, FileState } from './ports.ts';
import { isSidecarName } from './sidecars.ts';

/** What must stay where it is while a plan is applied. */
export interface Guard {
  /** @throws AppError `filing/protected`, `filing/last-copy` */
  assertMayLeave(path: BytePath, state: FileState): void;
  /** @throws AppError `filing/protected` */
  assertMayArrive(path: BytePath): void;
}

/**
 * @param protectedPaths files and folders, which need not be there
 * @param keepers copies for whose sake others leave
 */
export function createGuard(acts: FileActs, protectedPaths: readonly BytePath[], keepers: readonly BytePath[]): Guard {
  const protectedThings = thingsAt(acts, protectedPaths);
  const staying = thingsAt(acts, keepers);
  const isIn = new Map<BytePath, boolean>();
  const isProtected = (path: BytePath): boolean => {
    // By device and inode of every folder above, so that no other spelling, link or mount leads around it.
    const known = isIn.get(path);
    if (known !== undefined) return known;
    const state = acts.state(path);
    const answer =
      (state !== undefined && protectedThings.has(thing(state))) || (path !== '/' && isProtected(folderOf(path)));
    if (state?.kind === 'folder') isIn.set(path, answer);
    return answer;
  };
  return {
    assertMayLeave(path, state) {
      if (protectedThings.has(thing(state)) || isProtected(folderOf(path))) throw refusal('protected', path);
      if (staying.has(thing(state))) throw refusal('last-copy', path);
    },
    assertMayArrive(path) {
      // Where the folder really is: one on the way may be a symbolic link.
      const { standing } = foldersTo(acts, path);
      if (isProtected(acts.realPath(standing))) throw refusal('protected', path);
    },
  };
}

function thingsAt(acts: FileActs, paths: readonly BytePath[]): ReadonlySet<string> {
  return new Set(
    paths.flatMap((path) => {
      const state = acts.state(path);
      if (state === undefined) return [];
      return state.kind === 'link' ? [thing(state), ...targetOf(acts, path)] : thing(state);
    }),
  );
}

/** A symbolic link means what it leads to, which need not be there. */
function targetOf(acts: FileActs, link: BytePath): readonly string[] {
  try {
    const state = acts.state(acts.realPath(link));
    return state === undefined ? [] : [thing(state)];
  } catch (error) {
    if (error instanceof AppError && error.kind === 'missing') return [];
    throw error;
  }
}

function thing({ device, inode }: FileState): string {
  return `${device}:${inode}`;
}

function refusal(why: 'protected' | 'last-copy', path: BytePath): AppError {
  const shown = displayPath(path);
  return why === 'protected'
    ? new AppError('filing/protected', `${shown} is protected: nothing may happen there.`, {
        kind: 'refused',
        hint: 'Take it out of the plan, or out of the setting filing.protected if that is what you want.',
      })
    : new AppError(
        'filing/last-copy',
        `${shown} is the copy that stays for others, of this plan or where links lead to it, so it may not leave.`,
        {
          kind: 'refused',
          hint: 'Make a new plan; "reprise undo" puts files back in the place of links.',
        },
      );
}

const NEEDS_KEEPER = new Set<PlanItem['verb']>(['trash', 'hardlink', 'reflink', 'link']);
const NEEDS_SAME_BYTES = new Set<PlanItem['verb']>(['hardlink', 'reflink']);

/**
 * Is the plan as a whole one that may be applied? Looks at nothing but the plan.
 * @throws AppError `plan/…` where it contradicts itself, `filing/last-copy`, `filing/no-keeper`
 */
export function assertSound({ items }: Plan): void {
  const numbers = new Map<number, PlanItem>();
  const all = new Set(items.map(({ n }) => n));
  const leaving = new Set(items.filter(({ verb }) => LEAVING.has(verb)).map(({ source }) => source.path));
  const sources = new Set<BytePath>();
  for (const item of items) {
    const { n, source, keeper, follows } = item;
    if (numbers.has(n)) throw unsound(item, 'has a number that another item has');
    if (sources.has(source.path)) throw unsound(item, `is about ${displayPath(source.path)}, as another item is`);
    // One that a person has taken out of the plan is not done, and neither is what follows it.
    const ahead = follows.find((other) => !numbers.has(other) && all.has(other));
    if (ahead !== undefined) throw unsound(item, `follows item ${ahead}, which does not come before it`);
    numbers.set(n, item);
    sources.add(source.path);
    assertItem(item);
    assertNotInTrash(item);
    assertMayGoWithoutKeeper(item, numbers);
    if (keeper !== null && leaving.has(keeper.path)) throw refusal('last-copy', keeper.path);
    if (item.replacement !== undefined && leaving.has(item.replacement.path)) {
      throw unsound(item, 'needs a file that leaves by the same plan');
    }
  }
}

function assertItem(item: PlanItem): void {
  const { verb, source, destination, keeper, sameBytes, edits, replacement } = item;
  if ((verb === 'move' || PLACING.has(verb)) !== (destination !== null)) {
    throw unsound(item, destination === null ? 'needs a destination' : 'has a destination and needs none');
  }
  if (keeper?.path === source.path) throw unsound(item, 'names the file itself as the copy that stays');
  if (destination === source.path) throw unsound(item, 'moves a file to where it lies');
  if (NEEDS_SAME_BYTES.has(verb) && !sameBytes) throw unsound(item, 'may only replace a file by one of the same bytes');
  if (verb !== 'replace-in-place') {
    if (replacement !== undefined) throw unsound(item, 'has a replacement and needs none');
    return;
  }
  if (replacement !== undefined) {
    if (edits.length > 0) throw unsound(item, 'has a replacement and edits, of which only one can be done');
    if (replacement.path === source.path) throw unsound(item, 'replaces a file by itself');
    return;
  }
  if (edits.length === 0) throw unsound(item, 'says nothing to be changed');
  if (!isPlaylist(source.path)) throw unsound(item, `rewrites ${displayPath(source.path)}, which is no playlist`);
}

/** What lies in a trash is on its way out: it can neither stay for another nor be filed; `undo` takes it out. */
function assertNotInTrash({ source, keeper, destination, replacement }: PlanItem): void {
  const all = [source.path, keeper?.path, destination, replacement?.path];
  const inTrash = all.find((path) => path != null && isInTrashFolder(path));
  if (inTrash == null) return;
  throw new AppError(
    'filing/in-trash',
    `${displayPath(inTrash)} lies in the trash, with which a plan has nothing to do.`,
    {
      kind: 'refused',
      hint: 'Take it out with "reprise trash restore", then make a new plan.',
    },
  );
}

/** Only what belongs to a file that leaves may go without a copy that stays. */
function assertMayGoWithoutKeeper(
  { n, verb, source, keeper, follows }: PlanItem,
  known: ReadonlyMap<number, PlanItem>,
): void {
  if (keeper !== null || !NEEDS_KEEPER.has(verb)) return;
  const leaders = follows.flatMap((other) => known.get(other) ?? []);
  const isCompanion = verb === 'trash' && follows.length > 0 && isSidecarName(baseName(source.path));
  if (isCompanion && leaders.every((leader) => LEAVING.has(leader.verb) && leader.keeper !== null)) return;
  const message = `Item ${n} takes ${displayPath(source.path)} away and names no copy that stays.`;
  throw new AppError('filing/no-keeper', message, { kind: 'refused', hint: 'Name the keeper, or move the file.' });
}

function unsound({ n }: PlanItem, says: string): AppError {
  return new AppError('plan/unsound', `Item ${n} of the plan ${says}.`, {
    kind: 'usage',
    hint: 'Mend or remove the item; nothing was done.',
  });
}
