/** Counts of links, files without name, and folders that are gone while somebody uses them. */
import { type PosixCase, posixCases } from '../posix-case.ts';

/** So many links, of which the last is `l`, and the first leads to the file `aim`. */
function chainOf(count: number): string {
  const names = ['aim', ...Array.from({ length: count - 1 }, (_, at) => `l${at}`), 'l'];
  return names
    .slice(1)
    .map((name, at) => `symlink ${names[at]} ${name}`)
    .join('\n');
}

export const LINK_CASES: readonly PosixCase[] = posixCases(`
# a file has as many links as names
file a
---
link a b => ok
link a c => ok
stat a => file 644 0:0 links=3 size=4
unlink a => ok
stat b => file 644 0:0 links=2 size=4
unlink c => ok
stat b => file 644 0:0 links=1 size=4
# a folder has two links, and one for each folder in it
dir a
---
stat a => folder 755 0:0 links=2
mkdir a/b 755 => ok
stat a => folder 755 0:0 links=3
mkdir a/c 755 => ok
file a/f => ok
symlink x a/l => ok
stat a => folder 755 0:0 links=4
rmdir a/b => ok
stat a => folder 755 0:0 links=3
# a link to a symbolic link is one to the link itself
file aim
symlink aim l
---
link l m => ok
lstat m => link 777 0:0 links=2 size=3
readlink m => 3 "aim"
# a link to what a symbolic link leads to
file aim
symlink aim l
---
linkaim l m => ok
stat aim => file 644 0:0 links=2 size=4
# a link to what a symbolic link to nothing leads to
symlink nowhere l
---
linkaim l m => ENOENT
# a link to a pipe
mknod a fifo 600
---
link a b => ok
stat b => fifo 600 0:0 links=2
# a link to a device
mknod a char 600 1 3
---
link a b => ok
stat b => char 600 0:0 links=2 device=1:3
# a link to a socket
mknod a socket 600
---
link a b => ok
stat b => socket 600 0:0 links=2
# a link to a folder
dir a
---
link a b => EPERM
# a link to itself
file a
---
link a a => EEXIST
# a link in another folder
dir d
file a
---
link a d/b => ok
stat d/b => file 644 0:0 links=2 size=4
unlink a => ok
stat d/b => file 644 0:0 links=1 size=4
# a link sees the bytes that are written by another name
file a
link a b
---
truncate a 2 => ok
stat b => file 644 0:0 links=2 size=2
# a link sees the mode that is set by another name
file a
link a b
---
chmod a 600 => ok
stat b => file 600 0:0 links=2 size=4
chown b 5 6 => ok
stat a => file 600 5:6 links=2 size=4
# a link below a file
file a
file f
---
link a f/b => ENOTDIR
# a link to another file system
file a
---
link a /proc/reprise-test => ENOENT
# a file lives on without its name
file a
open 0 a RDWR
---
unlink a => ok
fstat 0 => file 644 0:0 links=0 size=4
fmoved 0 => --c
read 0 10 => 4 "data"
write 0 more => 4
fstat 0 => file 644 0:0 links=0 size=8
read 0 20 0 => 8 "datamore"
# a file without name can be truncated
file a
open 0 a RDWR
unlink a
---
ftruncate 0 2 => ok
fstat 0 => file 644 0:0 links=0 size=2
ftruncate 0 100000 => ok
fstat 0 => file 644 0:0 links=0 size=100000
read 0 10 0 => 10 "da%00%00%00%00%00%00%00%00"
# a file without name can be changed in every way
file a
open 0 a RDWR
unlink a
---
fchmod 0 600 => ok
fchown 0 7 8 => ok
futimens 0 1.000000005 2.000000006 => ok
fsetxattr 0 user.a v => ok
fgetxattr 0 user.a => 1 "v"
flistxattr 0 => (user.a)
fremovexattr 0 user.a => ok
flistxattr 0 => ()
fstat 0 => file 600 7:8 links=0 size=4
# a file without name can be synchronised
file a
open 0 a RDWR
unlink a
---
write 0 xyz => 3
fsync 0 => ok
fdatasync 0 => ok
read 0 10 0 => 4 "xyza"
# a file without name can be allocated and punched
file a
open 0 a RDWR
unlink a
---
fallocate 0 0 0 100000 => ok
fallocate 0 PUNCH_HOLE|KEEP_SIZE 1 2 => ok
fstat 0 => file 644 0:0 links=0 size=100000
read 0 6 0 => 6 "d%00%00a%00%00"
# a file without name can be mapped
file a
open 0 a RDWR
unlink a
---
map 0 0 4 rw => ok
poke 1 XX => ok
msync => ok
unmap => ok
read 0 10 0 => 4 "dXXa"
# a file without name gets no name again
file a
open 0 a RDWR
unlink a
---
flink 0 b => ENOENT
stat b => ENOENT
# a file without name and a new one of its name are two
file a 644 old
open 0 a RDWR
unlink a
---
file a 644 new => ok
open 1 a RDWR => ok
write 0 O => 1
write 1 N => 1
read 0 10 0 => 3 "Old"
read 1 10 0 => 3 "New"
fstat 0 => file 644 0:0 links=0 size=3
fstat 1 => file 644 0:0 links=1 size=3
# a file without name is gone when the last who has it open closes it
file a
open 0 a RDWR
open 1 a RDONLY
unlink a
---
close 0 => ok
read 1 10 => 4 "data"
fstat 1 => file 644 0:0 links=0 size=4
close 1 => ok
stat a => ENOENT
# a file that two have open lives on when one is closed
@umask 22
file a
open 0 a RDWR
@open 1 a RDWR
unlink a
---
close 0 => ok
@write 1 XY => 2
@read 1 10 0 => 4 "XYta"
@fstat 1 => file 644 0:0 links=0 size=4
# a second name keeps a file whose first is gone
file a
link a b
open 0 a RDWR
unlink a
---
fstat 0 => file 644 0:0 links=1 size=4
write 0 XY => 2
read 0 10 0 => 4 "XYta"
open 1 b RDONLY => ok
read 1 10 => 4 "XYta"
# a file that is opened after a link to it is made and its first name is gone
file a
link a b
unlink a
---
open 0 b RDWR|APPEND => ok
write 0 ! => 1
stat b => file 644 0:0 links=1 size=5
# a temporary file has no name
dir d
---
open 0 d RDWR|TMPFILE 640 => ok
fstat 0 => file 640 0:0 links=0 size=0
write 0 hello => 5
read 0 10 0 => 5 "hello"
list d => (..:folder .:folder)
# a temporary file gets a name
dir d
---
open 0 d RDWR|TMPFILE 640 => ok
write 0 hello => 5
flink 0 d/a => ok
stat d/a => file 640 0:0 links=1 size=5
list d => (..:folder .:folder a:file)
# a temporary file that must have no name gets none
dir d
---
open 0 d RDWR|TMPFILE|EXCL 640 => ok
flink 0 d/a => ENOENT
# a temporary file cannot be for reading
dir d
---
open 0 d RDONLY|TMPFILE 640 => EINVAL
# a folder lives on without its name, and takes no new ones
dir a
open 0 a RDONLY|DIRECTORY
---
rmdir a => ok
fstat 0 => folder 755 0:0 links=0
flist 0 => ENOENT
fchdir 0 => ok
mkdir b 755 => ENOENT
open 1 b RDWR|CREAT 644 => ENOENT
symlink x b => ENOENT
stat . => folder 755 0:0 links=0
getcwd => ENOENT
# the folder where one is can be removed
dir a
chdir a
---
rmdir ../a => ok
getcwd => ENOENT
list . => ENOENT
mkdir b 755 => ENOENT
stat .. => folder 755 0:0 links=2
# a folder that is gone cannot be moved into
dir a
file f
open 0 a RDONLY|DIRECTORY
rmdir a
---
fchdir 0 => ok
rename ../f g => ENOENT
link ../f g => ENOENT
# a folder by its name while it is the one where one is
dir a
chdir a
---
file b => ok
stat ../a/b => file 644 0:0 links=1 size=4
unlink ../a/b => ok
list . => (..:folder .:folder)
# a folder that somebody reads can be removed
dir a
open 0 a RDONLY|DIRECTORY
begin 0
---
rmdir a => ok
begin 0 => ENOENT
stat a => ENOENT
# removing a folder with a file in it
dir a
file a/b
---
rmdir a => ENOTEMPTY
unlink a/b => ok
rmdir a => ok
# removing a folder with a hidden file in it
dir a
file a/.b
---
rmdir a => ENOTEMPTY
# removing a folder by a symbolic link
dir a
symlink a l
---
rmdir l => ENOTDIR
rmdir l/ => ENOTDIR
unlink l => ok
# removing one name of two moves the time of change of the node
file a
link a b
---
unlink a => ok
moved b => --c
# a symbolic link keeps any target
---
symlink %20x a => ok
symlink a%0Ab%FFc b => ok
readlink b => 5 "a%0Ab%FFc"
symlink / c => ok
symlink a//b/../c/. d => ok
readlink d => 11 "a//b/../c/."
# a symbolic link of 1000 bytes, which fits into the smallest block of an ext4
---
symlink ${'t/'.repeat(500)} a => ok
lstat a => link 777 0:0 links=1 size=1000
readlink a
# a symbolic link of 4096 bytes
---
symlink ${'t/'.repeat(2048)} a => ENAMETOOLONG
# a symbolic link of 60 bytes, and of 59
---
symlink ${'s'.repeat(60)} a => ok
symlink ${'s'.repeat(59)} b => ok
lstat a => link 777 0:0 links=1 size=60
lstat b => link 777 0:0 links=1 size=59
# a symbolic link to nothing at all
---
symlink % a => ENOENT
# a symbolic link is read as far as there is room
symlink abcdef a
---
readlink a 3 => 3 "abc"
readlink a 6 => 6 "abcdef"
readlink a 7 => 6 "abcdef"
# a symbolic link has all rights
---
umask 77 => ok
symlink x a => ok
lstat a => link 777 0:0 links=1 size=1
# a symbolic link leads to where it says from where it lies
dir d
file d/aim
symlink aim d/l
symlink d/l m
---
stat d/l => file 644 0:0 links=1 size=4
stat m => file 644 0:0 links=1 size=4
open 0 m RDONLY => ok
read 0 10 => 4 "data"
# a symbolic link up and down again
dir d
file f
symlink ../f d/l
symlink d e
---
stat e/l => file 644 0:0 links=1 size=4
stat e/../f => file 644 0:0 links=1 size=4
# writing through a symbolic link
file aim
symlink aim l
---
open 0 l WRONLY|TRUNC => ok
write 0 new => 3
lstat l => link 777 0:0 links=1 size=3
stat aim => file 644 0:0 links=1 size=3
# making a file through a symbolic link to nothing
symlink aim l
---
open 0 l WRONLY|CREAT 640 => ok
stat aim => file 640 0:0 links=1 size=0
lstat l => link 777 0:0 links=1 size=3
# making a file through a symbolic link to a folder that is not there
symlink none/aim l
---
open 0 l WRONLY|CREAT 640 => ENOENT
# a chain of forty symbolic links
file aim
${chainOf(40)}
---
stat l => file 644 0:0 links=1 size=4
# a chain of forty-one symbolic links
file aim
${chainOf(41)}
---
stat l => ELOOP
unlink l => ok
`);
