/** Who may do what: 1000:1000 is an ordinary user, who is in the group 2000, too; 3000 and 4000 are strangers. */
import { type PosixCase, posixCase, posixCases } from '../posix-case.ts';

const USER = 'as 1000 1000 2000';

/** Those to whom a file can belong from where the user stands, with the digit of its mode that counts. */
const CLASSES = [
  ['one’s own', '1000 1000', (digit: number) => `${digit}07`],
  ['one’s group’s', '3000 1000', (digit: number) => `0${digit}7`],
  ['another of one’s groups’', '3000 2000', (digit: number) => `0${digit}7`],
  ['a stranger’s', '3000 4000', (digit: number) => `77${digit}`],
] as const;

/** What needs a right to the file itself, and which: 4 to read, 2 to write, 1 to execute or search. */
const FILE_NEEDS = [
  // The system starts what may not be read, and whoever interprets it fails.
  ['exec f', 1],
  ['open 0 f RDONLY', 4],
  ['open 0 f WRONLY', 2],
  ['open 0 f RDWR', 6],
  ['open 0 f RDONLY|TRUNC', 6],
  ['open 0 f PATH', 0],
  ['truncate f 1', 2],
  ['access f r', 4],
  ['access f w', 2],
  ['access f x', 1],
  ['access f r|w', 6],
  ['setxattr f user.a v', 2],
  ['getxattr f user.a', 4],
  ['stat f', 0],
  ['touch f', 2],
] as const;

/** Behind `@` comes the number of the act. */
const FOLDER_NEEDS = [
  ['list d', 4],
  ['open 0 d RDONLY|DIRECTORY', 4],
  ['stat d/f@', 1],
  ['open 0 d/f@ RDONLY', 1],
  ['open 0 d/n@ WRONLY|CREAT 644', 3],
  ['open 0 d/f@ WRONLY|CREAT 644', 1],
  ['mkdir d/n@ 755', 3],
  ['mknod d/n@ fifo 644', 3],
  ['symlink x d/n@', 3],
  ['link d/f@ d/n@', 3],
  ['unlink d/f@', 3],
  ['rmdir d/e@', 3],
  ['rename d/f@ d/n@', 3],
  ['rename d/f@ d/h@', 3],
  ['rename d/f@ n@', 3],
  ['rename g@ d/n@', 3],
  ['rename d/f@ d/h@ EXCHANGE', 3],
  ['access d w', 2],
  ['access d x', 1],
  ['setxattr d user.a v', 2],
  ['chdir d', 1],
] as const;

function answerTo(need: number, digit: number): string {
  return (need & digit) === need ? 'ok' : 'EACCES';
}

const SCRIPT = '%23!/bin/sh%0Aexit%207%0A';

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7];

const ofFiles = CLASSES.flatMap(([whose, owner, modeOf]) =>
  DIGITS.map((digit) => {
    const given = `file f ${modeOf(digit)} ${SCRIPT} ; setxattr f user.a v ; chown f ${owner} ; ${USER}`;
    const acts = FILE_NEEDS.map(([act, need]) => {
      const mayAnyhow = act === 'touch f' && owner.startsWith('1000');
      return `${act} => ${mayAnyhow ? 'ok' : answerTo(need, digit)}`;
    });
    return posixCase(`${whose} file, with the rights ${digit}`, `${given} ; --- ; ${acts.join(' ; ')}`);
  }),
);

/** Each act has names of its own, as many will do. */
const FOLDER_GIVEN = FOLDER_NEEDS.flatMap((_, at) => [
  ...['d/f', 'd/h', 'g'].flatMap((name) => [`file ${name}${at} 666`, `chown ${name}${at} 1000 1000`]),
  `dir d/e${at}`,
]);

const ofFolders = CLASSES.flatMap(([whose, owner, modeOf]) =>
  DIGITS.map((digit) => {
    const folder = `chown d ${owner} ; chmod d ${modeOf(digit)}`;
    const given = `chmod . 777 ; dir d ; ${FOLDER_GIVEN.join(' ; ')} ; ${folder} ; ${USER}`;
    const acts = FOLDER_NEEDS.map(
      ([act, need], at) => `${act.replaceAll('@', String(at))} => ${answerTo(need, digit)}`,
    );
    return posixCase(`${whose} folder, with the rights ${digit}`, `${given} ; --- ; ${acts.join(' ; ')}`);
  }),
);

