/** Locks of processes, of open files and of whole files. The second process begins before anything is open. */
import { type PosixCase, posixCase, posixCases } from '../posix-case.ts';

const APART = '@umask 22 ; file a ; open 0 a RDWR ; @open 0 a RDWR';

const wholes = ['SH', 'EX'].flatMap((held) =>
  ['SH', 'EX'].map((wanted) =>
    posixCase(
      `flock: ${wanted} while another has ${held}`,
      `${APART}
      flock 0 ${held}
      ---
      @flock 0 ${wanted}|NB => ${held === 'SH' && wanted === 'SH' ? 'ok' : 'EAGAIN'}
      flock 0 UN => ok
      @flock 0 ${wanted}|NB => ok`,
    ),
  ),
);

const RANGES = [
  ['the same bytes', '10 10'],
  ['bytes before', '0 10'],
  ['bytes behind', '20 10'],
  ['bytes that overlap', '5 6'],
  ['bytes within', '12 2'],
  ['the whole file', '0 0'],
  ['what is behind the end', '100 0'],
] as const;
const ranges = ['lock', 'oflock'].flatMap((act) =>
  ['r', 'w'].flatMap((held) =>
    ['r', 'w'].flatMap((wanted) =>
      RANGES.map(([what, range]) =>
        posixCase(
          `${act}: ${wanted} of ${what} while another has ${held}`,
          `${APART}
          ${act} 0 ${held} 10 10
          ---
          @getlock 0 ${wanted} ${range}
          @${act} 0 ${wanted} ${range}
          getlock 0 w 0 0`,
        ),
      ),
    ),
  ),
);

const others = posixCases(`
# a lock of a process goes when it closes any descriptor of the file
@umask 22
file a
open 0 a RDWR
open 1 a RDWR
@open 0 a RDWR
lock 0 w 0 0
---
@lock 0 w 0 0 => EAGAIN
close 1 => ok
@lock 0 w 0 0 => ok
# a lock of an open file stays while another descriptor of the file is closed
@umask 22
file a
open 0 a RDWR
open 1 a RDWR
@open 0 a RDWR
oflock 0 w 0 0
---
close 1 => ok
@oflock 0 w 0 0 => EAGAIN
close 0 => ok
@oflock 0 w 0 0 => ok
# a lock of a whole file goes with its last descriptor
@umask 22
file a
open 0 a RDWR
dup 0 1
@open 0 a RDWR
flock 0 EX
---
close 0 => ok
@flock 0 EX|NB => EAGAIN
close 1 => ok
@flock 0 EX|NB => ok
# a lock of a whole file is one for each opening
file a
open 0 a RDWR
open 1 a RDWR
flock 0 EX
---
flock 1 EX|NB => EAGAIN
flock 0 SH => ok
flock 1 SH|NB => ok
flock 1 EX|NB => EAGAIN
# a lock of a process does not hold that process back
file a
open 0 a RDWR
open 1 a RDWR
lock 0 w 0 0
---
lock 1 w 0 0 => ok
getlock 1 w 0 0 => free
# a lock of an open file holds another opening back
file a
open 0 a RDWR
open 1 a RDWR
oflock 0 w 0 0
---
oflock 1 w 0 0 => EAGAIN
lock 1 w 0 0 => EAGAIN
# locks of both kinds do not meet
@umask 22
file a
open 0 a RDWR
@open 0 a RDWR
flock 0 EX
---
@lock 0 w 0 0 => ok
# a part of a lock is given up
@umask 22
file a
open 0 a RDWR
@open 0 a RDWR
lock 0 w 0 100
---
lock 0 u 40 20 => ok
@getlock 0 w 0 0 => w 0+40
@lock 0 w 40 20 => ok
@getlock 0 w 50 50 => w 60+40
# a lock becomes one for reading
@umask 22
file a
open 0 a RDWR
@open 0 a RDWR
lock 0 w 0 0
---
lock 0 r 0 0 => ok
@lock 0 r 0 0 => ok
lock 0 w 0 0 => EAGAIN
# a lock needs the right way of opening
file a
open 0 a RDONLY
open 1 a WRONLY
---
lock 0 w 0 0 => EBADF
lock 0 r 0 0 => ok
lock 1 r 0 0 => EBADF
lock 1 w 0 0 => ok
# a lock that waits is given when the other goes
@umask 22
file a
open 0 a RDWR
@open 0 a RDWR
lock 0 w 0 0
---
@&lock 0 w 0 0 wait => ok
lock 0 u 0 0 => ok
@wait => ok
getlock 0 w 0 0 => w 0+0
# a lock of a whole file that waits is given when the other goes
@umask 22
file a
open 0 a RDWR
@open 0 a RDWR
flock 0 EX
---
@&flock 0 EX => ok
close 0 => ok
@wait => ok
# a lock of a file without name
@umask 22
file a
open 0 a RDWR
@open 0 a RDWR
unlink a
---
lock 0 w 0 0 => ok
@lock 0 w 0 0 => EAGAIN
flock 0 EX => ok
@flock 0 EX|NB => EAGAIN
# a lock goes with the file over a rename
@umask 22
file a
open 0 a RDWR
lock 0 w 0 0
---
rename a b => ok
@open 0 b RDWR => ok
@lock 0 w 0 0 => EAGAIN
# a lock by another name of the file is the same
@umask 22
file a
link a b
open 0 a RDWR
@open 0 b RDWR
flock 0 EX
---
@flock 0 EX|NB => EAGAIN
lock 0 w 0 1 => ok
@lock 0 w 0 1 => EAGAIN
# a lock of a folder
@umask 22
dir d
open 0 d RDONLY
@open 0 d RDONLY
---
flock 0 EX => ok
@flock 0 EX|NB => EAGAIN
# a lock before the beginning
file a
open 0 a RDWR
---
lock 0 w -1 1 => EINVAL
lock 0 w 10 -5 => ok
getlock 0 w 0 0 => free
`);

export const LOCK_CASES: readonly PosixCase[] = [...wholes, ...ranges, ...others];
