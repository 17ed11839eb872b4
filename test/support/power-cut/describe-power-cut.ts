/** Tests on a disk whose power can be cut, see `disk.ts`. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { describe } from 'vitest';

const CAP_SYS_ADMIN = 21n;

/** `describe` for tests that need such a disk; skipped with the reason in its title where there can be none. */
export function describePowerCut(title: string, tests: () => void): void {
  const obstacle = whyNot();
  if (obstacle === undefined) describe(title, tests);
  else describe.skip(`${title} [SKIPPED: ${obstacle}]`, tests);
}

/** In a sentence; `undefined` where there can be one. */
function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'a power-cut disk needs Linux';
  if (process.getuid?.() !== 0) return 'a power-cut disk needs root';
  const rights = /^CapEff:\t([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  if (((BigInt(`0x${rights}`) >> CAP_SYS_ADMIN) & 1n) === 0n) return 'a power-cut disk needs the right to mount';
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    return 'a power-cut disk needs /dev/fuse';
  }
}
