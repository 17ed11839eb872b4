/** Programs as people use them, in a mounted store. Each runs in a folder of its own; `$OUT` is a folder of the disk. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeMounted, type MountedStore, mountStore, reprise } from '../support/mounted-store.ts';

const run = promisify(execFile);
const IS_LONG = process.env['REPRISE_LONG'] !== undefined;
const LIMIT = { timeout: 900_000 };

const SOUND = 'ffmpeg -v error -f lavfi -i "sine=frequency=440:duration=5" -ac 2';
const TREE = `
  mkdir -p tree/a/b; head -c 3000000 /dev/urandom > tree/a/big; echo text > "tree/a/b/ü name"; ln -s ../nowhere tree/link
  ln tree/a/big tree/hard; chmod 4711 tree/a/b/*; mkfifo tree/pipe
  truncate -s 5M tree/hole; python3 -c 'import os; os.setxattr("tree/a/big", "user.colour", b"green")'
  find tree -exec touch -h -d "2001-02-03 04:05:06.123456789" {} +`;
const SAME = `
  facts() { (cd "$1" && find . -printf "%p %y %m %s %u %g %n %l %T@\\n" | sed "s/^\\(\\S* d \\S*\\) [0-9]* /\\1 /" | sort); }
  same() { diff -r --no-dereference --exclude pipe "$1" "$2" && diff <(facts "$1") <(facts "$2"); }`;

/** Those that work on files, the hardest first: a usual run tries only these. */
const STRESSORS =
  'dentry rename hdd mmap fallocate xattr lockf dir seek link access chdir chmod chown copy-file dirdeep dirmany filename ' +
  'flock fpunch fstat getdent iomix locka mknod open readahead symlink sync-file touch utime';

interface Trial {
  readonly title: string;
  /** Programs, and the Debian package of each. */
  readonly needs?: Readonly<Record<string, string>>;
  readonly script: string;
}

