/** What names there can be, how folders are listed, where one can stand, and numbers of devices. */
import { type PosixCase, posixCase, posixCases } from '../posix-case.ts';
import { LONGEST } from './places.ts';

const ODD_NAMES: readonly (readonly [what: string, name: string])[] = [
  ['a blank', '%20'],
  ['blanks around it', '%20a%20'],
  ['a new line', 'a%0Ab'],
  ['a control character', '%01'],
  ['the last byte', '%FF'],
  ['bytes that are no UTF-8', '%C3%28%80'],
  ['half a character', 'a%C3'],
  ['a surrogate', '%ED%A0%80'],
  ['a letter in one piece', '%C3%A9'],
  ['a letter in two pieces', 'e%CC%81'],
  ['four bytes for a character', '%F0%9F%8E%B5'],
  ['three dots', '...'],
  ['dots and a blank', '..%20'],
  ['a dot at the end', 'a.'],
  ['a hyphen', '-rf'],
  ['a backslash', 'a%5Cb'],
  ['a colon', 'c:'],
  ['a star', '%2A'],
  ['a percent sign', '%25'],
  ['a quote', '%22%27'],
  ['what FUSE hides behind', '.fuse_hidden0001'],
  ['255 bytes that are no UTF-8', '%FF'.repeat(255)],
];

const oddNames = ODD_NAMES.map(([what, name]) =>
  posixCase(
    `a name with ${what}`,
    `dir d
    ---
    file ${name} => ok
    mkdir d/${name} 755 => ok
    symlink ${name} l => ok
    stat l
    list .
    rename ${name} d/${name}/x => ok
    link d/${name}/x ${name} => ok
    list d/${name}
    unlink ${name} => ok
    list .`,
  ),
);

const everyByte = posixCase(
  'names of each byte',
  `--- ; ${Array.from({ length: 255 }, (_, at) => at + 1)
    .filter((byte) => byte !== 0x2e && byte !== 0x2f)
    .map((byte) => `mknod %${byte.toString(16).toUpperCase().padStart(2, '0')} file 644`)
    .join(' ; ')} ; list .`,
);

const everyLength = posixCase(
  'names of each length',
  `--- ; ${Array.from({ length: 256 }, (_, at) => `mknod ${'x'.repeat(at + 1)} file 644`).join(' ; ')} ; list .`,
);

const DEVICES = ['0 0', '0 1', '1 0', '1 3', '255 255', '256 256', '4095 1048575', '8 65536'];
const devices = DEVICES.flatMap((numbers) =>
  ['char', 'block'].map((type) =>
    posixCase(
      `a ${type} device of the numbers ${numbers}`,
      `--- ; mknod a ${type} 640 ${numbers} => ok ; stat a => ${type} 640 0:0 links=1 device=${numbers.replace(' ', ':')}`,
    ),
  ),
);

