/** Mounts as people make them at a shell: by root, and by somebody who is not root, through `fusermount3`. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PRODUCT } from './product.ts';

const USER = 65_534;
/** Why a user cannot mount here; undefined where he can. */
export const noUserMounts: string | undefined =
  spawnSync('fusermount3', ['--version']).status === 0 ? undefined : 'fusermount3 of the package "fuse3" is missing';

export interface MountHome extends Disposable {
  /** Belongs to the user. */
  readonly home: string;
  /** Runs lines of bash, in which `reprise` is the product. Their output comes back, errors among it. */
  asRoot(lines: string): ShellEnd;
  /**
   * The same by a user, in a mount namespace of its own: where the device node is closed to users, an open one is bound over
   * it there.
   */
  asUser(lines: string): ShellEnd;
}

export interface ShellEnd {
  readonly status: number | null;
  readonly out: string;
}

export function createMountHome(): MountHome {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-mount-home-')));
  const shims = path.join(home, 'bin');
  mkdirSync(shims);
  const product = [process.execPath, ...PRODUCT].map((word) => `'${word}'`).join(' ');
  writeFileSync(path.join(shims, 'reprise'), `#!/bin/sh\nexec ${product} "$@"\n`, { mode: 0o755 });
  chownSync(home, USER, USER);
  chmodSync(home, 0o755);

  function run(program: string, args: readonly string[]): ShellEnd {
    const { status, stdout, stderr } = spawnSync(program, args, {
      env: { ...process.env, HOME: home, TMPDIR: home, PATH: `${shims}:${process.env['PATH']}` },
      cwd: '/',
      encoding: 'utf8',
      timeout: 120_000,
    });
    return { status, out: stdout + stderr };
  }
  return {
    home,
    asRoot: (lines) => run('bash', ['-ec', lines]),
    asUser(lines) {
      writeFileSync(path.join(home, 'lines'), lines);
      const script = `
        [ -e ${home}/fuse ] || mknod ${home}/fuse c 10 229
        chmod 666 ${home}/fuse
        mount --bind ${home}/fuse /dev/fuse
        # The checkout may be closed to the user, who is to try the mount and nothing else.
        exec setpriv --reuid=${USER} --regid=${USER} --clear-groups --inh-caps=+dac_read_search \\
          --ambient-caps=+dac_read_search bash -e ${home}/lines`;
      return run('unshare', ['--mount', 'bash', '-ec', script]);
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}
