/** What programs are asked to do in a mounted store. Each is a script of bash, which fails where a command does. */
import { IS_LONG, type Needs } from './programs-place.ts';

export interface Trial {
  readonly title: string;
  readonly needs?: Needs;
  /** Starts in `$HERE`, an empty folder of the store; `$OUT` is one of the disk, `$FACTS` see {@link FACTS}. */
  readonly script: string;
}

const PYTHON = { python3: 'python3' };

/** A program of Python that prints all that is to be seen of a tree, but for sizes and links of folders. */
export const FACTS = `
import hashlib, os, stat, sys
def shown(path, first):
    s = os.lstat(path)
    kind, is_folder = stat.S_IFMT(s.st_mode), stat.S_ISDIR(s.st_mode)
    yield from (oct(s.st_mode), s.st_uid, s.st_gid, s.st_mtime_ns, s.st_rdev)
    if not is_folder: yield from (s.st_size, s.st_nlink, first.setdefault(s.st_ino, path))
    if kind == stat.S_IFLNK: yield os.readlink(path)
    if kind == stat.S_IFREG: yield hashlib.sha256(open(path, 'rb').read()).hexdigest()
    yield sorted((name, os.getxattr(path, name, follow_symlinks=False)) for name in os.listxattr(path, follow_symlinks=False))
os.chdir(sys.argv[1])
paths = ['.'] + [os.path.join(at, name) for at, folders, files in os.walk('.') for name in folders + files]
first = {}
for path in sorted(paths): print(repr(path), *map(repr, shown(path, first)))
`;

/** Unlike itself at any other time. */
const SOUND = 'ffmpeg -v error -f lavfi -i "aevalsrc=sin(200*t*t):d=20" -ac 2';
/** A tree of all kinds, in the folder where it is called. */
const TREE = `
  mkdir -p tree/a/b tree/empty; head -c 3000000 /dev/urandom > tree/a/big; echo text > "tree/a/b/ü name"; : > tree/nothing
  ln -s ../nowhere tree/link; ln tree/a/big tree/hard; mkfifo tree/pipe; truncate -s 5M tree/hole
  for n in $(seq 100); do echo $n > tree/a/b/$n; done
  chmod 750 tree/a; chmod 2775 tree/empty; chmod 600 tree/a/b/1; chown -h 1234:4321 tree/a/b/2 tree/link tree/empty
  chmod 4711 "tree/a/b/ü name"
  python3 -c 'import os; os.setxattr("tree/a/big", "user.colour", b"green"); os.setxattr("tree/a", "user.shade", bytes(999))'
  find tree -exec touch -h -d "2001-02-03 04:05:06.123456789" {} +`;
/** `same A B` fails where anything differs that a tool could have kept. */
const SAME = `
  same() {
    python3 -c "$FACTS" "$1" > $OUT/facts-one; python3 -c "$FACTS" "$2" > $OUT/facts-other
    [ -s $OUT/facts-one ]; diff $OUT/facts-one $OUT/facts-other
    diff -r --no-dereference --exclude pipe "$1" "$2"
  }`;

const READERS_AND_WRITERS = `
import hashlib, os, random, time
COUNT, PLACES = ${IS_LONG ? 300 : 30}, 4
def sealed(body): return hashlib.sha256(body).digest() + body
def check(data): assert len(data) > 32 and sealed(data[32:]) == data, 'other bytes than were written'
def write(n, r):
    for _ in range(COUNT):
        data = sealed(r.randbytes(r.randrange(1, 300_000)))
        with open('w%d' % n, 'wb') as f:
            for at in range(0, len(data), 9999): f.write(data[at:at + 9999])
        check(open('w%d' % n, 'rb').read())
        os.replace('w%d' % n, 'f%d' % n)
        with open('lines', 'ab') as f: f.write(b'%d\\n' % n)
def read(n, r):
    while not os.path.exists('f%d' % (PLACES - 1)): time.sleep(.01)
    for k in range(COUNT):
        path = 'f%d' % ((n + k) % PLACES)
        while not os.path.exists(path): time.sleep(.01)
        with open(path, 'rb') as f:
            data = f.read(); check(data)
            for _ in range(20):
                at = r.randrange(len(data)); assert os.pread(f.fileno(), 5000, at) == data[at:at + 5000]
children = []
for n in range(2 * PLACES):
    child = os.fork()
    if child == 0:
        try: (write if n < PLACES else read)(n, random.Random(n))
        except BaseException:
            import traceback; traceback.print_exc(); os._exit(1)
        os._exit(0)
    children.append(child)
assert [os.waitpid(child, 0)[1] for child in children] == [0] * 2 * PLACES
assert len(open('lines').readlines()) == PLACES * COUNT
for n in range(PLACES): check(open('f%d' % n, 'rb').read())
`;

