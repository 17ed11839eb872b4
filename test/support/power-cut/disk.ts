/**
 * A disk whose power can be cut, for fault tests: a FUSE file system of its own in front of a backing folder. Names reach
 * the backing folder at once, bytes and lengths when they are synced, which is the most hostile disk that keeps what it
 * promised. After a cut the backing folder is what a machine finds when it comes up again; a new disk on it goes on.
 *
 * Names are never lost or swapped, so that a missing sync of a folder is not noticed. Times are kept to the microsecond.
 * There are no extended attributes, special files or exchanges of names; `sync` of everything does nothing. What is not
 * synced lies in memory.
 * Needs root and `/dev/fuse`; `describe-power-cut.ts` skips tests where that is not so.
 */
import { execFile, fork } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { DiskFaults, DiskMessage, DiskSetup, RequestCounts } from './setup.ts';

export interface PowerCutDisk extends AsyncDisposable {
  readonly mountPoint: string;
  /** Of the process that serves it. */
  readonly pid: number;
  /** When the process is gone: by a cut, also one it made itself, or unmounted. */
  readonly ended: Promise<void>;
  /** Instead of those that were set before. In force when this returns. @throws Error when the power is off */
  setFaults(faults: DiskFaults): Promise<void>;
  /** @throws Error when the power is off */
  counts(): Promise<RequestCounts>;
  /**
   * Kills the process and takes the mount away; only takes the mount away where the disk has cut itself. Who still uses the
   * disk gets errors, and finds the bare folder when he looks for its path again.
   */
  cut(): Promise<void>;
  /** Puts everything on the disk and ends, as a machine that is shut down. @throws Error while somebody uses it */
  unmount(): Promise<void>;
  /** A cut, where it is not ended yet. */
  [Symbol.asyncDispose](): Promise<void>;
}

const PROCESS = path.join(import.meta.dirname, 'disk-process.ts');
const NO_POWER = 'The power-cut disk has no power.';
const run = promisify(execFile);

/** Starts and mounts one. @throws Error where that is not possible; the process has said why */
export async function startPowerCutDisk(setup: DiskSetup): Promise<PowerCutDisk> {
  await removeLeftovers();
  const mountPoint = realpathSync(setup.mountPoint);
  const child = fork(PROCESS, [JSON.stringify({ ...setup, mountPoint })], {
    cwd: '/',
    // A group of its own: an interrupt at the terminal is not meant for it.
    detached: true,
    execArgv: [],
    // Node's own place for it; halves the time of a start.
    env: { NODE_COMPILE_CACHE: path.join(tmpdir(), 'node-compile-cache'), ...process.env },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const waiting: PromiseWithResolvers<RequestCounts>[] = [];
  child.on('message', (counts) => waiting.shift()?.resolve(counts as RequestCounts));
  void ended.then(() => {
    for (const { reject } of waiting) reject(new Error(NO_POWER));
  });

  function answered(): Promise<RequestCounts> {
    const answer = Promise.withResolvers<RequestCounts>();
    waiting.push(answer);
    return answer.promise;
  }

  async function ask(message: DiskMessage): Promise<RequestCounts> {
    if (!child.connected) throw new Error(NO_POWER);
    const answer = answered();
    // Where it does not get through, the process has ended, which is told.
    child.send(message, () => {});
    return await answer;
  }

  async function cut(): Promise<void> {
    // A torn disk has something to write yet.
    if (setup.tear && child.connected) child.send({ cut: true } satisfies DiskMessage, () => {});
    else child.kill('SIGKILL');
    await ended;
    if (isMounted(mountPoint)) await run('umount', ['--lazy', mountPoint]);
  }

  await answered();
  return {
    mountPoint,
    pid: child.pid ?? 0,
    ended,
    setFaults: async (faults) => void (await ask({ faults })),
    counts: () => ask({}),
    cut,
    async unmount() {
      if (!child.connected) throw new Error(NO_POWER);
      await run('umount', [mountPoint]);
      await ended;
    },
    [Symbol.asyncDispose]: cut,
  };
}

/** Takes away mounts whose process and its parent were killed together. */
async function removeLeftovers(): Promise<void> {
  for (const { source, point } of mounts()) {
    const parent = /^reprise-power-cut-(\d+)$/.exec(source)?.[1];
    if (parent !== undefined && !existsSync(`/proc/${parent}`)) await run('umount', ['--lazy', point]);
  }
}

function isMounted(folder: string): boolean {
  return mounts().some(({ point }) => point === folder);
}

function mounts(): { readonly source: string; readonly point: string }[] {
  const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return lines.map((line) => {
    const [source = '', point = ''] = line.split(' ');
    return {
      source,
      point: point.replaceAll(/\\(\d{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8))),
    };
  });
}