const others = posixCases(`
# names are told apart by their case
---
file a => ok
file A => ok
file ä => ok
file Ä => ok
list . => (%C3%84:file %C3%A4:file ..:folder .:folder A:file a:file)
# names are told apart by how a letter is written
---
file %C3%A9 => ok
file e%CC%81 => ok
list . => (%C3%A9:file ..:folder .:folder e%CC%81:file)
# a folder is listed with the kinds
file a
dir b
symlink x c
mknod d fifo 644
mknod e socket 644
mknod f char 644 1 3
mknod g block 644 7 0
link a h
---
list . => (..:folder .:folder a:file b:folder c:link d:fifo e:socket f:char g:block h:file)
# an empty folder has dots
dir d
---
list d => (..:folder .:folder)
# a folder of a hundred
dir d
many d/x 100
---
list d
# a folder of a thousand
dir d
many d/x 1000
---
list d
stat d/x00999 => file 644 0:0 links=1 size=0
stat d/x01000 => ENOENT
# a folder of a thousand is emptied while it is read
dir d
many d/x 1000
open 0 d RDONLY|DIRECTORY
---
drain 0
rmdir d => ok
# a folder is read again from the start
dir d
file d/a
open 0 d RDONLY|DIRECTORY
---
flist 0 => (..:folder .:folder a:file)
flist 0 => ()
file d/b => ok
lseek 0 0 SET => 0
flist 0 => (..:folder .:folder a:file b:file)
# a folder that is open sees what comes and goes
dir d
open 0 d RDONLY|DIRECTORY
---
file d/a => ok
flist 0 => (..:folder .:folder a:file)
unlink d/a => ok
lseek 0 0 SET => 0
flist 0 => (..:folder .:folder)
# a folder that is begun and changed tells nothing twice
dir d
many d/x 200
open 0 d RDONLY|DIRECTORY
begin 0
---
rename d/x00000 d/y => ok
file d/z => ok
unlink d/x00100 => ok
lseek 0 0 SET => 0
flist 0
# names of 255 bytes fill a listing
${Array.from({ length: 40 }, (_, at) => `file ${String(at).padStart(255, 'x')}`).join('\n')}
---
list .
# a way up and down again
dir a
dir a/b
dir c
file c/f
---
stat a/b/../../c/f => file 644 0:0 links=1 size=4
stat a/./b/.././../c/./f => file 644 0:0 links=1 size=4
stat a//b/// => folder 755 0:0 links=2
stat a/../none/../c => ENOENT
# above a file
file f
---
stat f/.. => ENOTDIR
stat f/. => ENOTDIR
# standing in a folder
dir a
dir a/b
chdir a
---
getcwd => ./a
chdir b => ok
getcwd => ./a/b
chdir .. => ok
chdir .. => ok
getcwd => .
# standing in a folder through a symbolic link
dir a
dir a/b
symlink a/b l
---
chdir l => ok
getcwd => ./a/b
list .. => (..:folder .:folder b:folder)
# standing in a folder that is open
dir a
open 0 a RDONLY|DIRECTORY
---
fchdir 0 => ok
getcwd => ./a
# standing in what is no folder
file a
---
chdir a => ENOTDIR
# a way of twenty folders with the longest names
${Array.from({ length: 20 }, () => `dir ${LONGEST}\nchdir ${LONGEST}`).join('\n')}
---
file f => ok
list . => (..:folder .:folder f:file)
getcwd => ENAMETOOLONG
chdir .. => ok
list . => (..:folder .:folder nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn:folder)
# a hundred folders in each other
${Array.from({ length: 100 }, () => 'dir d\nchdir d').join('\n')}
file f
---
getcwd => ./d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d
list . => (..:folder .:folder f:file)
stat ${'../'.repeat(99)}d/d/d => folder 755 0:0 links=3
# a path of many dots
file a
---
stat ${'./'.repeat(1000)}a => file 644 0:0 links=1 size=4
dir d => ok
stat ${'d/../'.repeat(500)}a => file 644 0:0 links=1 size=4
# the longest names beside each other
---
file ${LONGEST.slice(1)}a => ok
file ${LONGEST.slice(1)}b => ok
list . => (..:folder .:folder nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnna:file nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnb:file)
unlink ${LONGEST.slice(1)}a => ok
list . => (..:folder .:folder nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnb:file)
# what the file system says of names
---
statvfs . => namemax=255 sound
# making a file that is there
file a
---
open 0 a WRONLY|CREAT|EXCL 644 => EEXIST
mkdir a 755 => EEXIST
mknod a fifo 644 => EEXIST
symlink x a => EEXIST
# making a file exclusively through a symbolic link to nothing
symlink none l
---
open 0 l WRONLY|CREAT|EXCL 644 => EEXIST
mkdir l 755 => EEXIST
mknod l file 644 => EEXIST
symlink x l => EEXIST
stat none => ENOENT
# a file that is made is there at once for another process
@umask 22
---
file a => ok
@stat a => file 644 0:0 links=1 size=4
@unlink a => ok
stat a => ENOENT
@mkdir a 700 => ok
stat a => folder 700 0:0 links=2
@rename a b => ok
stat a => ENOENT
stat b => folder 700 0:0 links=2
# a name that was not there and comes by another process
@umask 22
---
stat a => ENOENT
@file a => ok
stat a => file 644 0:0 links=1 size=4
@unlink a => ok
stat a => ENOENT
@symlink none a => ok
lstat a => link 777 0:0 links=1 size=4
# a name that is taken over by another kind of node
---
file a => ok
stat a => file 644 0:0 links=1 size=4
unlink a => ok
mkdir a 755 => ok
stat a => folder 755 0:0 links=2
rmdir a => ok
symlink b a => ok
lstat a => link 777 0:0 links=1 size=1
unlink a => ok
mknod a fifo 600 => ok
stat a => fifo 600 0:0 links=1
# a folder is made and removed again and again
---
mkdir a 755 => ok
rmdir a => ok
mkdir a 755 => ok
rmdir a => ok
mkdir a 755 => ok
file a/b => ok
unlink a/b => ok
rmdir a => ok
list . => (..:folder .:folder)
# making a node of a kind that mknod does not make
---
mknod a folder 755 => EPERM
mknod a link 777 => EINVAL
`);

export const NAME_CASES: readonly PosixCase[] = [...oddNames, everyByte, everyLength, ...devices, ...others];
