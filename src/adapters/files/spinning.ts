import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

const VIRTUAL = /\/(virtio\d+|vbd-\d+)\//;

/**
 * Does the device have a head that moves? A partition is asked through its disk, a device made of others
 * (RAID, LVM, encryption) through its parts. `false` where the system does not tell: network, tmpfs, not Linux.
 * @see https://docs.kernel.org/block/queue-sysfs.html
 */
export function isSpinning(device: bigint, sys = '/sys'): boolean {
  try {
    return isFolderSpinning(realpathSync(`${sys}/dev/block/${majorOf(device)}:${minorOf(device)}`));
  } catch {
    // No such block device.
    return false;
  }
}

function isFolderSpinning(folder: string): boolean {
  // A virtual machine's disks say that they spin whatever they lie on.
  if (VIRTUAL.test(folder)) return false;
  const parts = namesIn(path.join(folder, 'slaves'));
  if (parts.length > 0) return parts.some((name) => isFolderSpinning(realpathSync(path.join(folder, 'slaves', name))));
  const answer = read(path.join(folder, 'queue/rotational')) ?? read(path.join(folder, '../queue/rotational'));
  return answer?.trim() === '1';
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Only devices that are made of others have the folder.
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // A partition has no queue of its own.
    return undefined;
  }
}

/** @see glibc's gnu_dev_major */
function majorOf(device: bigint): bigint {
  return ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n);
}

function minorOf(device: bigint): bigint {
  return (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
}
