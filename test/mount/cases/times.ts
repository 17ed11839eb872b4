/** Which times move, and what times there can be. That a look follows each case tells of all others that have moved. */
import { type PosixCase, posixCase, posixCases } from '../posix-case.ts';

/** In a folder with a file `a`, open as 0 to be read and written, a folder `d`, and a symbolic link `l` to the file. */
const ACTS: readonly (readonly [what: string, ...acts: string[]])[] = [
  ['a write', 'write 0 x'],
  ['a write of nothing', 'write 0 %'],
  ['a write behind the end', 'write 0 x 100000'],
  ['a write and an fsync', 'write 0 x', 'fsync 0'],
  ['an fsync', 'fsync 0'],
  ['a truncation', 'truncate a 1'],
  ['a truncation to the same size', 'truncate a 4'],
  ['a truncation to a greater size', 'truncate a 400'],
  ['a truncation through a descriptor', 'ftruncate 0 1'],
  ['a truncation through a descriptor to the same size', 'ftruncate 0 4'],
  ['an opening', 'open 1 a RDWR'],
  ['an opening that makes a file', 'open 1 n RDWR|CREAT 644'],
  ['an opening that would make a file', 'open 1 a RDWR|CREAT 644'],
  ['an opening that fails as there is a file', 'open 1 a RDWR|CREAT|EXCL 644'],
  ['an opening that empties a file', 'open 1 a RDWR|TRUNC'],
  ['an opening that empties an empty file', 'truncate a 0', 'mark', 'open 1 a RDWR|TRUNC'],
  ['an allocation', 'fallocate 0 0 0 10000'],
  ['an allocation behind the end', 'fallocate 0 KEEP_SIZE 10000 10000'],
  ['an allocation of what is there', 'fallocate 0 0 0 4'],
  ['a punched hole', 'fallocate 0 PUNCH_HOLE|KEEP_SIZE 0 4'],
  ['a punched hole behind the end', 'fallocate 0 PUNCH_HOLE|KEEP_SIZE 10000 10000'],
  ['a write by a mapping', 'map 0 0 4 rw', 'poke 0 x', 'msync', 'unmap', 'close 0'],
  ['a copy into it', 'file n', 'open 1 n RDONLY', 'copy 1 0 0 0 4'],
  ['a copy of nothing into it', 'file n', 'open 1 n RDONLY', 'copy 1 4 0 0 4'],
  ['a new mode', 'chmod a 600'],
  ['the same mode again', 'chmod a 644'],
  ['a new mode through a descriptor', 'fchmod 0 600'],
  ['a new owner', 'chown a 5 6'],
  ['the same owner again', 'chown a 0 0'],
  ['no new owner', 'chown a -1 -1'],
  ['a new owner of a symbolic link', 'lchown l 5 6'],
  ['given times', 'utimens a 5 6'],
  ['times that are now', 'utimens a now now'],
  ['times that stay', 'utimens a omit omit'],
  ['a time of access', 'utimens a 5 omit'],
  ['a time of modification', 'utimens a omit 6'],
  ['times of a symbolic link', 'utimens l 5 6 nofollow'],
  ['times through a descriptor', 'futimens 0 5 6'],
  ['times of a folder', 'utimens d 5 6'],
  ['a new attribute', 'setxattr a user.a v'],
  ['an attribute of the same value', 'setxattr a user.b w', 'mark', 'setxattr a user.b w'],
  ['an attribute less', 'setxattr a user.b w', 'mark', 'removexattr a user.b'],
  ['an attribute that is not there less', 'removexattr a user.b'],
  ['an attribute of a folder', 'setxattr d user.a v'],
  ['a second name', 'link a n'],
  ['a second name in another folder', 'link a d/n'],
  ['a name less', 'unlink a'],
  ['one name of two less', 'link a d/n', 'mark', 'unlink a'],
  ['a new name', 'rename a n'],
  ['a new name in another folder', 'rename a d/n'],
  ['a name that had another', 'file n', 'mark', 'rename a n'],
  ['an exchange of names', 'file n', 'mark', 'rename a n EXCHANGE'],
  ['a rename to itself', 'rename a a'],
  ['a rename to another name of it', 'link a n', 'mark', 'rename a n'],
  ['a rename that fails', 'rename a d'],
  ['a new name of a folder', 'rename d n'],
  ['a new name of a folder in another folder', 'dir e', 'mark', 'rename d e/n'],
  ['a new name of a symbolic link', 'rename l n'],
  ['a new folder', 'mkdir n 755'],
  ['a new folder in another', 'mkdir d/n 755'],
  ['a folder that is there', 'mkdir d 755'],
  ['a folder less', 'rmdir d'],
  ['a folder that is full', 'file d/n', 'mark', 'rmdir d'],
  ['a new symbolic link', 'symlink x d/n'],
  ['a new pipe', 'mknod d/n fifo 644'],
  ['a new socket', 'bind d/n'],
  ['a new temporary file', 'open 1 d RDWR|TMPFILE 644'],
  ['a name for a temporary file', 'open 1 d RDWR|TMPFILE 644', 'mark', 'flink 1 d/n'],
  ['a look', 'stat a', 'stat d', 'lstat l', 'access a r', 'statvfs .'],
  ['a change of the folder where one is', 'chdir d'],
  ['a lock', 'flock 0 EX', 'lock 0 w 0 0'],
];

