/** What the guide says of mounts, done as it stands there. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { describeMounted } from '../support/mounted-store.ts';
import { createMountHome, noUserMounts } from '../support/user-mount.ts';

const root = path.resolve(import.meta.dirname, '../..');
const guide = readFileSync(path.join(root, 'docs/guide/store.md'), 'utf8');
const block = /## Coming from ripfs, step by step\n.*?```shell\n(.*?)```/s.exec(guide)?.[1] ?? '';
/** A recorder that moves what is finished out of "incomplete", for the step that needs a station. */
const RECORDER = `streamripper() {
  mkdir -p "$3/incomplete"
  head -c 50000 ~/music/recorded/one.mp3 > "$3/incomplete/new.mp3"
  mv "$3/incomplete/new.mp3" "$3/new.mp3"
}`;
const SCRIPT = `
mkdir -p ~/music/recorded
head -c 300000 /dev/urandom > ~/music/recorded/one.mp3
cp ~/music/recorded/one.mp3 ~/music/recorded/two.mp3
${RECORDER}
${block}
for n in $(seq 100); do
  states=$(for f in one two new; do python3 -c 'import os, sys; print(os.getxattr(sys.argv[1], "user.reprise.state").decode())' ~/radio/$f.mp3; done)
  [ "$(echo $states)" = "shared shared shared" ] && break
  sleep 0.1
done
echo states: $states
cmp ~/music/recorded/one.mp3 ~/radio/one.mp3 && cmp ~/music/recorded/two.mp3 ~/radio/two.mp3
cmp -n 50000 ~/music/recorded/one.mp3 ~/radio/new.mp3
ls ~/radio
cd /
umount ~/radio 2> /dev/null || fusermount3 -u ~/radio
reprise store stat ~/radio.store
reprise store verify --read-data ~/radio.store`;

describeMounted('the five steps of ripfs', () => {
  const check = ({ status, out }: { status: number | null; out: string }): void => {
    expect({ status, out }).toMatchObject({ status: 0 });
    expect(out).toContain('states: shared shared shared\n');
    expect(out).toContain('incomplete\nnew.mp3\none.mp3\ntwo.mp3\n');
    expect(out).toMatch(/^Different +300 kB/m);
    expect(out).toContain('everything is as it should be');
  };
  it('are five, and work as they stand in the guide, by root', { timeout: 150_000 }, () => {
    expect(block.match(/^# \d\./gm)).toHaveLength(5);
    using place = createMountHome();
    check(place.asRoot(SCRIPT));
  });
  const title = 'work by a user';
  it.skipIf(noUserMounts)(noUserMounts ? `${title} [SKIPPED: ${noUserMounts}]` : title, { timeout: 150_000 }, () => {
    using place = createMountHome();
    check(place.asUser(SCRIPT));
  });
});

describeMounted('the helper of mount(8)', () => {
  it('mounts as a line of /etc/fstab asks it to', { timeout: 90_000 }, () => {
    using place = createMountHome();
    const { home } = place;
    const helper = path.join(root, 'contrib/mount/mount.fuse.reprise');
    const { status, out } = place.asRoot(`
      mkdir ${home}/mounted
      reprise store init ${home}/store
      ${helper} ${home}/store ${home}/mounted -n -o rw,nofail,noatime,dedup_on=close
      grep " ${home}/mounted " /proc/self/mounts
      umount ${home}/mounted
      if ${helper} ${home}/nothing ${home}/mounted -o rw; then echo impossible; fi`);
    expect({ status, out }).toMatchObject({ status: 0 });
    expect(out).toMatch(/ fuse\.reprise rw,.*noatime/);
    expect(out).toContain('is no recording store');
    expect(out).not.toContain('impossible');
  });
});
