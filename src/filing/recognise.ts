import { type BytePath, baseName, folderOf } from '#kernel';
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

/** Do both names stand for the same bytes now? */
export function areOneFile(acts: FileActs, a: BytePath, b: BytePath): boolean {
  const [one, other] = [acts.state(a), acts.state(b)];
  return one !== undefined && other !== undefined && one.device === other.device && one.inode === other.inode;
}

/** Are they two names of one file, so that its bytes stay when one of them goes? Two spellings of one name are not. */
export function areTwoNames(acts: FileActs, a: BytePath, b: BytePath): boolean {
  const state = acts.state(a);
  if (state?.kind !== 'file' || state.links < 2 || !areOneFile(acts, a, b)) return false;
  const folders = [a, b].map((path) => acts.realPath(folderOf(path))) as [BytePath, BytePath];
  return baseName(a) !== baseName(b) || !areOneFile(acts, ...folders);
}
