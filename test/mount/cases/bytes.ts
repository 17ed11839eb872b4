/** Reading, writing, sizes, holes, mappings and copies. */
import { type PosixCase, posixCase, posixCases } from '../posix-case.ts';

/** Beyond what any file can be. */
const HUGE = '9223372036854775807';
const TERABYTE = `${2 ** 40}`;

/** Of a file that begins with the bytes of the pattern, so many. */
const SIZES = ['0', '1', '4095', '4096', '4097', '100000'];
const sizes = SIZES.flatMap((from) =>
  SIZES.map((to) =>
    posixCase(
      `a file of ${from} bytes is truncated to ${to}, and to 200000`,
      `file a 644 #${from}
      open 0 a RDWR
      ---
      ftruncate 0 ${to} => ok
      fstat 0 => file 644 0:0 links=1 size=${to}
      read 0 300000 0
      truncate a 200000 => ok
      read 0 300000 0`,
    ),
  ),
);

const OFFSETS = ['0', '1', '4095', '4096', '4097', '131071', '131072', '1048575', '1048576'];
const writes = OFFSETS.flatMap((offset) =>
  ['1', '4096', '4097', '131072', '1048577'].map((length) =>
    posixCase(
      `${length} bytes are written at ${offset} into 5000`,
      `file a 644 #5000 ; open 0 a RDWR ; --- ; write 0 #${length} ${offset} => ${length} ; fstat 0 ; read 0 4000000 0`,
    ),
  ),
);

const RANGES = [
  ['0', '4096'],
  ['0', '100000'],
  ['1', '1'],
  ['4095', '2'],
  ['4096', '8192'],
  ['10000', '50000'],
  ['99999', '1'],
  ['99999', '100'],
  ['200000', '5000'],
];
const FALLOCATES = ['0', 'KEEP_SIZE', 'PUNCH_HOLE|KEEP_SIZE', 'ZERO_RANGE', 'ZERO_RANGE|KEEP_SIZE'];
const ranges = FALLOCATES.flatMap((flags) =>
  RANGES.map(([offset, length]) =>
    posixCase(
      `fallocate (${flags}) of ${length} bytes at ${offset} in 100000`,
      `file a 644 #100000
      open 0 a RDWR
      ---
      fallocate 0 ${flags} ${offset} ${length} => ok
      fstat 0
      read 0 300000 0`,
    ),
  ),
);

