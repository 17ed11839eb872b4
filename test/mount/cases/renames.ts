/** Each kind of node renamed to each other, in each way; and what cannot be told by kinds. */
import { type PosixCase, posixCase, posixCases } from '../posix-case.ts';

/** `N` is its name. */
const KINDS: Readonly<Record<string, readonly [title: string, given: string]>> = {
  none: ['nothing', ''],
  file: ['a file', 'file N 640 N'],
  dir: ['an empty folder', 'dir N 750'],
  full: ['a full folder', 'dir N 750 ; file N/inner'],
  link: ['a symbolic link', 'symlink N-aim N'],
  fifo: ['a pipe', 'mknod N fifo 640'],
  socket: ['a socket', 'mknod N socket 640'],
  char: ['a device', 'mknod N char 640 1 3'],
};

/** With the answers that are not `ok`, as pairs of from and to. */
const WAYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': {
    ENOENT: 'none-none none-file none-dir none-full none-link none-fifo none-socket none-char',
    EISDIR: 'file-dir file-full link-dir link-full fifo-dir fifo-full socket-dir socket-full char-dir char-full',
    ENOTDIR: 'dir-file dir-link dir-fifo dir-socket dir-char full-file full-link full-fifo full-socket full-char',
    ENOTEMPTY: 'dir-full full-full',
  },
  NOREPLACE: {
    ENOENT: 'none-none none-file none-dir none-full none-link none-fifo none-socket none-char',
    EEXIST:
      'file-file file-dir file-full file-link file-fifo file-socket file-char dir-file dir-dir dir-full dir-link dir-fifo dir-socket dir-char full-file full-dir full-full full-link full-fifo full-socket full-char link-file link-dir link-full link-link link-fifo link-socket link-char fifo-file fifo-dir fifo-full fifo-link fifo-fifo fifo-socket fifo-char socket-file socket-dir socket-full socket-link socket-fifo socket-socket socket-char char-file char-dir char-full char-link char-fifo char-socket char-char',
  },
  EXCHANGE: {
    ENOENT:
      'none-none none-file none-dir none-full none-link none-fifo none-socket none-char file-none dir-none full-none link-none fifo-none socket-none char-none',
  },
};

const byKinds = Object.entries(WAYS).flatMap(([flag, answers]) => {
  const unusual = new Map(
    Object.entries(answers).flatMap(([answer, pairs]) => pairs.split(' ').map((pair) => [pair, answer])),
  );
  return Object.entries(KINDS).flatMap(([from, [fromTitle, fromGiven]]) =>
    Object.entries(KINDS).map(([to, [toTitle, toGiven]]) => {
      const given = `${fromGiven.replaceAll('N', 'from')} ; ${toGiven.replaceAll('N', 'to')}`;
      const line = `rename from to ${flag}`.trim();
      return posixCase(
        `rename ${flag === '' ? '' : `(${flag}) `}of ${fromTitle} to ${toTitle}`,
        `${given} ; --- ; ${line} => ${unusual.get(`${from}-${to}`) ?? 'ok'}`,
      );
    }),
  );
});

