/**
 * Finds out how far an act came whose entry is not closed, and brings it to an end: forward where the deciding step was
 * done, back where it was not. Removes only what the act itself has made. Doing it twice changes nothing more, so it may
 * be killed as well.
 */
import type { BytePath } from '#kernel';
import type { Entry, Identity } from './entry.ts';
import { growingName, waitingName } from './names.ts';
import { isTakingBack, removesMade } from './perform.ts';
import type { FileActs } from './ports.ts';
import { areOneFile, isSame } from './recognise.ts';

export type Settled = 'done' | 'abandoned' | 'unclear';

/** @param entry `intended` or `prepared`, as the journal has it. @throws AppError `files/…` where the disk does not answer */
export async function settleEntry(entry: Entry, acts: FileActs, signal: AbortSignal): Promise<Settled> {
  const lies = (path: BytePath, identity: Identity): Promise<boolean> => isSame(acts, path, identity, signal);
  switch (entry.shape) {
    case 'relocate':
      return entry.made === null ? settleRename(entry, acts, lies) : settleMove(entry, entry.made, acts, lies);
    case 'copy':
      return settleCopy(entry, acts, lies);
    case 'replace':
      return settleReplacement(entry, acts, lies);
    case 'remove':
      return (await lies(entry.from, entry.was)) ? 'abandoned' : 'done';
  }
}

type Lies = (path: BytePath, identity: Identity) => Promise<boolean>;

async function settleRename(entry: Entry, acts: FileActs, lies: Lies): Promise<Settled> {
  const { from, to, was } = entry;
  removeIfThere(acts, growingName(entry));
  const isBack = await lies(from, was);
  if (isBack && areOneFile(acts, from, to)) {
    // Linked and not yet unlinked.
    acts.remove(from);
    return 'done';
  }
  if (isBack) return 'abandoned';
  return (await lies(to, was)) ? 'done' : 'unclear';
}

async function settleMove(entry: Entry, made: Identity, acts: FileActs, lies: Lies): Promise<Settled> {
  const { from, to, was } = entry;
  if (await lies(to, made)) {
    if (await lies(from, was)) acts.remove(from);
    return 'done';
  }
  removeIfThere(acts, growingName(entry));
  return (await lies(from, was)) ? 'abandoned' : 'unclear';
}

async function settleCopy(entry: Entry, acts: FileActs, lies: Lies): Promise<Settled> {
  const isMade = entry.made !== null && (await lies(entry.to, entry.made));
  // Also where it has both names: linked and not yet unlinked.
  removeIfThere(acts, growingName(entry));
  return isMade ? 'done' : 'abandoned';
}

async function settleReplacement(entry: Entry, acts: FileActs, lies: Lies): Promise<Settled> {
  const { from, to, was, made } = entry;
  const waiting = waitingName(entry);
  // Nothing is exchanged before what was made is known: whatever lies there now, the act has not touched it.
  if (made === null) {
    if (acts.state(from) === undefined) return 'unclear';
    if (!isVery(acts, to, was)) removeIfThere(acts, to);
    return 'abandoned';
  }
  if (await lies(waiting, was)) return finishSteps(entry, acts, waiting);
  if ((await lies(from, was)) && !isVery(acts, from, made)) {
    const isOurs = isVery(acts, to, made) || !(await lies(to, was));
    if (isOurs && !isTakingBack(entry)) removeIfThere(acts, to);
    return 'abandoned';
  }
  if (!(await lies(from, made))) return 'unclear';
  if (removesMade(entry) && (await lies(to, was))) acts.remove(to);
  return 'done';
}

/** By its inode: what is made may have the bytes and the times of what it replaces. */
function isVery(acts: FileActs, path: BytePath, identity: Identity): boolean {
  return acts.state(path)?.inode === identity.inode;
}

/** Stopped between the steps of an exchange. */
function finishSteps(entry: Entry, acts: FileActs, waiting: BytePath): Settled {
  const { from, to } = entry;
  const [isLeft, isFree] = [acts.state(to) !== undefined, acts.state(from) === undefined];
  if (isFree && !isLeft) {
    // What was made is gone.
    acts.rename(waiting, from);
    return 'abandoned';
  }
  if (isLeft && !isFree) return finishWithout(entry, acts, waiting);
  if (isLeft) acts.rename(to, from);
  acts.rename(waiting, to);
  if (removesMade(entry)) acts.remove(to);
  return 'done';
}

/** Somebody has taken the name in that moment: what was there stays in the trash, and what was made is not needed. */
function finishWithout(entry: Entry, acts: FileActs, waiting: BytePath): Settled {
  if (entry.keepsMade) return 'unclear';
  if (isTakingBack(entry)) {
    acts.remove(waiting);
    return 'abandoned';
  }
  acts.remove(entry.to);
  acts.rename(waiting, entry.to);
  return 'done';
}

function removeIfThere(acts: FileActs, path: BytePath): void {
  if (acts.state(path) !== undefined) acts.remove(path);
}