const TRIALS: readonly Trial[] = [
  {
    title: 'cp -a there, within and back',
    script: `cd $OUT; ${TREE}; ${SAME}
      cp -a tree $HERE/one; same tree $HERE/one; cp -a $HERE/one $HERE/two; same tree $HERE/two
      cp -a $HERE/two back; same tree back
      python3 -c 'import os; assert os.getxattr("back/a/big", "user.colour") == b"green"'`,
  },
  {
    title: 'rsync -a --delete, twice',
    needs: { rsync: 'rsync' },
    script: `cd $OUT; ${TREE}; ${SAME}
      mkdir $HERE/copy; touch $HERE/copy/stray
      rsync -aH --delete tree/ $HERE/copy/; same tree $HERE/copy
      [ -z "$(rsync -aHi --delete tree/ $HERE/copy/)" ]
      echo more >> tree/a/big; rsync -aH --delete --inplace --no-whole-file tree/ $HERE/copy/; same tree $HERE/copy`,
  },
  {
    title: 'mv within and across, rm -rf',
    script: `cd $OUT; ${TREE}; ${SAME}; cp -a tree again
      mv tree $HERE/; same again $HERE/tree; mkdir $HERE/deep; mv $HERE/tree $HERE/deep/other; same again $HERE/deep/other
      mv $HERE/deep/other back; same again back; cp -a back $HERE/gone; rm -rf $HERE/gone; [ ! -e $HERE/gone ]
      [ "$(ls $HERE)" = deep ]`,
  },
  {
    title: 'tar in and out',
    script: `cd $OUT; ${TREE}; ${SAME}; tar --format=pax -cf - tree | (cd $HERE && tar xpf -); same tree $HERE/tree
      (cd $HERE && tar --format=pax -cSf - tree) | (mkdir back && cd back && tar xpf -); same tree back/tree`,
  },
  {
    title: 'dd in odd sizes, over what was there, and behind the end',
    script: `head -c 1234567 /dev/urandom > $OUT/a
      for size in 1021 4097 65537 999983; do dd if=$OUT/a of=b bs=$size status=none; cmp $OUT/a b; done
      dd if=$OUT/a of=b bs=777 seek=13 count=100 conv=notrunc status=none; cp $OUT/a $OUT/c
      dd if=$OUT/a of=$OUT/c bs=777 seek=13 count=100 conv=notrunc status=none; cmp $OUT/c b
      dd if=$OUT/a of=b bs=1M oseek=3 conv=notrunc,fsync status=none; dd if=$OUT/a of=$OUT/c bs=1M oseek=3 conv=notrunc status=none
      cmp $OUT/c b; dd if=b of=/dev/null bs=4096 iflag=direct status=none`,
  },
  {
    title: 'fallocate makes room, holes, and refuses the rest rightly',
    script: `fallocate -l 1M a; [ $(stat -c %s a) = 1048576 ]; head -c 1M /dev/urandom > a; cp a $OUT/a
      for f in a $OUT/a; do fallocate -p -o 1000 -l 5000 $f; fallocate -z -o 100000 -l 70000 $f; done; cmp a $OUT/a
      ! fallocate -c -o 0 -l 4096 a 2> $OUT/err; grep -q "not supported" $OUT/err; cmp a $OUT/a`,
  },
  {
    title: 'memory that is mapped, read and shared',
    script: `python3 - <<'P'
import mmap, os
f = open('mapped', 'w+b'); f.truncate(100_000)
one, other = mmap.mmap(f.fileno(), 100_000), mmap.mmap(f.fileno(), 100_000)
one[70_000:70_005] = b'hello'
assert other[70_000:70_005] == b'hello'
one.flush()
assert os.pread(f.fileno(), 5, 70_000) == b'hello'
os.pwrite(f.fileno(), b'world', 20_000)
assert other[20_000:20_005] == b'world'
private = mmap.mmap(f.fileno(), 100_000, mmap.MAP_PRIVATE); private[0] = 1
assert open('mapped', 'rb').read(1) == b'\\0'
P`,
  },
  {
    title: 'files without a name, and locks between processes',
    script: `python3 - <<'P'
import fcntl, os, subprocess, sys, tempfile
f = open('gone', 'w+b'); f.write(b'abc'); f.flush(); os.unlink('gone')
f.write(b'def'); f.flush(); f.seek(0); assert f.read() == b'abcdef' and os.fstat(f.fileno()).st_nlink == 0
with tempfile.TemporaryFile(dir='.') as t: t.write(b'x' * 100_000)
assert os.listdir('.') == []
l = open('lock', 'w')
ask = lambda how: subprocess.run([sys.executable, '-c', 'import fcntl; f = open("lock", "r+"); fcntl.%s(f, fcntl.LOCK_EX | fcntl.LOCK_NB)' % how], stderr=subprocess.DEVNULL).returncode
for how in ('flock', 'lockf'):
    getattr(fcntl, how)(l, fcntl.LOCK_EX); assert ask(how) != 0
    getattr(fcntl, how)(l, fcntl.LOCK_UN); assert ask(how) == 0
P`,
  },
  {
    title: 'tags, written in place',
    needs: { metaflac: 'flac', id3v2: 'id3v2', vorbiscomment: 'vorbis-tools', mid3v2: 'python3-mutagen' },
    script: `${SOUND} a.mp3 -ac 2 a.flac -ac 2 a.ogg; for f in mp3 flac ogg; do ffmpeg -v error -i a.$f -f md5 - > $OUT/$f; done
      metaflac --set-tag=TITLE=One a.flac; metaflac --show-tag=TITLE a.flac | grep -q One; metaflac --remove-all --dont-use-padding a.flac
      id3v2 -t Two a.mp3; mid3v2 -a Three --TCON Radio a.mp3; mid3v2 -l a.mp3 | grep -q Three
      vorbiscomment -w -t TITLE=Four a.ogg; vorbiscomment -l a.ogg | grep -q Four
      for f in mp3 flac ogg; do ffmpeg -v error -i a.$f -f md5 - | cmp - $OUT/$f; done`,
  },
  {
    title: 'players that seek',
    needs: { mpv: 'mpv' },
    script: `${SOUND.replace('duration=5', 'duration=60')} a.mp3
      mpv --no-config --ao=null --vo=null --start=40 --length=1 --untimed --really-quiet a.mp3
      ffmpeg -v error -ss 30 -i a.mp3 -t 2 -f null -; ffplay -v error -nodisp -autoexit -ss 59 a.mp3 < /dev/null || [ -z "$DISPLAY" ]`,
  },
  {
    title: 'databases of SQLite, with a journal and with a log',
    needs: { sqlite3: 'sqlite3' },
    script: `for mode in delete wal; do
        sqlite3 $mode.db "pragma journal_mode = $mode; create table t (n); with recursive c (n) as (select 1 union all select n + 1 from c where n < 20000) insert into t select n from c" > /dev/null
        for n in 1 2 3 4; do sqlite3 $mode.db "pragma busy_timeout = 20000; update t set n = n + 1" > /dev/null & done; wait
        [ "$(sqlite3 $mode.db "pragma integrity_check; select sum(n) from t")" = "ok
200090000" ]; done`,
  },
  {
    title: 'git, with many small files',
    needs: { git: 'git' },
    script: `git init -q r; cd r; git config user.email a@b; git config user.name a; git config gc.auto 0
      mkdir d; for n in $(seq 200); do echo $n > d/$n; done; git add .; git commit -qm one; git mv d e; git commit -qm two
      git gc -q; git fsck --no-progress; git status --porcelain | cmp - /dev/null; git clone -q . ../s; diff -r e ../s/e`,
  },
  {
    title: 'eight readers and writers at once',
    script: `python3 - <<'P'
import hashlib, os, random, threading
bad = []
def work(n):
    r = random.Random(n)
    for k in range(${IS_LONG ? 200 : 25}):
        p = 'f%d' % (n if k % 2 else (n + 1) % 4); data = r.randbytes(r.randrange(1, 300_000))
        try:
            if n < 4:
                with open('w%d' % n, 'wb') as f:
                    for at in range(0, len(data), 9999): f.write(data[at:at + 9999])
                if open('w%d' % n, 'rb').read() != data: bad.append(n)
                os.replace('w%d' % n, 'f%d' % n)
                open('h', 'ab').write(b'%d\\n' % n)
            elif os.path.exists(p):
                one = open(p, 'rb'); a = one.read(); one.seek(0)
                if one.read() != a: bad.append(n)
        except FileNotFoundError: pass
ts = [threading.Thread(target=work, args=(n,)) for n in range(8)]
[t.start() for t in ts]; [t.join() for t in ts]
assert not bad, bad
assert len(open('h').readlines()) == 4 * ${IS_LONG ? 200 : 25}
P`,
  },
  {
    title: 'fio, in order and at random, with verification',
    needs: { fio: 'fio' },
    script: `for rw in write randwrite randrw; do for engine in 'psync --bsrange=1k-64k --bs_unaligned=1' 'mmap --bs=16k'; do
        fio --name=$rw --directory=. --size=${IS_LONG ? '64m' : '4m'} --rw=$rw --ioengine=$engine \\
          --verify=crc32c --verify_fatal=1 --numjobs=2 --fsync=64 --output=$OUT/fio || { cat $OUT/fio; false; }; rm $rw.*
      done; done`,
  },
  {
    title: 'the stressors of stress-ng',
    needs: { 'stress-ng': 'stress-ng' },
    script: `for one in ${IS_LONG ? STRESSORS : STRESSORS.split(' ').slice(0, 6).join(' ')}; do
        timeout 120 stress-ng --temp-path . --$one 2 --timeout ${IS_LONG ? 20 : 1} --verify --quiet > $OUT/said 2>&1 || {
          status=$?; [ $status = 3 ] || [ $status = 4 ] || { echo "$one ended with $status"; cat $OUT/said; false; }; }
      done`,
  },
];