/** Removing from a sticky folder is for the owner of the file, of the folder, and for root. */
const STICKY_ACTS = [
  'unlink d/f',
  'rmdir d/e',
  'rename d/f d/g',
  'rename d/f g',
  'rename g d/f',
  'rename d/h d/f',
  'rename d/f d/h EXCHANGE',
];
const stickies = ['0', '1000', '3000'].flatMap((folder) =>
  ['1000', '3000'].flatMap((file) =>
    STICKY_ACTS.map((act) =>
      posixCase(
        `${act}: in a sticky folder of ${folder}, where it belongs to ${file}`,
        `chmod . 777
        file g ; chown g 1000 1000
        dir d
        file d/f ; chown d/f ${file} ${file}
        file d/h ; chown d/h 1000 1000
        dir d/e ; chown d/e ${file} ${file}
        chown d ${folder} ${folder}
        chmod d 1777
        ${USER}
        ---
        ${act} => ${folder === '1000' || file === '1000' ? 'ok' : 'EPERM'}`,
      ),
    ),
  ),
);

const others = posixCases(`
# nobody but the owner changes a mode
file a
file b
chown b 1000 1000
dir c
${USER}
---
chmod a 777 => EPERM
chmod b 600 => ok
chmod c 777 => EPERM
# nobody but the owner changes a mode through a descriptor
file a 666
open 0 a RDWR
${USER}
---
fchmod 0 777 => EPERM
# a group may be given away to one’s own groups alone
file a
chown a 1000 1000
${USER}
---
chown a -1 2000 => ok
chown a 1000 1000 => ok
chown a -1 4000 => EPERM
chown a 3000 -1 => EPERM
chown a 1000 -1 => ok
chown a -1 -1 => ok
# a stranger may leave an owner as it is
file a 666
${USER}
---
chown a -1 -1 => ok
# a stranger may change no owner, not even to what it is
file a 666
${USER}
---
chown a 0 0 => EPERM
chown a -1 1000 => EPERM
lchown a 1000 1000 => EPERM
# a symbolic link belongs to who made it
chmod . 777
${USER}
symlink x a
---
lchown a -1 2000 => ok
lchown a 0 -1 => EPERM
lstat a => link 777 1000:2000 links=1 size=1
# a symbolic link of another may be read
symlink x a
${USER}
---
readlink a => 1 "x"
lchown a 1000 -1 => EPERM
utimens a now now nofollow => ok
# given times are for the owner
file a 666
file b
chown b 1000 1000
${USER}
---
utimens a 1 2 => EPERM
utimens a now now => ok
utimens a omit 5 => EPERM
utimens a now omit => EPERM
utimens b 1 2 => ok
utimens b omit 3 => ok
times b => 1.000000000 3.000000000
touch a => ok
touch b => ok
# who may not write may not even set the time to now
file a 644
${USER}
---
touch a => EACCES
utimens a now now => EACCES
utimens a omit omit => ok
# the owner sets times though not allowed to write
file a 400
chown a 1000 1000
${USER}
---
touch a => ok
utimens a now now => ok
utimens a 7 8 => ok
times a => 7.000000000 8.000000000
# rights are looked at when a file is opened, not later
file a 666
${USER}
open 0 a RDWR
as 0 0
chmod a 0
${USER}
---
write 0 xx => 2
read 0 10 0 => 4 "xxta"
open 1 a RDONLY => EACCES
# a file can be made with a mode that its maker may not use
chmod . 777
${USER}
---
open 0 a RDWR|CREAT 0 => ok
write 0 data => 4
stat a => file 0 1000:1000 links=1 size=4
open 1 a RDWR => EACCES
# an owner without rights has none though all others have them
file a 077
chown a 1000 1000
${USER}
---
open 0 a RDONLY => EACCES
open 0 a WRONLY => EACCES
chmod a 700 => ok
open 0 a RDWR => ok
# a group without rights has none though strangers have them
file a 707
chown a 3000 2000
${USER}
---
open 0 a RDONLY => EACCES
# root may read and write all, and execute what somebody may
file a 0 ${SCRIPT}
file b 1 ${SCRIPT}
dir d 0
file d/f
---
open 0 a RDWR => ok
exec a => EACCES
exec b => exit 7
access a r|w => ok
access a x => EACCES
access b x => ok
list d => (..:folder .:folder f:file)
file d/g => ok
# root that acts as a user has rights like one
file a 600
chmod . 777
${USER}
---
open 0 a RDONLY => EACCES
as 0 0 => ok
open 0 a RDONLY => ok
# devices are made by root alone
chmod . 777
${USER}
---
mknod a char 644 1 3 => EPERM
mknod a block 644 1 3 => EPERM
mknod a fifo 644 => ok
mknod b socket 644 => ok
mknod c file 644 => ok
# what a user makes belongs to the user
chmod . 777
${USER}
---
mkdir a 755 => ok
open 0 b RDWR|CREAT 644 => ok
mknod c fifo 644 => ok
symlink x d => ok
bind e => ok
# what is made in a folder of another group belongs to one’s own
dir d 777
chown d 3000 4000
${USER}
---
mkdir d/a 755 => ok
open 0 d/b RDWR|CREAT 644 => ok
# a way that leads through a folder that may not be searched ends there
dir a 700
dir a/b 777
file a/b/c 666
${USER}
---
stat a/b/c => EACCES
open 0 a/b/c RDONLY => EACCES
unlink a/b/c => EACCES
rename a/b/c x => EACCES
truncate a/b/c 0 => EACCES
chmod a/b/c 600 => EACCES
access a/b/c f => EACCES
symlink x a/b/d => EACCES
readlink a/b/d => EACCES
statvfs a/b => EACCES
chdir a/b => EACCES
getxattr a/b/c user.a => EACCES
# a symbolic link does not help into a folder that may not be searched
dir a 700
file a/f 666
symlink a/f l
${USER}
---
open 0 l RDONLY => EACCES
lstat l => link 777 0:0 links=1 size=3
# who stands in a folder that may not be searched any more is not let into it
chmod . 777
dir a
chown a 1000 1000
${USER}
chdir a
chmod ../a 600
---
stat . => EACCES
stat x => EACCES
open 0 x WRONLY|CREAT 644 => EACCES
list . => EACCES
chdir .. => EACCES
# a folder is moved by who may write to it, for its dots change
chmod . 777
dir d 777
dir a 555
chown a 3000 3000
dir b 777
chown b 3000 3000
${USER}
---
rename a d/a => EACCES
rename a c => ok
rename b d/b => ok
# a file of another may be linked to by who may read and write it
chmod . 777
file a 666
file b 644
mknod c fifo 666
chown a 3000 3000
${USER}
---
link a d
link b e
link c f
# a sticky folder that all may write to protects files of others from being opened to be made
dir d 1777
file d/a 666
chown d/a 3000 3000
mknod d/p fifo 666
chown d/p 3000 3000
${USER}
---
open 0 d/a RDWR
open 0 d/a RDWR|CREAT 644
open 0 d/p RDWR|CREAT|NONBLOCK 644
# a sticky folder that all may write to protects from symbolic links of others
dir d 1777
file f 666
symlink ../f d/l
lchown d/l 3000 3000
${USER}
---
open 0 d/l RDONLY
stat d/l
readlink d/l
unlink d/l
# attributes for root are not listed to others
file a 666
setxattr a trusted.a v
setxattr a security.a v
setxattr a user.a v
${USER}
---
listxattr a => (security.a user.a)
# attributes for root are neither read nor set by others
file a 666
setxattr a trusted.a v
setxattr a security.a v
setxattr a user.a v
${USER}
---
getxattr a trusted.a => ENODATA
getxattr a security.a => 1 "v"
setxattr a trusted.b v => EPERM
setxattr a security.b v => EPERM
removexattr a trusted.a => EPERM
removexattr a security.a => EPERM
removexattr a user.a => ok
# attributes of a sticky folder are for its owner
dir d 1777
${USER}
---
setxattr d user.a v => EPERM
# attributes of a user’s own file
chmod . 777
${USER}
file a 400
---
setxattr a user.a v => EACCES
getxattr a user.a => ENODATA
chmod a 600 => ok
setxattr a user.a v => ok
listxattr a => (user.a)
# locks need no right to write
file a 644
${USER}
open 0 a RDONLY
---
flock 0 EX => ok
lock 0 r 0 0 => ok
lock 0 w 0 0 => EBADF
# times of access are kept only for the owner
file a 644
${USER}
---
open 0 a RDONLY|NOATIME => EPERM
# a folder can be listed by who may read it, not more
dir d 744
file d/f
${USER}
---
list d => (..:folder .:folder f:file)
stat d/f => EACCES
# a folder can be searched by who knows the names
dir d 711
file d/f
${USER}
---
list d => EACCES
stat d/f => file 644 0:0 links=1 size=4
open 0 d/f RDONLY => ok
# a group that is the first one counts like the others
file a 40
chown a 0 1000
file b 40
chown b 0 2000
file c 40
chown c 0 4000
${USER}
---
open 0 a RDONLY => ok
open 1 b RDONLY => ok
open 2 c RDONLY => EACCES
# a descriptor for reading does not write, nor the other way round
file a
open 0 a RDONLY
open 1 a WRONLY
open 2 a PATH
---
write 0 x => EBADF
ftruncate 0 1 => EINVAL
read 1 1 => EBADF
read 2 1 => EBADF
write 2 x => EBADF
fchmod 2 600 => EBADF
fsetxattr 2 user.a v => EBADF
fallocate 0 0 0 10 => EBADF
fsync 2 => EBADF
fstat 2 => file 644 0:0 links=1 size=4
`);

export const RIGHT_CASES: readonly PosixCase[] = [...ofFiles, ...ofFolders, ...stickies, ...others];