const others = posixCases(`
# a read ends at the end
file a
open 0 a RDONLY
---
read 0 3 => 3 "dat"
read 0 3 => 1 "a"
read 0 3 => 0 ""
read 0 10 2 => 2 "ta"
read 0 10 4 => 0 ""
read 0 10 ${TERABYTE} => 0 ""
# a read of nothing
file a
open 0 a RDONLY
---
read 0 0 => 0 ""
read 0 0 100 => 0 ""
# a place before the beginning
file a
open 0 a RDWR
---
lseek 0 -1 SET => EINVAL
lseek 0 -5 END => EINVAL
lseek 0 -1 CUR => EINVAL
read 0 1 -1 => EINVAL
write 0 x -1 => EINVAL
ftruncate 0 -1 => EINVAL
truncate a -1 => EINVAL
fallocate 0 0 -1 1 => EINVAL
fallocate 0 0 0 0 => EINVAL
fallocate 0 0 0 -1 => EINVAL
# a place in a file
file a
open 0 a RDWR
---
lseek 0 0 CUR => 0
lseek 0 2 SET => 2
read 0 10 => 2 "ta"
lseek 0 -1 END => 3
read 0 10 => 1 "a"
lseek 0 100 END => 104
write 0 x => 1
stat a => file 644 0:0 links=1 size=105
lseek 0 ${TERABYTE} SET => 1099511627776
lseek 0 0 CUR => 1099511627776
# two descriptors that share a place
file a
open 0 a RDWR
dup 0 1
---
read 0 1 => 1 "d"
read 1 1 => 1 "a"
lseek 1 0 SET => 0
read 0 10 => 4 "data"
# two descriptors with places of their own
file a
open 0 a RDWR
open 1 a RDWR
---
read 0 1 => 1 "d"
read 1 2 => 2 "da"
write 1 X => 1
read 0 10 => 3 "aXa"
# two processes that share a place
file a
open 0 a RDWR
@umask 22
---
read 0 1 => 1 "d"
@read 0 1 => 1 "a"
read 0 10 => 2 "ta"
# what one process writes another reads at once
@umask 22
file a
open 0 a RDWR
@open 0 a RDWR
---
write 0 one => 3
@read 0 10 => 4 "onea"
@write 0 two 2 => 3
read 0 10 0 => 5 "ontwo"
@ftruncate 0 1 => ok
fstat 0 => file 644 0:0 links=1 size=1
read 0 10 0 => 1 "o"
# appending goes to the end, wherever one is
file a
open 0 a RDWR|APPEND
---
lseek 0 0 SET => 0
write 0 more => 4
lseek 0 0 CUR => 8
read 0 20 0 => 8 "datamore"
# appending at a place goes to the end, too
file a
open 0 a RDWR|APPEND
---
write 0 more 1 => 4
read 0 20 0 => 8 "datamore"
# appending by two goes to the end that there is
@umask 22
file a
open 0 a RDWR|APPEND
@open 0 a WRONLY|APPEND
---
write 0 1 => 1
@write 0 2 => 1
write 0 3 => 1
@write 0 4 => 1
read 0 20 0 => 8 "data1234"
# appending can be switched on and off
file a
open 0 a RDWR
---
setfl 0 APPEND => ok
write 0 x 0 => 1
setfl 0 0 => ok
write 0 y 0 => 1
read 0 20 0 => 5 "yatax"
# appending after the file was made shorter
file a
open 0 a WRONLY|APPEND
---
truncate a 0 => ok
write 0 new => 3
stat a => file 644 0:0 links=1 size=3
# opening to be emptied
file a
---
open 0 a WRONLY|TRUNC => ok
stat a => file 644 0:0 links=1 size=0
write 0 x => 1
stat a => file 644 0:0 links=1 size=1
# opening to be emptied while another reads
file a
open 0 a RDONLY
read 0 2
---
open 1 a WRONLY|TRUNC => ok
read 0 2 => 0 ""
write 1 abcdef => 6
read 0 10 => 4 "cdef"
# opening to be made, and read only
---
open 0 a RDONLY|CREAT 200 => ok
read 0 1 => 0 ""
write 0 x => EBADF
stat a => file 200 0:0 links=1 size=0
# opening to be made, with a mode that forbids it
---
open 0 a RDWR|CREAT 0 => ok
write 0 x => 1
read 0 1 0 => 1 "x"
# synchronous writes
---
open 0 a RDWR|CREAT|SYNC 644 => ok
write 0 hello => 5
read 0 10 0 => 5 "hello"
open 1 a RDWR|DSYNC => ok
write 1 H => 1
read 0 10 0 => 5 "Hello"
# a hole reads as zeros
---
open 0 a RDWR|CREAT 644 => ok
write 0 end 100000 => 3
fstat 0 => file 644 0:0 links=1 size=100003
read 0 10 0 => 10 "%00%00%00%00%00%00%00%00%00%00"
read 0 10 99998 => 5 "%00%00end"
# a hole has no data
---
open 0 a RDWR|CREAT 644 => ok
write 0 #65536 0 => 65536
write 0 #65536 262144 => 65536
ftruncate 0 524288 => ok
lseek 0 0 DATA => 0
lseek 0 0 HOLE => 65536
lseek 0 65536 DATA => 262144
lseek 0 100000 DATA => 262144
lseek 0 262144 HOLE => 327680
lseek 0 327680 DATA => ENXIO
lseek 0 327680 HOLE => 327680
# data and holes of an empty file
---
open 0 a RDWR|CREAT 644 => ok
lseek 0 0 DATA => ENXIO
lseek 0 0 HOLE => ENXIO
# data and holes beyond the end
file a
open 0 a RDWR
---
lseek 0 0 DATA
lseek 0 0 HOLE
lseek 0 3 HOLE
lseek 0 4 DATA
lseek 0 4 HOLE
lseek 0 100 DATA
lseek 0 -1 DATA
# data and holes of a file without holes
file a 644 #200000
open 0 a RDWR
---
lseek 0 0 HOLE => 200000
lseek 0 1234 DATA => 1234
lseek 0 1234 HOLE => 200000
# data and holes of a file of holes alone
---
open 0 a RDWR|CREAT 644 => ok
ftruncate 0 1048576 => ok
lseek 0 0 DATA => ENXIO
lseek 0 5000 HOLE => 5000
# a punched hole has no data
file a 644 #1048576
open 0 a RDWR
---
fallocate 0 PUNCH_HOLE|KEEP_SIZE 65536 131072 => ok
fsync 0 => ok
lseek 0 0 HOLE => 65536
lseek 0 65536 DATA => 196608
read 0 5 65534 => 5 "wa%00%00%00"
read 0 5 196606 => 5 "%00%00ghi"
# a hole of half a block
file a 644 #20000
open 0 a RDWR
---
fallocate 0 PUNCH_HOLE|KEEP_SIZE 5000 10 => ok
read 0 14 4998 => 14 "ij%00%00%00%00%00%00%00%00%00%00uv"
# a hole needs the size to be kept
file a
open 0 a RDWR
---
fallocate 0 PUNCH_HOLE 0 4 => EOPNOTSUPP
# an allocation makes longer with zeros
file a
open 0 a RDWR
---
fallocate 0 0 2 10 => ok
read 0 20 0 => 12 "data%00%00%00%00%00%00%00%00"
fstat 0 => file 644 0:0 links=1 size=12
# an allocation that keeps the size
file a
open 0 a RDWR
---
fallocate 0 KEEP_SIZE 0 100000 => ok
fstat 0 => file 644 0:0 links=1 size=4
read 0 20 0 => 4 "data"
# ranges that are cut out and put in
file a 644 #20480
open 0 a RDWR
---
fallocate 0 COLLAPSE_RANGE 4096 4096
fallocate 0 INSERT_RANGE 4096 4096
fstat 0
# an allocation beyond all sizes
file a
open 0 a RDWR
---
fallocate 0 0 ${HUGE} 1 => EFBIG
fallocate 0 0 1 ${HUGE} => EFBIG
# an allocation of what cannot be allocated
dir d
mknod p fifo 644
open 0 d RDONLY
open 1 p RDWR
---
fallocate 0 0 0 1 => EBADF
fallocate 1 0 0 1 => ESPIPE
# a file of a terabyte
---
open 0 a RDWR|CREAT 644 => ok
ftruncate 0 ${TERABYTE} => ok
fstat 0 => file 644 0:0 links=1 size=1099511627776
read 0 5 ${BigInt(TERABYTE) - 3n} => 3 "%00%00%00"
write 0 end ${BigInt(TERABYTE) - 3n} => 3
read 0 5 ${BigInt(TERABYTE) - 3n} => 3 "end"
fstat 0 => file 644 0:0 links=1 size=1099511627776
# a size beyond all files
file a
open 0 a RDWR
---
ftruncate 0 ${HUGE} => EFBIG
truncate a ${HUGE} => EFBIG
write 0 x ${BigInt(HUGE) - 1n} => EFBIG
write 0 x ${HUGE} => EINVAL
fstat 0 => file 644 0:0 links=1 size=4
# a write beyond the limit of the process
file a
open 0 a RDWR
limit 10
---
write 0 #6 4 => 6
write 0 #6 8 => 2
write 0 x 10 => EFBIG
ftruncate 0 11 => EFBIG
ftruncate 0 10 => ok
fallocate 0 0 0 11 => EFBIG
fstat 0 => file 644 0:0 links=1 size=10
# a folder is no file
dir d
open 0 d RDONLY
---
read 0 10 => EISDIR
write 0 x => EBADF
ftruncate 0 0 => EINVAL
lseek 0 0 CUR => 0
fsync 0 => ok
fdatasync 0 => ok
map 0 0 4096 r => ENODEV
# what is not open
---
read 5 1 => EBADF
write 5 x => EBADF
close 5 => EBADF
fsync 5 => EBADF
fstat 5 => EBADF
ftruncate 5 0 => EBADF
fchmod 5 600 => EBADF
fchown 5 0 0 => EBADF
futimens 5 now now => EBADF
flist 5 => EBADF
# a file is no folder
file a
open 0 a RDONLY
---
flist 0 => ENOTDIR
fchdir 0 => ENOTDIR
# a pipe carries bytes
mknod p fifo 644
open 0 p RDWR|NONBLOCK
---
write 0 hello => 5
open 1 p RDONLY|NONBLOCK => ok
read 1 10 => 5 "hello"
read 1 10 => EAGAIN
lseek 0 0 SET => ESPIPE
fsync 0 => EINVAL
# a pipe that nobody reads
mknod p fifo 644
---
open 0 p WRONLY|NONBLOCK => ENXIO
open 0 p RDONLY|NONBLOCK => ok
open 1 p WRONLY|NONBLOCK => ok
close 0 => ok
write 1 x => EPIPE
# a socket that somebody listens to
bind s
---
lstat s => socket 755 0:0 links=1
connect s => ok
open 0 s RDONLY => ENXIO
bind s => EADDRINUSE
unlink s => ok
connect s => ENOENT
# a device is used by its number
mknod null char 666 1 3
mknod zero char 666 1 5
open 0 null RDWR
open 1 zero RDONLY
---
write 0 hello => 5
read 0 10 => 0 ""
read 1 3 => 3 "%00%00%00"
stat null => char 644 0:0 links=1 device=1:3
# a mapping sees what is written
file a
open 0 a RDWR
map 0 0 4 r
---
peek 0 4 => 4 "data"
write 0 XY => 2
peek 0 4 => 4 "XYta"
# what is written by a mapping is read
file a
open 0 a RDWR
open 1 a RDWR
map 0 0 4 rw
---
poke 1 XY => ok
read 1 10 => 4 "dXYa"
msync => ok
read 0 10 => 4 "dXYa"
# what is written by a mapping reaches another process
@umask 22
file a
open 0 a RDWR
@open 0 a RDWR
map 0 0 4 rw
@map 0 0 4 rw
---
poke 1 XY => ok
@peek 0 4 => 4 "dXYa"
@poke 0 Z => ok
peek 0 4 => 4 "ZXYa"
@read 0 10 => 4 "ZXYa"
msync => ok
# a mapping outlives the descriptor and the name
file a
open 0 a RDWR
link a b
map 0 0 4 rw
---
close 0 => ok
unlink a => ok
poke 0 XX => ok
msync => ok
unmap => ok
open 0 b RDONLY => ok
read 0 10 => 4 "XXta"
# a mapping beyond the end
file a
open 0 a RDWR
map 0 0 8192 rw
---
peek 0 4
peek 4 4
peek 4096 1
poke 4096 x
# a mapping of a file that is made shorter
file a 644 #8192
open 0 a RDWR
map 0 0 8192 rw
---
peek 5000 3 => 3 "klm"
ftruncate 0 100 => ok
peek 5000 3 => SIGBUS
peek 98 4 => 4 "gh%00%00"
# a mapping of a file that is made longer
file a 644 #100
open 0 a RDWR
map 0 0 8192 rw
---
ftruncate 0 8192
peek 98 4
poke 5000 yy
msync
read 0 10000 0
# what is written by a mapping behind the end is not there when the file is made longer
file a 644 #100
open 0 a RDWR
map 0 0 8192 rw
---
poke 200 xx
ftruncate 0 8192
peek 199 4
# a mapping of what is read only
file a
open 0 a RDONLY
---
map 0 0 4 rw => EACCES
map 0 0 4 r => ok
# a mapping of what is written only
file a
open 0 a WRONLY
---
map 0 0 4 r => EACCES
# a mapping at a place
file a 644 #20000
open 0 a RDWR
---
map 0 4096 4096 rw => ok
peek 0 5 => 5 "defgh"
poke 10 HERE => ok
msync => ok
read 0 6 4105 => 6 "mHEREr"
map 0 1000 4096 r => EINVAL
# a mapping of nothing
file a
open 0 a RDWR
---
map 0 0 0 r => EINVAL
# a mapping that is written while the file is written
file a 644 #12288
open 0 a RDWR
map 0 0 12288 rw
---
poke 0 MAPPED => ok
write 0 WRITTEN 4096 => 7
poke 8192 MAPPED => ok
write 0 WRITTEN 8200 => 7
msync => ok
fsync 0 => ok
read 0 20000 0
# a hole that is written by a mapping
---
open 0 a RDWR|CREAT 644 => ok
ftruncate 0 1048576 => ok
map 0 0 1048576 rw => ok
poke 524288 island => ok
msync => ok
unmap => ok
read 0 10 524286 => 10 "%00%00island%00%00"
fstat 0 => file 644 0:0 links=1 size=1048576
# a copy from one file into another
file a 644 #100000
file b 644 old
open 0 a RDONLY
open 1 b RDWR
---
copy 0 0 1 0 100000 => 100000
copy 0 99990 1 0 100 => 10
copy 0 100000 1 0 100 => 0
copy 0 5 1 200000 10 => 10
fstat 1 => file 644 0:0 links=1 size=200010
# a copy within a file
file a 644 #10000
open 0 a RDWR
---
copy 0 0 0 20000 5000 => 5000
copy 0 0 0 100 5000 => EINVAL
copy 0 0 0 100 50 => 50
fstat 0 => file 644 0:0 links=1 size=25000
# a copy that is not allowed
file a
file b
dir d
open 0 a WRONLY
open 1 b RDONLY
open 2 d RDONLY
open 3 b RDWR|APPEND
open 4 a RDONLY
---
copy 0 0 3 0 4 => EBADF
copy 4 0 1 0 4 => EBADF
copy 2 0 3 0 4 => EISDIR
copy 4 0 3 0 4 => EBADF
copy 4 -1 1 0 4 => EBADF
# writes at odd places make what they should
---
open 0 a RDWR|CREAT 644 => ok
write 0 #7 3 => 7
write 0 #5000 4000 => 5000
write 0 #1 131072 => 1
write 0 #70000 65530 => 70000
ftruncate 0 66000 => ok
ftruncate 0 200001 => ok
read 0 300000 0
fsync 0 => ok
read 0 300000 0
# a file of a megabyte in many pieces
---
open 0 a RDWR|CREAT 644
${Array.from({ length: 16 }, (_, at) => `write 0 #65537 ${((at * 7) % 16) * 65537}`).join('\n')}
close 0
stat a
# a program cannot be written while it is executed, nor executed while it is written
file a 755 %23!/bin/sh%0Aexit%207%0A
---
exec a
open 0 a RDWR
exec a
close 0
exec a
`);

export const BYTE_CASES: readonly PosixCase[] = [...sizes, ...writes, ...ranges, ...others];
