/**
 * A store mounted by somebody who is not root, through `fusermount3`. The device node may be closed to users here, so an open one is
 * bound over it, in a mount namespace of the test's own.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeMounted } from '../support/mounted-store.ts';
import { PRODUCT } from '../support/product.ts';

const USER = 65_534;
const hasFusermount = spawnSync('fusermount3', ['--version']).status === 0;
const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-user-mount-')));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Each line is run by the user; `die` kills the server, `end` tells the supervisor to stop. What they print comes back. */
function asUser(lines: readonly string[]): { readonly status: number | null; readonly out: string } {
  const product = [process.execPath, ...PRODUCT].map((word) => `'${word}'`).join(' ');
  const script = `
    set -e
    mknod ${home}/fuse c 10 229 2>/dev/null || true
    chmod 666 ${home}/fuse
    mount --bind ${home}/fuse /dev/fuse
    # The checkout may be closed to the user, who is to try the mount and nothing else.
    exec setpriv --reuid=${USER} --regid=${USER} --clear-groups --inh-caps=+dac_read_search --ambient-caps=+dac_read_search \\
      bash -ec '
        reprise() { ${product.replaceAll("'", '"')} "$@"; }
        supervisor() { pgrep -u ${USER} -f "[c]li.ts store mount ${home}/store"; }
        die() { kill -9 $(pgrep -u ${USER} -f "[m]ount-server.ts .*${home}/store"); }
        end() { kill $(supervisor); while supervisor > /dev/null; do sleep 0.1; done; }
        ${lines.join('\n')}
      '`;
  const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'bash', '-c', script], {
    env: { ...process.env, HOME: home, TMPDIR: home },
    cwd: '/',
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, out: stdout + stderr };
}

describeMounted('a user', () => {
  it.skipIf(!hasFusermount)(
    `mounts, works, is served on when the server dies, and unmounts${hasFusermount ? '' : ' [SKIPPED: fusermount3 of "fuse3" is missing]'}`,
    { timeout: 90_000 },
    () => {
      mkdirSync(path.join(home, 'mounted'));
      for (const folder of [home, path.join(home, 'mounted')]) chownSync(folder, USER, USER);
      chmodSync(home, 0o755);
      const { status, out } = asUser([
        `reprise store init ${home}/store`,
        `reprise store mount ${home}/store ${home}/mounted`,
        `echo hello > ${home}/mounted/a`,
        `stat -c "%u %s" ${home}/mounted/a`,
        'die',
        `cat ${home}/mounted/a`,
        `mkdir ${home}/mounted/folder && mv ${home}/mounted/a ${home}/mounted/folder/b`,
        'end',
        `grep -c ${home}/mounted /proc/self/mountinfo || true`,
        `reprise store ls ${home}/store folder`,
        'reprise doctor | grep Mounting',
      ]);
      expect({ status, out }).toMatchObject({ status: 0 });
      expect(out).toContain(`${USER} 6\nhello\n0\nb\n`);
      expect(out).toContain('by fusermount3');
    },
  );
});
