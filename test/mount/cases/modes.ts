/** What becomes of set-id and sticky bits, of the umask, and of set-group-id folders. */
import { type PosixCase, posixCase, posixCases } from '../posix-case.ts';

const USER = 'as 1000 1000 2000';
const ROOT = 'as 0 0';

/** Of files of 1000:1000 that all may write to. */
const MODES = ['4777', '2777', '6777', '2767', '6767', '1777', '7777', '777'];
/** `@` is the number of the act, which each has a file for. */
const ACTS: readonly string[] = [
  'open 0 f@ WRONLY ; write 0 x',
  'open 0 f@ WRONLY ; write 0 %',
  'open 0 f@ RDWR',
  'open 0 f@ WRONLY|TRUNC',
  'truncate f@ 1',
  'truncate f@ 100',
  'open 0 f@ RDWR ; ftruncate 0 1',
  'open 0 f@ RDWR ; map 0 0 4 rw ; poke 0 x ; msync ; unmap ; close 0',
  'file g@ ; open 0 f@ RDWR ; open 1 g@ RDONLY ; copy 1 0 0 0 2',
  'chown f@ 1000 1000',
  'chown f@ -1 2000',
  'chown f@ 3000 -1',
  'setxattr f@ user.a v',
  'utimens f@ 1 2',
  'rename f@ g@',
  'link f@ g@',
];
const FOR_ALL_MODES = [
  ['allocated', 'open 0 f@ RDWR ; fallocate 0 0 0 100'],
  ['punched', 'open 0 f@ RDWR ; fallocate 0 PUNCH_HOLE|KEEP_SIZE 0 2'],
  ['truncated to the size that they have', 'truncate f@ 4'],
  ['given to nobody', 'chown f@ -1 -1'],
] as const;
const PEOPLE = [
  ['root', ROOT],
  ['its owner', USER],
  ['a stranger', 'as 3000 3000'],
] as const;

/** Each act on a file of its own, of the mode that belongs to it. */
function onFiles(identity: string, acts: readonly (readonly [mode: string, act: string])[]): string {
  const files = acts.map(([mode], at) => `file f${at} ; chown f${at} 1000 1000 ; chmod f${at} ${mode}`);
  const tried = acts.map(([, act], at) => act.replaceAll('@', String(at)));
  return `chmod . 777 ; ${files.join(' ; ')} ; ${identity} ; --- ; ${tried.join(' ; ')}`;
}

const bits = PEOPLE.flatMap(([who, identity]) => [
  ...MODES.map((mode) =>
    posixCase(
      `files of mode ${mode} are changed in many ways by ${who}`,
      onFiles(
        identity,
        ACTS.map((act) => [mode, act]),
      ),
    ),
  ),
  ...FOR_ALL_MODES.map(([what, act]) =>
    posixCase(
      `files of many modes are ${what} by ${who}`,
      onFiles(
        identity,
        MODES.map((mode) => [mode, act]),
      ),
    ),
  ),
]);

/** `@` is the number of the maker. */
const MAKERS: readonly string[] = [
  'open 0 a@ RDWR|CREAT MODE',
  'mkdir a@ MODE',
  'mknod a@ file MODE',
  'mknod a@ fifo MODE',
  'bind a@',
  'symlink x a@',
];
const DEVICE_MAKER = 'mknod a@ char MODE 1 3';

function allMade(makers: readonly string[], mode: string, folder = ''): string {
  return makers.map((act, at) => `${act.replace('a@', `${folder}a${at}`).replace('MODE', mode)} => ok`).join(' ; ');
}

const umasks = ['0', '22', '27', '77', '777', '1000', '7777'].flatMap((umask) =>
  ['0', '644', '777', '4755', '7777'].map((mode) =>
    posixCase(
      `what is made with the mode ${mode} and the umask ${umask}`,
      `umask ${umask} ; --- ; ${allMade([...MAKERS, DEVICE_MAKER], mode)}`,
    ),
  ),
);

const groupFolders = [
  ['root', ROOT],
  ['a member', 'as 1000 1000 4000'],
  ['a stranger', USER],
].flatMap(([who, identity]) =>
  ['755', '2755', '2745', '6777'].map((mode) =>
    posixCase(
      `what is made with the mode ${mode} in a set-group-id folder by ${who}`,
      `umask 0 ; dir d ; chown d 3000 4000 ; chmod d 2777 ; ${identity} ; --- ; ${allMade(MAKERS, mode, 'd/')}`,
    ),
  ),
);

