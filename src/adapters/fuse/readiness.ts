/** Can this process mount a store, and what is missing if not? */
import { accessSync, constants } from 'node:fs';
import { release } from 'node:os';
import path from 'node:path';

export interface MountReadiness {
  readonly state: 'good' | 'poor' | 'bad';
  readonly finding: string;
  readonly advice?: string;
}

/** From this kernel on, a server that dies is noticed by nobody. */
const RESENDING = [6, 9] as const;

export function mountReadiness(): MountReadiness {
  if (process.platform === 'darwin') {
    const advice = 'It needs macFUSE 5.3.1 or later and the package "fuse-napi". Or use "reprise store serve-webdav".';
    return { state: 'poor', finding: 'made, and never tried on macOS', advice };
  }
  if (process.platform !== 'linux')
    return { state: 'poor', finding: 'not on this system', advice: 'Use "reprise store serve-webdav".' };
  if (!isThere('/dev/fuse', constants.F_OK)) {
    const advice = 'Load it (modprobe fuse); pass it on to a container (--device /dev/fuse). Or use serve-webdav.';
    return { state: 'poor', finding: 'no, for there is no /dev/fuse', advice };
  }
  if (!isThere('/dev/fuse', constants.R_OK | constants.W_OK)) {
    const advice = 'Have its mode be 0666, as distributions do, or mount as root.';
    return { state: 'poor', finding: 'no, for /dev/fuse may not be opened', advice };
  }
  const isRoot = process.geteuid?.() === 0;
  if (!isRoot && !isOnPath('fusermount3'))
    return { state: 'poor', finding: 'no, for fusermount3 is not there', advice: 'Install the package "fuse3".' };
  const finding = isRoot ? 'as root' : 'by fusermount3';
  if (canResend(release())) return { state: 'good', finding };
  const advice = 'From Linux 6.9 on, programs do not notice when the server of a mount has to be started again.';
  return { state: 'good', finding: `${finding}, on Linux ${release()}`, advice };
}

/** @param version as `uname -r` says it */
export function canResend(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > RESENDING[0] || (major === RESENDING[0] && minor >= RESENDING[1]);
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => isThere(path.join(folder, program), constants.X_OK));
}

function isThere(file: string, how: number): boolean {
  try {
    accessSync(file, how);
    return true;
  } catch {
    // Whatever stands in the way, it cannot be used so.
    return false;
  }
}
