/** A store mounted by the product itself, as it was built, in a temporary place. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe } from 'vitest';
import { PRODUCT } from './product.ts';

const run = promisify(execFile);
const CAP_SYS_ADMIN = 21n;
const READY = /is mounted on/;

export interface MountSetup {
  /** Of `-o`. */
  readonly options?: readonly string[];
  /** A store that is there; else a new one. */
  readonly store?: string;
  /** An empty folder; else a new one. */
  readonly folder?: string;
  /** As if the kernel could not send requests again. */
  readonly neverResends?: boolean;
}

export interface MountedStore extends AsyncDisposable {
  readonly store: string;
  /** Where it is mounted. */
  readonly folder: string;
  /** The process that supervises the mount. */
  readonly supervisor: ChildProcess;
  /** What it has printed on standard error. */
  readonly told: () => string;
  /** The process that serves it now. */
  serverPid(): number;
  /** The supervisor's exit code. */
  readonly ended: Promise<number | null>;
  /** As `umount` does; fails while somebody uses it. */
  unmount(): Promise<void>;
}

/** Runs the product to its end. */
export function reprise(...args: string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync(process.execPath, [...PRODUCT, ...args], { encoding: 'utf8', timeout: 300_000 });
}

export async function mountStore({
  options = [],
  neverResends = false,
  ...places
}: MountSetup = {}): Promise<MountedStore> {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-mount-')));
  const { store = path.join(home, 'store'), folder = path.join(home, 'mounted') } = places;
  if (!existsSync(store)) {
    const { status, stderr } = reprise('store', 'init', store);
    if (status !== 0) throw new Error(stderr);
  }
  if (places.folder === undefined) mkdirSync(folder);
  const chosen = options.length > 0 ? ['-o', options.join(',')] : [];
  const command = neverResends
    ? ['--conditions=source', path.join(import.meta.dirname, 'mount-process.ts'), store, folder]
    : [...PRODUCT, 'store', 'mount', '--foreground', ...chosen, store, folder];
  const supervisor = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => void supervisor.once('exit', resolve));
  let told = '';
  supervisor.stderr.on('data', (text: Buffer) => {
    told += text.toString();
  });
  const ready = new Promise<void>((resolve) => {
    let printed = '';
    supervisor.stdout.on('data', (text: Buffer) => {
      printed += text.toString();
      if (READY.test(printed)) resolve();
    });
  });
  const end = await Promise.race([ready, ended]);
  if (typeof end === 'number' || end === null) throw new Error(`The mount ended with ${end}: ${told}`);

  async function unmount(): Promise<void> {
    await run('umount', [folder]);
    await ended;
  }
  return {
    ...{ store, folder, supervisor, ended, unmount },
    told: () => told,
    serverPid: () => serverOf(supervisor.pid ?? 0),
    async [Symbol.asyncDispose]() {
      if (supervisor.exitCode === null && supervisor.signalCode === null) {
        await run('umount', [folder]).catch(() => run('umount', ['--lazy', folder]).catch(() => undefined));
        const timer = setTimeout(() => supervisor.kill('SIGKILL'), 10_000);
        await ended;
        clearTimeout(timer);
      } else await run('umount', ['--lazy', folder]).catch(() => undefined);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function serverOf(supervisor: number): number {
  const children = readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  const server = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('mount-server'));
  if (server === undefined) throw new Error('Nobody serves the mount just now.');
  return server;
}

/** `describe` for tests of a mounted store; skipped with the reason in its title where nothing can be mounted. */
export function describeMounted(title: string, tests: () => void): void {
  const obstacle = whyNot();
  if (obstacle === undefined) describe(title, tests);
  else describe.skip(`${title} [SKIPPED: ${obstacle}]`, tests);
}

/** In a sentence; `undefined` where something can be. */
function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'a mount needs Linux';
  if (process.getuid?.() !== 0) return 'a mount needs root';
  const rights = /^CapEff:\t([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  if (((BigInt(`0x${rights}`) >> CAP_SYS_ADMIN) & 1n) === 0n) return 'a mount needs the right to mount';
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    return 'a mount needs /dev/fuse';
  }
}