const moving = ACTS.map(([what, ...acts]) =>
  posixCase(
    `what ${what} moves`,
    `file a ; dir d ; symlink a l ; open 0 a RDWR ; --- ; ${acts.join(' ; ')} ; fmoved 0`,
  ),
);

const SECONDS = ['0', '1', '-1', '-1000000', '1000000000', '2147483647', '2147483648', '4294967295', '4294967296'];
const NANOSECONDS = ['000000000', '000000001', '123456789', '999999999'];
const values = SECONDS.flatMap((seconds) =>
  NANOSECONDS.map((nanoseconds) =>
    posixCase(
      `times of ${seconds} seconds and ${nanoseconds} nanoseconds`,
      `file a ; --- ; utimens a ${seconds}.${nanoseconds} omit ; utimens a omit ${seconds}.${nanoseconds} ; times a => ${seconds}.${nanoseconds} ${seconds}.${nanoseconds}`,
    ),
  ),
);

const OF_NODES: readonly (readonly [what: string, given: string])[] = [
  ['a file', 'file a'],
  ['a folder', 'dir a'],
  ['a symbolic link', 'symlink x a'],
  ['a pipe', 'mknod a fifo 644'],
  ['a socket', 'mknod a socket 644'],
  ['a device', 'mknod a char 644 1 3'],
];
const ofNodes = OF_NODES.map(([what, given]) =>
  posixCase(
    `times of ${what}`,
    `${given} ; --- ; utimens a 11.000000012 13.000000014 nofollow => ok ; times a => 11.000000012 13.000000014`,
  ),
);

const others = posixCases(`
# nanoseconds end below a second
file a
---
utimens a 1.1000000000 2 => EINVAL
utimens a 1 2.-1 => EINVAL
utimens a 1 omit => ok
# a time before all others
file a
---
utimens a -2147483648 -2147483648 => ok
times a => -2147483648.000000000 -2147483648.000000000
# a time far off
file a
---
utimens a 10000000000 10000000000 => ok
times a => 10000000000.000000000 10000000000.000000000
# times of two kinds at once
file a
---
utimens a now 5 => ok
utimens a 5 now => ok
moved a => amc
utimens a omit 6 => ok
times a => 5.000000000 6.000000000
# times of what is not there
---
utimens a 1 2 => ENOENT
utimens a omit omit => ok
touch a => ENOENT
# times through a symbolic link
file a
symlink a l
---
utimens l 5 6 => ok
times a => 5.000000000 6.000000000
utimens l 7 8 nofollow => ok
times a => 5.000000000 6.000000000
times l => 7.000000000 8.000000000
# times that stay need no rights
file a 600
as 1000 1000
---
utimens a omit omit => ok
# reading moves the time of access
file a
utimens a 1 2
open 0 a RDONLY
---
read 0 1
fmoved 0
# reading at the end moves the time of access
file a
utimens a 1 2
open 0 a RDONLY
---
read 0 1 100
fmoved 0
# reading nothing moves no time
file a
utimens a 1 2
open 0 a RDONLY
---
read 0 0 => 0 ""
fmoved 0 => ---
# reading without moving the time of access
file a
utimens a 1 2
open 0 a RDONLY|NOATIME
---
read 0 1 => 1 "d"
fmoved 0 => ---
# listing a folder moves its time of access
dir d
utimens d 1 2
---
list d => (..:folder .:folder)
moved d => a--
# following a symbolic link moves its time of access
file a
symlink a l
utimens l 1 2 nofollow
---
stat l => file 644 0:0 links=1 size=4
readlink l => 1 "a"
moved l => a--
# executing moves the time of access
file a 755 %23!/bin/sh%0Aexit%207%0A
utimens a 1 2
---
exec a
moved a
# reading by a mapping moves the time of access
file a
utimens a 1 2
open 0 a RDONLY
---
map 0 0 4 r
peek 0 4
unmap
fmoved 0
# copying from a file moves its time of access
file a
file b
utimens a 1 2
open 0 a RDONLY
open 1 b RDWR
---
copy 0 0 1 0 4 => 4
fmoved 0 => a--
# a time that was set stays when the file is closed
file a
open 0 a RDWR
---
write 0 xx => 2
futimens 0 5 6 => ok
close 0 => ok
times a => 5.000000000 6.000000000
# a time that was set before a write does not stay
file a
open 0 a RDWR
---
futimens 0 5 6 => ok
mark => ok
write 0 xx => 2
close 0 => ok
moved a => -mc
# a time that was set through the name stays while the file is open and written to before
file a
open 0 a RDWR
---
write 0 xx => 2
utimens a 5 6 => ok
fsync 0 => ok
times a => 5.000000000 6.000000000
close 0 => ok
times a => 5.000000000 6.000000000
# a time stays over a rename
file a
utimens a 5.000000007 6.000000008
---
rename a b => ok
times b => 5.000000007 6.000000008
# times of a new node are one
---
open 0 a WRONLY|CREAT 644 => ok
mkdir b 755 => ok
symlink x c => ok
alike a => alike
alike b => alike
alike c => alike
# two changes in a row move a time twice
file a
---
chmod a 600 => ok
mark => ok
chmod a 644 => ok
moved a => --c
# a write by another name moves the times of the node
file a
link a b
open 0 b WRONLY
---
write 0 x => 1
moved a => -mc
`);

export const TIME_CASES: readonly PosixCase[] = [...moving, ...values, ...ofNodes, ...others];