const MAPPED = `
import mmap, os
SIZE = 100_000
f = open('mapped', 'w+b'); f.truncate(SIZE)
one, other = mmap.mmap(f.fileno(), SIZE), mmap.mmap(f.fileno(), SIZE)
one[70_000:70_005] = b'hello'
assert other[70_000:70_005] == b'hello'
one.flush()
assert os.pread(f.fileno(), 5, 70_000) == b'hello'
os.pwrite(f.fileno(), b'world', 20_000)
assert other[20_000:20_005] == b'world'
private = mmap.mmap(f.fileno(), SIZE, mmap.MAP_PRIVATE); private[0] = 1
assert open('mapped', 'rb').read(1) == b'\\0'
child = os.fork()
if child == 0:
    g = open('mapped', 'r+b'); mmap.mmap(g.fileno(), SIZE)[50_000:50_003] = b'abc'; os._exit(0)
assert os.waitpid(child, 0)[1] == 0 and one[50_000:50_003] == b'abc'
del one, other, private; f.close()
whole = bytearray(SIZE); whole[70_000:70_005] = b'hello'; whole[20_000:20_005] = b'world'; whole[50_000:50_003] = b'abc'
assert open('mapped', 'rb').read() == whole
read_only = open('mapped', 'rb'); assert mmap.mmap(read_only.fileno(), 0, prot=mmap.PROT_READ)[:] == whole
`;

const NAMELESS_AND_LOCKED = `
import fcntl, os, subprocess, sys, tempfile
f = open('gone', 'w+b'); f.write(b'abc'); f.flush(); os.unlink('gone')
f.write(b'def'); f.flush(); f.seek(0); assert f.read() == b'abcdef' and os.fstat(f.fileno()).st_nlink == 0
with tempfile.TemporaryFile(dir='.') as t:
    t.write(b'x' * 100_000); t.flush(); t.seek(0); assert t.read() == b'x' * 100_000
assert os.listdir('.') == []
def may(how, kind, *where):
    said = 'import fcntl, sys\\nf = open("lock", "r+")\\ntry: fcntl.%s(f, fcntl.%s | fcntl.LOCK_NB%s)\\nexcept BlockingIOError: sys.exit(9)'
    status = subprocess.run([sys.executable, '-c', said % (how, kind, ''.join(', %d' % at for at in where))]).returncode
    assert status in (0, 9), status
    return status == 0
l = open('lock', 'w+')
for how in ('flock', 'lockf'):
    lock = getattr(fcntl, how)
    lock(l, fcntl.LOCK_EX); assert not may(how, 'LOCK_EX') and not may(how, 'LOCK_SH')
    lock(l, fcntl.LOCK_SH); assert not may(how, 'LOCK_EX') and may(how, 'LOCK_SH')
    lock(l, fcntl.LOCK_UN); assert may(how, 'LOCK_EX')
fcntl.lockf(l, fcntl.LOCK_EX, 10, 100)
assert not may('lockf', 'LOCK_EX', 10, 105) and may('lockf', 'LOCK_EX', 10, 110) and may('lockf', 'LOCK_EX', 100, 0)
assert may('flock', 'LOCK_EX')
`;

