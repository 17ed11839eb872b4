/** Looks at the files of an item right before the act: is everything still as it was planned? */
import { AppError, type BytePath, displayPath, extensionOf, folderOf } from '#kernel';
import type { Identity } from './entry.ts';
import type { Guard } from './guard.ts';
import { PLACING, type PlanItem, type PlannedFile } from './plan.ts';
import type { FileActs, FileState } from './ports.ts';
import { identityOf } from './recognise.ts';

/** Remembers which keepers were read already: one may stay for many. */
export type KnownKeepers = Map<BytePath, Promise<boolean>>;

export interface CheckParts {
  readonly acts: FileActs;
  readonly guard: Guard;
  readonly keepers: KnownKeepers;
  readonly signal: AbortSignal;
}

/** An item that may be done. */
export interface Checked {
  /** The source as it is. */
  readonly was: Identity;
  /**
   * Looks once more, without reading: others may have been read for minutes since. Called right before the act.
   * @throws AppError `filing/changed`
   */
  readonly assertStill: () => void;
}

/**
 * @throws AppError `filing/changed`, `filing/gone` (kind `conflict`), `filing/protected`, `filing/same-file` (kind `refused`) …
 */
export async function checkItem(item: PlanItem, parts: CheckParts): Promise<Checked> {
  const { acts, guard, signal } = parts;
  const { verb, source, destination, keeper, sameBytes, replacement } = item;
  const state = await assertAsPlanned(source, parts);
  if (!PLACING.has(verb)) guard.assertMayLeave(source.path, state);
  if (destination !== null) guard.assertMayArrive(destination);
  const was = identityOf(state, source.contentHash);
  const assertSource = (): void => assertUnchanged(source.path, state, acts);
  if (replacement !== undefined) {
    const better = await assertFits(replacement, source, state, parts);
    const assertBoth = (): void => {
      assertSource();
      assertUnchanged(replacement.path, better, acts);
    };
    return { was, assertStill: assertBoth };
  }
  if (keeper === null) return { was, assertStill: assertSource };
  const kept = await assertAsPlanned(keeper, parts);
  if (isOneFile(kept, state)) throw sameFile(source.path, keeper.path);
  if (sameBytes) {
    if (!(await acts.haveSameBytes(source.path, keeper.path, signal))) throw unequal(source.path, keeper.path);
  } else if (!(await isReadable(keeper, parts))) throw changed(keeper.path);
  const assertStill = (): void => {
    assertSource();
    assertUnchanged(keeper.path, kept, acts);
  };
  return { was, assertStill };
}

/** Another file of the same extension, readable and as it was planned. @returns it as it is */
async function assertFits(
  replacement: PlannedFile,
  source: PlannedFile,
  state: FileState,
  parts: CheckParts,
): Promise<FileState> {
  const better = await assertAsPlanned(replacement, parts);
  if (isOneFile(better, state)) throw sameFile(source.path, replacement.path);
  if (extensionOf(replacement.path) !== extensionOf(source.path)) throw otherExtension(source.path, replacement.path);
  if (!(await isReadable(replacement, parts))) throw changed(replacement.path);
  return better;
}

/** By device and inode; a share that is mounted twice shows one file on two devices, with all else equal. */
function isOneFile(a: FileState, b: FileState): boolean {
  return a.inode === b.inode && (a.device === b.device || (a.sizeBytes === b.sizeBytes && a.mtimeNs === b.mtimeNs));
}

function assertUnchanged(path: BytePath, before: FileState, acts: FileActs): void {
  const now = acts.state(path);
  const isSame =
    now?.device === before.device &&
    now.inode === before.inode &&
    now.sizeBytes === before.sizeBytes &&
    now.mtimeNs === before.mtimeNs;
  if (!isSame) throw changed(path);
}

/** @throws AppError `filing/gone`, `filing/changed` */
async function assertAsPlanned(planned: PlannedFile, { acts, signal }: CheckParts): Promise<FileState> {
  const { path } = planned;
  const state = acts.state(path);
  if (state === undefined) throw gone(path);
  if (acts.realPath(folderOf(path)) !== folderOf(path)) throw changed(path);
  const isAlike = state.kind === 'file' && state.sizeBytes === planned.sizeBytes && state.mtimeNs === planned.mtimeNs;
  if (!isAlike) throw changed(path);
  if (planned.inode === null || planned.inode === state.inode) return state;
  // Some file systems number anew at each mount: then the bytes tell.
  if (planned.contentHash === null || (await acts.hash(path, signal)) !== planned.contentHash) throw changed(path);
  return state;
}

/** Can the copy that stays be read to its end, and is it what it was? Read once for all items that it stays for. */
function isReadable({ path, contentHash }: PlannedFile, { acts, keepers, signal }: CheckParts): Promise<boolean> {
  const known = keepers.get(path);
  if (known !== undefined) return known;
  const reading = acts.hash(path, signal).then((hash) => contentHash === null || hash === contentHash);
  keepers.set(path, reading);
  return reading;
}

function gone(path: BytePath): AppError {
  return new AppError('filing/gone', `${displayPath(path)} is not there any more.`, {
    kind: 'conflict',
    hint: 'If a disk is not connected, connect it and apply the plan again; otherwise make a new plan.',
  });
}

function changed(path: BytePath): AppError {
  return new AppError('filing/changed', `${displayPath(path)} has changed since the plan was made.`, {
    kind: 'conflict',
    hint: 'Make a new plan.',
  });
}

function unequal(source: BytePath, keeper: BytePath): AppError {
  const message = `${displayPath(source)} and ${displayPath(keeper)} do not hold the same bytes.`;
  return new AppError('filing/not-equal', message, { kind: 'conflict', hint: 'Make a new plan.' });
}

function sameFile(source: BytePath, keeper: BytePath): AppError {
  const message = `${displayPath(source)} and ${displayPath(keeper)} are two names of one file: nothing can be won.`;
  return new AppError('filing/same-file', message, { kind: 'refused' });
}

function otherExtension(source: BytePath, replacement: BytePath): AppError {
  const message = `${displayPath(replacement)} has another extension than ${displayPath(source)}, so it cannot take its place.`;
  return new AppError('swap/other-container', message, { kind: 'conflict' });
}
