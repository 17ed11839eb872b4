import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type PowerCutDisk, startPowerCutDisk } from './disk.ts';
import type { DiskSetup } from './setup.ts';

/** A backing folder and a mount point of a test's own; removed when disposed of, with the disk that is still on them. */
export interface PowerCutPlace extends AsyncDisposable {
  readonly backing: string;
  readonly mountPoint: string;
  /** A disk on what the one before left, which is cut where it has not ended yet. */
  start(setup?: Partial<DiskSetup>): Promise<PowerCutDisk>;
}

export function createPowerCutPlace(): PowerCutPlace {
  const home = mkdtempSync(path.join(tmpdir(), 'reprise-power-cut-'));
  const [backing, mountPoint] = [path.join(home, 'backing'), path.join(home, 'disk')];
  mkdirSync(backing);
  mkdirSync(mountPoint);
  let last: PowerCutDisk | undefined;
  return {
    backing,
    mountPoint,
    async start(setup) {
      await last?.cut();
      last = await startPowerCutDisk({ backing, mountPoint, seed: 1, ...setup });
      return last;
    },
    async [Symbol.asyncDispose]() {
      await last?.cut();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