export const TRIALS: readonly Trial[] = [
  {
    title: 'cp -a there, within and back',
    needs: PYTHON,
    script: `cd $OUT; ${TREE}; ${SAME}
      cp -a tree $HERE/one; same tree $HERE/one; cp -a $HERE/one $HERE/two; same tree $HERE/two
      cp -a $HERE/two back; same tree back`,
  },
  {
    title: 'rsync -a --delete, twice',
    needs: { rsync: 'rsync', ...PYTHON },
    script: `cd $OUT; ${TREE}; ${SAME}
      mkdir -p $HERE/copy/stray; touch $HERE/copy/stray/file $HERE/copy/hard
      rsync -aHX --delete tree/ $HERE/copy/; same tree $HERE/copy
      rsync -aHXi --delete tree/ $HERE/copy/ > said; cat said; [ ! -s said ]
      rsync -aHXi --delete --checksum tree/ $HERE/copy/ > said; cat said; [ ! -s said ]
      echo more >> tree/a/big; rm -r tree/a/b/5*; touch -d 2002-03-04 tree/a/b
      rsync -aHX --delete --inplace --no-whole-file tree/ $HERE/copy/; same tree $HERE/copy
      rsync -aHX --delete $HERE/copy/ back/; same tree back`,
  },
  {
    title: 'mv within and across, rm -rf',
    needs: PYTHON,
    script: `cd $OUT; ${TREE}; ${SAME}; cp -a tree again
      mv tree $HERE/; same again $HERE/tree; mkdir $HERE/deep; mv $HERE/tree $HERE/deep/other; same again $HERE/deep/other
      mv $HERE/deep/other back; same again back; cp -a back $HERE/gone; rm -rf $HERE/gone; [ ! -e $HERE/gone ]
      [ "$(ls $HERE)" = deep ]`,
  },
  {
    title: 'tar in and out',
    needs: PYTHON,
    script: `cd $OUT; ${TREE}; ${SAME}; put="tar --format=pax --xattrs"
      $put -cf - tree | (cd $HERE && $put -xpf -); same tree $HERE/tree
      (cd $HERE && $put -cSf in.tar tree && mkdir in && $put -xpf in.tar -C in); same tree $HERE/in/tree
      mkdir back; $put -xpf $HERE/in.tar -C back; same tree back/tree`,
  },
  {
    title: 'zip and unzip',
    needs: { zip: 'zip', unzip: 'unzip', ...PYTHON },
    script: `cd $OUT; ${TREE}; rm tree/pipe tree/hard; cp -a tree $HERE/; cd $HERE
      zip -qry tree.zip tree; zip -qT tree.zip; unzip -qXK tree.zip -d out; diff -r --no-dereference tree out/tree
      facts() { (cd $1; find . ! -type l -printf "%p %m %u %g %Ts\\n" | sort); }
      facts tree > $OUT/one; facts out/tree > $OUT/other; [ -s $OUT/one ]; diff $OUT/one $OUT/other
      echo more > tree/a/more; zip -qry tree.zip tree; zip -qd tree.zip tree/nothing; unzip -tq tree.zip; unzip -p tree.zip tree/a/more | grep -q more`,
  },
  {
    title: 'dd in odd sizes, over what was there, and behind the end',
    script: `head -c 1234567 /dev/urandom > $OUT/a
      for size in 1 1021 4097 65537 999983; do
        [ $size = 1 ] && head -c 500 $OUT/a > $OUT/some || cp $OUT/a $OUT/some
        dd if=$OUT/some of=b bs=$size status=none; cmp $OUT/some b; done
      for to in b $OUT/c; do
        cp $OUT/a $to; dd if=$OUT/a of=$to bs=777 seek=13 count=100 conv=notrunc status=none
        dd if=$OUT/a of=$to bs=1M oseek=3 conv=notrunc,fsync status=none
        dd if=$OUT/a of=$to bs=511 skip=7 oflag=append conv=notrunc status=none
      done; cmp $OUT/c b
      dd if=b of=$OUT/d bs=4096 iflag=direct status=none; cmp b $OUT/d
      dd if=$OUT/a of=e bs=64K count=10 oflag=direct status=none; cmp -n 655360 $OUT/a e; [ $(stat -c %s e) = 655360 ]`,
  },
  {
    title: 'fallocate makes room and holes, and is told what cannot be done',
    script: `fallocate -l 1M a; [ $(stat -c %s a) = 1048576 ]; cmp -n 1048576 a /dev/zero
      head -c 1M /dev/urandom > a; cp a $OUT/a
      for f in a $OUT/a; do
        fallocate -p -o 1000 -l 5000 $f; fallocate -z -o 100000 -l 70000 $f; fallocate -n -o 1M -l 1M $f; fallocate -d $f
      done; cmp a $OUT/a; [ $(stat -c %s a) = 1048576 ]
      if fallocate -c -o 0 -l 4096 a 2> $OUT/err; then echo "bytes went"; false; fi; grep -q "not supported" $OUT/err; cmp a $OUT/a`,
  },
  { title: 'memory that is mapped, read, shared and private', needs: PYTHON, script: `python3 - <<'P'\n${MAPPED}\nP` },
  {
    title: 'files without a name, and locks between processes',
    needs: PYTHON,
    script: `python3 - <<'P'\n${NAMELESS_AND_LOCKED}\nP
      flock lock bash -c 'if flock -n lock true; then echo "locked twice"; false; fi'; flock -n lock true`,
  },
  {
    title: 'tags, written in place',
    needs: {
      ...{ ffmpeg: 'ffmpeg', metaflac: 'flac', id3v2: 'id3v2', vorbiscomment: 'vorbis-tools' },
      mid3v2: 'python3-mutagen',
    },
    script: `${SOUND} a.mp3 -ac 2 a.flac -ac 2 a.ogg; for f in mp3 flac ogg; do ffmpeg -v error -i a.$f -f md5 - > $OUT/$f; done
      metaflac --set-tag=TITLE=One a.flac; metaflac --show-tag=TITLE a.flac | grep -q One
      metaflac --remove-all --dont-use-padding a.flac; flac -ts a.flac
      id3v2 -t Two a.mp3; mid3v2 -a Three --TCON Radio a.mp3; mid3v2 -l a.mp3 | grep -q Three; id3v2 -l a.mp3 | grep -q Two
      id3v2 -D a.mp3; mid3v2 -a Five a.mp3; mid3v2 -l a.mp3 | grep -q Five
      vorbiscomment -w -t TITLE=Four a.ogg; vorbiscomment -l a.ogg | grep -q Four; vorbiscomment -a -t ARTIST=Six a.ogg
      vorbiscomment -l a.ogg > $OUT/said; grep -q Four $OUT/said; grep -q Six $OUT/said
      for f in mp3 flac ogg; do ffmpeg -v error -i a.$f -f md5 - | cmp - $OUT/$f; done`,
  },
  {
    title: 'a player that seeks, and a decoder',
    needs: { ffplay: 'ffmpeg' },
    script: `${SOUND} a.mp3; ${SOUND} a.flac; cp a.* $OUT/
      heard() { for at in 0 13.3 19; do for file in $1/a.mp3 $1/a.flac; do ffmpeg -v error -ss $at -i $file -t 2 -f md5 -; done; done; }
      heard . > $OUT/here; heard $OUT > $OUT/there; diff $OUT/here $OUT/there; [ $(sort -u $OUT/here | wc -l) = 6 ]
      SDL_AUDIODRIVER=dummy ffplay -v error -nodisp -autoexit -ss 19 a.mp3 < /dev/null 2> $OUT/err; cat $OUT/err; [ ! -s $OUT/err ]`,
  },
  {
    title: 'a player that seeks, by what it plays',
    needs: { mpv: 'mpv', ffmpeg: 'ffmpeg' },
    script: `${SOUND} a.mp3; ${SOUND} a.flac; cp a.* $OUT/
      heard() {
        for at in 0 13.3 19; do for file in $1/a.mp3 $1/a.flac; do
          mpv --no-config --really-quiet --vo=null --ao=pcm --ao-pcm-file=$OUT/sound.wav --start=$at --length=1 $file
          [ $(stat -c %s $OUT/sound.wav) -gt 80000 ]; md5sum < $OUT/sound.wav
        done; done
      }
      heard . > $OUT/here; heard $OUT > $OUT/there; diff $OUT/here $OUT/there; [ $(sort -u $OUT/here | wc -l) = 6 ]`,
  },
  {
    title: 'databases of SQLite, with a journal and with a log',
    needs: { sqlite3: 'sqlite3' },
    script: `for mode in delete wal; do
        sqlite3 $mode.db "pragma journal_mode = $mode; create table t (n); with recursive c (n) as (select 1 union all select n + 1 from c where n < 20000) insert into t select n from c" > $OUT/mode
        [ "$(cat $OUT/mode)" = $mode ]; writers=
        for n in 1 2 3 4; do sqlite3 $mode.db "pragma busy_timeout = 60000; update t set n = n + 1" > /dev/null & writers="$writers $!"; done
        for one in $writers; do wait $one; done
        sqlite3 $mode.db "begin; update t set n = 0; rollback"
        [ "$(sqlite3 $mode.db "pragma integrity_check; select sum(n) from t")" = "ok
200090000" ]; sqlite3 $mode.db "delete from t where n % 3 = 0; vacuum; pragma integrity_check" | grep -qx ok; done`,
  },
  {
    title: 'git, with many small files',
    needs: { git: 'git' },
    script: `git init -q r; cd r; git config user.email a@b; git config user.name a; git config gc.auto 0
      mkdir d; for n in $(seq 100); do echo $n > d/$n; done; git add .; git commit -qm one; git mv d e; git commit -qm two
      git checkout -q HEAD~1; [ -e d/100 ]; git checkout -q -; [ ! -e d ]; git gc -q; git fsck --no-progress
      git status --porcelain > $OUT/said; [ ! -s $OUT/said ]; git clone -q . ../s; diff -r e ../s/e`,
  },
  {
    title: 'eight readers and writers at once',
    needs: PYTHON,
    script: `python3 - <<'P'\n${READERS_AND_WRITERS}\nP`,
  },
  {
    title: 'fio, in order and at random, with verification',
    needs: { fio: 'fio' },
    script: `for rw in write randwrite randrw; do for engine in 'psync --bsrange=1k-64k --bs_unaligned=1' 'mmap --bs=16k'; do
        fio --name=$rw --directory=. --size=${IS_LONG ? '64m' : '8m'} --rw=$rw --ioengine=$engine \\
          --verify=crc32c --verify_fatal=1 --numjobs=2 --fsync=64 --output=$OUT/fio || { cat $OUT/fio; false; }; rm $rw.*
      done; done`,
  },
];
