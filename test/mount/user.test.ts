/** A store mounted by somebody who is not root. */
import { expect, it } from 'vitest';
import { describeMounted } from '../support/mounted-store.ts';
import { createMountHome, noUserMounts } from '../support/user-mount.ts';

describeMounted('a user', () => {
  const title = 'mounts, works, is served on when the server dies, and unmounts';
  it.skipIf(noUserMounts)(noUserMounts ? `${title} [SKIPPED: ${noUserMounts}]` : title, { timeout: 90_000 }, () => {
    using place = createMountHome();
    const { home } = place;
    // The patterns do not match the shell that has them among its arguments.
    const end = place.asUser(`
      supervisor() { pgrep -f "[c]li.js --foreground store mount ${home}/store"; }
      mkdir ${home}/mounted
      reprise store init ${home}/store
      reprise store mount ${home}/store ${home}/mounted
      echo hello > ${home}/mounted/a
      stat -c "%U %s" ${home}/mounted/a
      kill -9 $(pgrep -f "[m]ount-server.js .*${home}/store")
      cat ${home}/mounted/a
      mkdir ${home}/mounted/folder && mv ${home}/mounted/a ${home}/mounted/folder/b
      kill $(supervisor)
      while supervisor > /dev/null; do sleep 0.1; done
      grep -c ${home}/mounted /proc/self/mountinfo || true
      reprise store ls ${home}/store folder
      reprise doctor | grep Mounting`);
    expect(end).toMatchObject({ status: 0 });
    expect(end.out).toContain('nobody 6\nhello\n0\nb\n');
    expect(end.out).toContain('by fusermount3');
  });
});
