import { readFileSync } from 'node:fs';
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

/** @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
export function parseMounts(text: string): ReadonlySet<RawName> {
  const typeAt = new Map<RawName, string>();
  for (const line of text.split('\n')) {
    const [place = '', kind = ''] = line.split(' - ');
    const mountPoint = place.split(' ')[4];
    // The last mount at a place lies on top of the earlier ones: an autofs that was mounted over is no trap any more.
    if (mountPoint !== undefined) typeAt.set(withoutEscapes(mountPoint), kind.split(' ')[0] ?? '');
  }
  return new Set([...typeAt].filter(([, type]) => UNWANTED.test(type)).map(([point]) => point));
}

/** Blanks and the like are written as a backslash and three octal digits. */
function withoutEscapes(text: string): RawName {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  ) as RawName;
}
