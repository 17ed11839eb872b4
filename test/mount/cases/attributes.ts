/** Extended attributes: which node takes which, and how large they may be. */
import { type PosixCase, posixCase, posixCases } from '../posix-case.ts';

const NODES: readonly (readonly [what: string, given: string])[] = [
  ['a file', 'file a'],
  ['a folder', 'dir a'],
  ['a symbolic link', 'symlink x a'],
  ['a pipe', 'mknod a fifo 644'],
  ['a socket', 'mknod a socket 644'],
  ['a device', 'mknod a char 644 1 3'],
];
const SPACES = [
  'user.a',
  'trusted.a',
  'security.a',
  'system.a',
  'other.a',
  'user',
  'user.',
  'a',
  'USER.a',
  'trusted.',
  '.a',
];

const spaces = NODES.flatMap(([what, given]) =>
  SPACES.map((name) =>
    posixCase(
      `the attribute ${name} of ${what}`,
      `${given} ; --- ; lsetxattr a ${name} value ; lgetxattr a ${name} ; llistxattr a ; lremovexattr a ${name} ; llistxattr a`,
    ),
  ),
);

const FLAGS = ['0', 'XATTR_CREATE', 'XATTR_REPLACE', 'XATTR_CREATE|XATTR_REPLACE'];
const flags = FLAGS.flatMap((flag) =>
  ['setxattr a user.a old', 'stat a'].map((given, at) =>
    posixCase(
      `an attribute that is ${at === 0 ? '' : 'not '}there is set (${flag})`,
      `file a ; ${given} ; --- ; setxattr a user.a new ${flag} ; getxattr a user.a`,
    ),
  ),
);

/** Those up to 900 bytes fit into the smallest block of an ext4, the others into none. */
const VALUE_BYTES = ['0', '1', '255', '256', '900', '5000', '65535', '65536', '65537'];
const values = VALUE_BYTES.map((bytes) =>
  posixCase(
    `an attribute of ${bytes} bytes`,
    `file a ; --- ; setxattr a user.a #${bytes} ; getxattr a user.a ; getxattr a user.a 0 ; getxattr a user.a 2`,
  ),
);

const names = ['249', '250', '251'].map((bytes) =>
  posixCase(
    `an attribute whose name has ${Number(bytes) + 5} bytes`,
    `file a ; --- ; setxattr a user.${'n'.repeat(Number(bytes))} v ; listxattr a`,
  ),
);

const others = posixCases(`
# an attribute of any bytes
file a
---
setxattr a user.%FF%0A%20ä ä%00%FFb => ok
listxattr a => (user.%FF%0A%20%C3%A4)
getxattr a user.%FF%0A%20ä => 5 "%C3%A4%00%FFb"
# names of attributes are told apart by their bytes
file a
---
setxattr a user.a 1 => ok
setxattr a user.A 2 => ok
setxattr a user.a. 3 => ok
listxattr a => (user.A user.a user.a.)
# an attribute without value
file a
---
setxattr a user.a % => ok
getxattr a user.a => 0 ""
getxattr a user.a 0 => 0
listxattr a => (user.a)
# an attribute without name
file a
---
setxattr a % v => ERANGE
getxattr a % => ERANGE
removexattr a % => ERANGE
# an attribute that is not there
file a
---
getxattr a user.a => ENODATA
removexattr a user.a => ENODATA
listxattr a => ()
# attributes of what is not there
---
setxattr a user.a v => ENOENT
getxattr a user.a => ENOENT
listxattr a => ENOENT
removexattr a user.a => ENOENT
# room for a value
file a
setxattr a user.a hello
---
getxattr a user.a 0 => 5
getxattr a user.a 4 => ERANGE
getxattr a user.a 5 => 5 "hello"
getxattr a user.a 6 => 5 "hello"
# room for the names
file a
setxattr a user.a 1
setxattr a user.bb 2
---
listxattr a 0 => 15
listxattr a 14 => ERANGE
listxattr a 15 => (user.a user.bb)
# attributes through a descriptor
file a
open 0 a RDONLY
---
fsetxattr 0 user.a v => ok
fgetxattr 0 user.a => 1 "v"
flistxattr 0 => (user.a)
getxattr a user.a => 1 "v"
fremovexattr 0 user.a => ok
listxattr a => ()
# attributes through a symbolic link
file a
symlink a l
---
setxattr l user.a v => ok
getxattr a user.a => 1 "v"
lsetxattr l trusted.a w => ok
lgetxattr l trusted.a => 1 "w"
getxattr l trusted.a => ENODATA
llistxattr l => (trusted.a)
listxattr l => (user.a)
# a new value in place of another
file a
setxattr a user.a #500
---
setxattr a user.a v
getxattr a user.a
setxattr a user.a #600
getxattr a user.a
# twenty attributes
file a
---
${Array.from({ length: 20 }, (_, at) => `setxattr a user.number-${at} ${at}`).join('\n')}
listxattr a
removexattr a user.number-15
listxattr a
getxattr a user.number-19
# attributes stay over a rename and with a second name
file a
setxattr a user.a v
---
rename a b => ok
link b c => ok
getxattr c user.a => 1 "v"
# attributes go with the file
file a
setxattr a user.a v
---
unlink a => ok
file a => ok
listxattr a => ()
# attributes of a folder are not those of what is in it
dir d
setxattr d user.a v
---
mkdir d/e 755 => ok
listxattr d/e => ()
# attributes go over an exchange with their nodes
file a
file b
setxattr a user.a 1
setxattr b user.b 2
---
rename a b EXCHANGE => ok
listxattr a => (user.b)
listxattr b => (user.a)
# an access control list that says what the mode says
file a 640
---
setxattr a system.posix_acl_access %02%00%00%00%01%00%06%00%FF%FF%FF%FF%04%00%04%00%FF%FF%FF%FF%20%00%00%00%FF%FF%FF%FF
stat a
# an access control list changes the mode
file a 640
---
setxattr a system.posix_acl_access %02%00%00%00%01%00%07%00%FF%FF%FF%FF%04%00%01%00%FF%FF%FF%FF%20%00%02%00%FF%FF%FF%FF
stat a
# an access control list for one more user
file a 600
---
setxattr a system.posix_acl_access %02%00%00%00%01%00%06%00%FF%FF%FF%FF%02%00%04%00%E8%03%00%00%04%00%00%00%FF%FF%FF%FF%10%00%04%00%FF%FF%FF%FF%20%00%00%00%FF%FF%FF%FF
stat a
as 1000 1000
open 0 a RDONLY
# an access control list that is none
file a
---
setxattr a system.posix_acl_access nonsense
getxattr a system.posix_acl_access
removexattr a system.posix_acl_access
# an access control list that is inherited
dir d
---
setxattr d system.posix_acl_default %02%00%00%00%01%00%07%00%FF%FF%FF%FF%04%00%05%00%FF%FF%FF%FF%20%00%00%00%FF%FF%FF%FF
open 0 d/a WRONLY|CREAT 666
fstat 0
`);

export const ATTRIBUTE_CASES: readonly PosixCase[] = [...spaces, ...flags, ...values, ...names, ...others];
