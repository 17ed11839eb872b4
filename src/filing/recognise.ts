import type { BytePath } from '#kernel';
import type { Identity } from './entry.ts';
import type { FileActs, FileState } from './ports.ts';

/** The file as it is. */
export function identityOf({ inode, sizeBytes, mtimeNs }: FileState, contentHash: string | null): Identity {
  return { inode, sizeBytes, mtimeNs, contentHash };
}

/**
 * Does this very file, unchanged, lie at the path? Where only the inode's number differs, as after a new mount of a file
 * system that numbers anew, its bytes are read.
 */
export async function isSame(acts: FileActs, path: BytePath, was: Identity, signal: AbortSignal): Promise<boolean> {
  const state = acts.state(path);
  if (state === undefined || state.sizeBytes !== was.sizeBytes || state.mtimeNs !== was.mtimeNs) return false;
  if (state.inode === was.inode) return true;
  return was.contentHash !== null && state.kind === 'file' && (await acts.hash(path, signal)) === was.contentHash;
}