const others = posixCases(`
# a mode has twelve bits
file a
---
chmod a 7777 => ok
stat a => file 7777 0:0 links=1 size=4
chmod a 0 => ok
stat a => file 0 0:0 links=1 size=4
chmod a 177777 => ok
stat a => file 7777 0:0 links=1 size=4
# a folder keeps its set bits when its mode is set
dir a 7755
---
chmod a 755 => ok
stat a => folder 755 0:0 links=2
chmod a 2711 => ok
stat a => folder 2711 0:0 links=2
# the set-group-id bit is not for strangers to the group
file a
chown a 1000 4000
${USER}
---
chmod a 2755 => ok
stat a => file 755 1000:4000 links=1 size=4
chmod a 6755 => ok
stat a => file 4755 1000:4000 links=1 size=4
# the set-group-id bit is for members of the group
file a
chown a 1000 2000
${USER}
---
chmod a 2755 => ok
stat a => file 2755 1000:2000 links=1 size=4
# the set-group-id bit of a folder is not for strangers to the group
dir a
chown a 1000 4000
${USER}
---
chmod a 2755 => ok
stat a => folder 755 1000:4000 links=2
# the sticky bit of a file is for its owner
file a
chown a 1000 1000
${USER}
---
chmod a 1644 => ok
stat a => file 1644 1000:1000 links=1 size=4
# a folder that is given away keeps its set bits
dir a
chown a 1000 1000
chmod a 6777
---
chown a 3000 4000 => ok
stat a => folder 6777 3000:4000 links=2
# a folder that its owner gives to another group keeps its set bits
dir a
chown a 1000 1000
chmod a 6777
${USER}
---
chown a -1 2000 => ok
stat a => folder 6777 1000:2000 links=2
# a pipe that is given away
mknod a fifo 644
chmod a 6777
---
chown a 3000 4000 => ok
stat a => fifo 777 3000:4000 links=1
# a folder in a set-group-id folder is one itself, and so are those in it
dir a
chown a 0 4000
chmod a 2755
---
mkdir a/b 755 => ok
mkdir a/b/c 700 => ok
open 0 a/b/c/f WRONLY|CREAT 644 => ok
# a temporary file in a set-group-id folder
dir a
chown a 0 4000
chmod a 2755
---
open 0 a RDWR|TMPFILE 2755 => ok
fstat 0 => file 2755 0:4000 links=0 size=0
# what is moved into a set-group-id folder keeps its group
dir a
chown a 0 4000
chmod a 2755
file f
---
rename f a/f => ok
# what is linked into a set-group-id folder keeps its group
dir a
chown a 0 4000
chmod a 2755
file f
---
link f a/f => ok
# opening a file to make it does not change the mode of one that is there
file a 600
---
open 0 a RDWR|CREAT 777 => ok
stat a => file 600 0:0 links=1 size=4
# a mode through a symbolic link
file a
symlink a l
---
chmod l 600 => ok
stat a => file 600 0:0 links=1 size=4
lstat l => link 777 0:0 links=1 size=1
# an owner through a symbolic link
file a
symlink a l
---
chown l 5 6 => ok
lchown l 7 8 => ok
stat a => file 644 5:6 links=1 size=4
lstat l => link 777 7:8 links=1 size=1
# an owner of any number
file a
---
chown a 4294967294 4294967293 => ok
stat a => file 644 4294967294:4294967293 links=1 size=4
chown a 65534 65535 => ok
stat a => file 644 65534:65535 links=1 size=4
chown a 2147483648 65536 => ok
stat a => file 644 2147483648:65536 links=1 size=4
# an owner that stays
file a
chown a 5 6
---
chown a -1 7 => ok
stat a => file 644 5:7 links=1 size=4
chown a 8 -1 => ok
stat a => file 644 8:7 links=1 size=4
chown a -1 -1 => ok
stat a => file 644 8:7 links=1 size=4
`);

export const MODE_CASES: readonly PosixCase[] = [...bits, ...umasks, ...groupFolders, ...others];
