import { readFileSync } from 'node:fs';
import { parseMountTable } from '#kernel';
import type { RawName } from './names.ts';

/** File systems that hold no music, or whose mere opening has effects, or that are our own view of a store. */
const UNWANTED = /^(autofs|fuse\.reprise.*|proc|sysfs|devtmpfs|devpts|cgroup2?|debugfs|tracefs|securityfs|mqueue)$/;

/** Mount points that a walk must not enter, by their paths. Empty where the system does not tell. */
export function forbiddenMounts(): ReadonlySet<RawName> {
  try {
    return parseMounts(readFileSync('/proc/self/mountinfo', 'latin1'));
  } catch {
    // Not Linux. A walk then relies on the device and inode of the folders above it.
    return new Set();
  }
}

export function parseMounts(text: string): ReadonlySet<RawName> {
  return new Set([...mountTypes(text)].filter(([, type]) => UNWANTED.test(type)).map(([point]) => point));
}

/**
 * What others can change without this system knowing: what lies on a server, and what programs make up. `fuseblk` is a
 * local disk.
 */
const REMOTE =
  /^(nfs4?|cifs|smb3|smbfs|smb2|ncpfs|afs|coda|9p|virtiofs|ceph|lustre|gfs2?|ocfs2|beegfs\w*|gpfs|pvfs2|orangefs|vboxsf|vmhgfs|prl_fs|fuse|fuse\..*)$/;

/** Does the path lie where others can change files without this system telling of it? `false` where it is not known. */
export function isRemote(path: RawName): boolean {
  try {
    return isRemoteBy(readFileSync('/proc/self/mountinfo', 'latin1'), path);
  } catch {
    // Not Linux.
    return false;
  }
}

/** The same by the text of a mount table. */
export function isRemoteBy(text: string, path: RawName): boolean {
  let [deepest, type] = ['', ''];
  for (const [point, itsType] of mountTypes(text)) {
    const isAbove = point === '/' || path === point || path.startsWith(`${point}/`);
    if (isAbove && point.length >= deepest.length) [deepest, type] = [point, itsType];
  }
  return REMOTE.test(type);
}

function mountTypes(text: string): ReadonlyMap<RawName, string> {
  // The last mount at a place lies on top of the earlier ones: an autofs that was mounted over is no trap any more.
  return new Map(parseMountTable(text).map(({ point, type }) => [point as RawName, type]));
}