describeMounted('in a mounted store', () => {
  let mounted: MountedStore;
  let out = '';
  beforeAll(async () => {
    mounted = await mountStore({ options: ['quiet=0.5'] });
    out = mkdtempSync(path.join(tmpdir(), 'reprise-programs-'));
  }, 60_000);
  afterAll(async () => {
    await mounted[Symbol.asyncDispose]();
    rmSync(out, { recursive: true, force: true });
  });

  async function perform(script: string, name: string): Promise<void> {
    const [here, aside] = [path.join(mounted.folder, name), path.join(out, name)];
    mkdirSync(here);
    mkdirSync(aside);
    const env = { ...process.env, HERE: here, OUT: aside };
    try {
      await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: here, env, maxBuffer: 1 << 26 });
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      expect.fail(`${stdout}${stderr}${mounted.told()}`);
    }
  }

  const missing = (needs: Trial['needs'] = {}): readonly string[] =>
    Object.entries(needs).flatMap(([program, of]) => (isThere(program) ? [] : [`${program} of "${of}"`]));

  describe('work', () => {
    for (const [n, { title, needs, script }] of TRIALS.entries()) {
      const lack = missing(needs);
      const said = lack.length > 0 ? `${title} [SKIPPED: there is no ${lack.join(', ')}]` : title;
      it.skipIf(lack.length > 0)(said, LIMIT, () => perform(script, `trial ${n}`.replace(' ', '-')));
    }
  });

  const radio = path.join(process.env['REPRISE_CORPUS'] ?? '', 'radio/mp3');
  const lack = [...missing({ streamripper: 'streamripper' }), ...(existsSync(radio) ? [] : ['radio of the corpus'])];
  const title = 'streamripper records straight into it';
  it.skipIf(lack.length > 0)(
    lack.length > 0 ? `${title} [SKIPPED: there is no ${lack.join(', ')}]` : title,
    LIMIT,
    async () => {
      const tools = path.resolve(import.meta.dirname, '../../tools/corpus');
      const port = '18765';
      const server = spawn(
        process.execPath,
        [path.join(tools, 'icy-server.mjs'), '--radio', radio, '--port', port, '--speed', '20'],
        {
          stdio: 'ignore',
        },
      );
      try {
        await sleep(1000);
        const folder = path.join(mounted.folder, 'recorded');
        mkdirSync(folder);
        const seconds = IS_LONG ? '300' : '20';
        spawnSync('streamripper', [`http://127.0.0.1:${port}/`, '-d', folder, '-s', '-l', seconds, '--quiet'], {
          timeout: 600_000,
        });
        const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
          name.endsWith('.mp3'),
        );
        expect(files.length).toBeGreaterThan(1);
        for (const name of files.filter((file) => !file.includes('incomplete'))) {
          const { status, stderr } = spawnSync(
            'ffmpeg',
            ['-v', 'fatal', '-i', path.join(folder, name), '-f', 'null', '-'],
            { encoding: 'utf8' },
          );
          expect({ name, status, stderr }).toMatchObject({ status: 0 });
        }
      } finally {
        server.kill();
      }
    },
  );

  it('all of it is whole when it is unmounted', LIMIT, async () => {
    await mounted.unmount();
    const { status, stdout, stderr } = reprise('store', 'verify', '--read-data', mounted.store);
    expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
  });
});

function isThere(program: string): boolean {
  return spawnSync('bash', ['-c', `command -v "${program}"`]).status === 0;
}