const others = posixCases(`
# rename of a file to itself
file a
---
rename a a => ok
# rename of a file to itself, without replacing
file a
---
rename a a NOREPLACE => EEXIST
# rename of a file in exchange with itself
file a
---
rename a a EXCHANGE => ok
# rename of a folder to itself
dir a
---
rename a a => ok
# rename of a file to another name of it does nothing
file a
link a b
---
rename a b => ok
stat a => file 644 0:0 links=2 size=4
# rename of a file to another name of it, without replacing
file a
link a b
---
rename a b NOREPLACE => EEXIST
# rename of a file in exchange with another name of it
file a
link a b
---
rename a b EXCHANGE => ok
# rename of a folder into itself
dir a
---
rename a a/b => EINVAL
# rename of a folder deep into itself
dir a
dir a/b
dir a/b/c
---
rename a a/b/c/d => EINVAL
# rename of a folder over one in it
dir a
dir a/b
---
rename a a/b => EINVAL
# rename of a folder over the one that it is in
dir a
dir a/b
---
rename a/b a => ENOTEMPTY
# rename of a file over the folder that it is in
dir a
file a/b
---
rename a/b a => ENOTEMPTY
# rename of a folder in exchange with one in it
dir a
dir a/b
---
rename a a/b EXCHANGE => EINVAL
# rename of a folder in exchange with the one that it is in
dir a
dir a/b
---
rename a/b a EXCHANGE => EINVAL
# rename with both flags
file a
file b
---
rename a b NOREPLACE|EXCHANGE => EINVAL
# rename that leaves a whiteout
file a
---
rename a b WHITEOUT => ok
# rename that leaves a whiteout, over a file
file a
file b
---
rename a b WHITEOUT => ok
# rename of a folder that leaves a whiteout
dir a
file a/inner
---
rename a b WHITEOUT => ok
# rename with a whiteout and an exchange
file a
file b
---
rename a b WHITEOUT|EXCHANGE => EINVAL
# rename of a file to another folder
dir d
dir e
file d/a
---
rename d/a e/b => ok
# rename of a folder to another folder moves its link to the folder above
dir d
dir e
dir d/a
file d/a/inner
---
rename d/a e/b => ok
chdir e/b => ok
list .. => (..:folder .:folder b:folder)
# rename of a folder over an empty one in another folder
dir d
dir e
dir d/a
dir e/b
---
rename d/a e/b => ok
# rename in exchange of a folder and a file in different folders
dir d
dir e
dir d/a
file e/b
---
rename d/a e/b EXCHANGE => ok
# rename in exchange of two folders in different folders
dir d
dir e
dir d/a
dir e/b
file e/b/inner
---
rename d/a e/b EXCHANGE => ok
chdir d/a => ok
list .. => (..:folder .:folder a:folder)
# rename over a file that is open leaves it to who has it open
file a 644 new
file b 644 old
open 0 b RDWR
---
rename a b => ok
fstat 0 => file 644 0:0 links=0 size=3
fmoved 0 => --c
read 0 10 => 3 "old"
write 0 more => 4
stat b => file 644 0:0 links=1 size=3
# rename over one name of a file leaves the other
file a
file b
link b c
---
rename a b => ok
stat c => file 644 0:0 links=1 size=4
# rename over a folder that is open
dir a
file a/inner
dir b
open 0 b RDONLY|DIRECTORY
---
rename a b => ok
flist 0 => ENOENT
fstat 0 => folder 755 0:0 links=0
# rename of a file that is open moves what is open
file a
open 0 a RDWR
---
rename a b => ok
write 0 xx => 2
fstat 0 => file 644 0:0 links=1 size=4
stat b => file 644 0:0 links=1 size=4
# rename of the folder where one is
dir a
file a/inner
chdir a
---
rename ../a ../b => ok
list . => (..:folder .:folder inner:file)
getcwd => ./b
# rename of a folder keeps what is in it
dir a
dir a/b
file a/b/c
symlink ../x a/b/l
---
rename a z => ok
list z/b => (..:folder .:folder c:file l:link)
readlink z/b/l => 4 "../x"
# rename of a symbolic link leaves what it leads to
file aim
symlink aim l
---
rename l m => ok
readlink m => 3 "aim"
# rename over a symbolic link leaves what it leads to
file aim
file a
symlink aim l
---
rename a l => ok
stat aim => file 644 0:0 links=1 size=4
# rename to a name of 255 bytes
file a
---
rename a ${'x'.repeat(255)} => ok
# rename to a name of 256 bytes
file a
---
rename a ${'x'.repeat(256)} => ENAMETOOLONG
# rename of a name of 256 bytes
---
rename ${'x'.repeat(256)} a => ENAMETOOLONG
# rename of a file to a name with a slash behind
file a
---
rename a b/ => ENOTDIR
# rename of a folder to a name with a slash behind
dir a
---
rename a b/ => ok
# rename of a folder, a slash behind both
dir a
dir b
---
rename a/ b/ => ok
# rename of a folder by a symbolic link, a slash behind
dir a
symlink a l
---
rename l/ b => ENOTDIR
# rename to dot
dir a
---
rename a . => EBUSY
# rename to dots
dir a
---
rename a .. => EBUSY
# rename of dot
---
rename . a => EBUSY
# rename of dots
---
rename .. a => EBUSY
# rename of a folder by its dot
dir a
---
rename a/. b => EBUSY
# rename below a file
file a
file b
---
rename a b/c => ENOTDIR
# rename of what is below a file
file b
---
rename b/c a => ENOTDIR
# rename to another file system
file a
---
rename a /proc/reprise-test => EXDEV
# rename of what is on another file system
---
rename /proc/version a => EXDEV
# rename of a name whose case differs
file a
---
rename a A => ok
list . => (..:folder .:folder A:file)
# a hundred renames leave one name
file a
---
${'rename a b\nrename b a\n'.repeat(50)}list . => (..:folder .:folder a:file)
`);

export const RENAME_CASES: readonly PosixCase[] = [...byKinds, ...others];
