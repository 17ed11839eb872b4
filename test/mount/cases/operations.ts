/** Each operation that takes a path, on whatever a path can lead to. */
import { type PosixCase, posixCase } from '../posix-case.ts';
import { PLACES } from './places.ts';

/** With the answers that are not `ok`, and the places that give them. */
type Answers = Readonly<Record<string, string>>;

/** `T` is the path. These change nothing, so they are done one after the other. */
const LOOKS: readonly (readonly [act: string, answers: Answers])[] = [
  [
    'stat T',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ELOOP: 'loop loop/ below-loop',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'lstat T',
    {
      ENOENT: 'none none/ dangling/ no-path below-none below-dangling new-255',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ELOOP: 'loop/ below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'access T r',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ELOOP: 'loop loop/ below-loop',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'readlink T',
    {
      ENOENT: 'none none/ dangling/ no-path below-none below-dangling new-255',
      EINVAL: 'file dir full fifo socket char block dir/ link-dir/ . .. dir/. dir/.. below-link-dir name-255 path-4095',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ELOOP: 'loop/ below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'open 0 T RDONLY|NONBLOCK',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ELOOP: 'loop loop/ below-loop',
      ENXIO: 'socket block',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'open 0 T WRONLY|NONBLOCK',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      EISDIR: 'dir full link-dir dir/ link-dir/ . .. dir/. dir/..',
      ELOOP: 'loop loop/ below-loop',
      ENXIO: 'socket block',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'open 0 T RDONLY|DIRECTORY',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ENOTDIR:
        'file link-file fifo socket char block file/ link-file/ below-file below-fifo below-link-file below-link-dir name-255 path-4095',
      ELOOP: 'loop loop/ below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'open 0 T RDONLY|NOFOLLOW|NONBLOCK',
    {
      ENOENT: 'none none/ dangling/ no-path below-none below-dangling new-255',
      ELOOP: 'link-file link-dir dangling loop loop/ below-loop',
      ENXIO: 'socket block',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'open 0 T PATH|NOFOLLOW',
    {
      ENOENT: 'none none/ dangling/ no-path below-none below-dangling new-255',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ELOOP: 'loop/ below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'list T',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ENOTDIR:
        'file link-file fifo socket char block file/ link-file/ below-file below-fifo below-link-file below-link-dir name-255 path-4095',
      ELOOP: 'loop loop/ below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'statvfs T',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ELOOP: 'loop loop/ below-loop',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'exec T',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      EACCES:
        'file dir full link-file link-dir fifo socket char block dir/ link-dir/ . .. dir/. dir/.. below-link-dir name-255 path-4095',
      ELOOP: 'loop loop/ below-loop',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'getxattr T user.a',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ENODATA:
        'file dir full link-file link-dir fifo socket char block dir/ link-dir/ . .. dir/. dir/.. below-link-dir name-255 path-4095',
      ELOOP: 'loop loop/ below-loop',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'listxattr T',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ELOOP: 'loop loop/ below-loop',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'llistxattr T',
    {
      ENOENT: 'none none/ dangling/ no-path below-none below-dangling new-255',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ELOOP: 'loop/ below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
];

/** Above `---` what else has to be there. */
const CHANGES: readonly (readonly [script: string, answers: Answers])[] = [
  [
    'open 0 T RDWR|TRUNC|NONBLOCK',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      EISDIR: 'dir full link-dir dir/ link-dir/ . .. dir/. dir/..',
      ELOOP: 'loop loop/ below-loop',
      ENXIO: 'socket block',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'open 0 T RDONLY|CREAT|NONBLOCK 640',
    {
      EISDIR: 'dir full link-dir file/ dir/ none/ link-file/ link-dir/ dangling/ loop/ . .. dir/. dir/..',
      ELOOP: 'loop below-loop',
      ENXIO: 'socket block',
      ENOENT: 'no-path below-none below-dangling',
      ENOTDIR: 'below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'open 0 T RDWR|CREAT|EXCL 640',
    {
      EEXIST:
        'file dir full link-file link-dir dangling loop fifo socket char block . .. dir/. dir/.. below-link-dir name-255 path-4095',
      EISDIR: 'file/ dir/ none/ link-file/ link-dir/ dangling/ loop/',
      ENOENT: 'no-path below-none below-dangling',
      ENOTDIR: 'below-file below-fifo below-link-file',
      ELOOP: 'below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'open 0 T RDWR|TMPFILE 640',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ENOTDIR:
        'file link-file fifo socket char block file/ link-file/ below-file below-fifo below-link-file below-link-dir name-255 path-4095',
      ELOOP: 'loop loop/ below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'mkdir T 750',
    {
      EEXIST:
        'file dir full link-file link-dir dangling loop fifo socket char block file/ dir/ link-file/ link-dir/ dangling/ loop/ . .. dir/. dir/.. below-link-dir name-255 path-4095',
      ENOENT: 'no-path below-none below-dangling',
      ENOTDIR: 'below-file below-fifo below-link-file',
      ELOOP: 'below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'mknod T file 640',
    {
      EEXIST:
        'file dir full link-file link-dir dangling loop fifo socket char block file/ dir/ link-file/ link-dir/ dangling/ loop/ . .. dir/. dir/.. below-link-dir name-255 path-4095',
      ENOENT: 'none/ no-path below-none below-dangling',
      ENOTDIR: 'below-file below-fifo below-link-file',
      ELOOP: 'below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'mknod T char 640 1 3',
    {
      EEXIST:
        'file dir full link-file link-dir dangling loop fifo socket char block file/ dir/ link-file/ link-dir/ dangling/ loop/ . .. dir/. dir/.. below-link-dir name-255 path-4095',
      ENOENT: 'none/ no-path below-none below-dangling',
      ENOTDIR: 'below-file below-fifo below-link-file',
      ELOOP: 'below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'symlink to T',
    {
      EEXIST:
        'file dir full link-file link-dir dangling loop fifo socket char block file/ dir/ link-file/ link-dir/ dangling/ loop/ . .. dir/. dir/.. below-link-dir name-255 path-4095',
      ENOENT: 'none/ no-path below-none below-dangling',
      ENOTDIR: 'below-file below-fifo below-link-file',
      ELOOP: 'below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'file source ; --- ; link source T',
    {
      EEXIST:
        'file dir full link-file link-dir dangling loop fifo socket char block file/ dir/ link-file/ link-dir/ dangling/ loop/ . .. dir/. dir/.. below-link-dir name-255 path-4095',
      ENOENT: 'none/ no-path below-none below-dangling',
      ENOTDIR: 'below-file below-fifo below-link-file',
      ELOOP: 'below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'link T new',
    {
      ENOENT: 'none none/ dangling/ no-path below-none below-dangling new-255',
      EPERM: 'dir full dir/ link-dir/ . .. dir/. dir/..',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ELOOP: 'loop/ below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'linkaim T new',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      EPERM: 'dir full link-dir dir/ link-dir/ . .. dir/. dir/..',
      ELOOP: 'loop loop/ below-loop',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'unlink T',
    {
      ENOENT: 'none none/ no-path below-none below-dangling new-255',
      EISDIR: 'dir full dir/ . .. dir/. dir/..',
      ENOTDIR: 'file/ link-file/ link-dir/ dangling/ loop/ below-file below-fifo below-link-file',
      ELOOP: 'below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'rmdir T',
    {
      ENOENT: 'none none/ no-path below-none below-dangling new-255',
      ENOTDIR:
        'file link-file link-dir dangling loop fifo socket char block file/ link-file/ link-dir/ dangling/ loop/ below-file below-fifo below-link-file below-link-dir name-255 path-4095',
      ENOTEMPTY: 'full .. dir/..',
      EINVAL: '. dir/.',
      ELOOP: 'below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'rename T new',
    {
      ENOENT: 'none none/ no-path below-none below-dangling new-255',
      ENOTDIR: 'file/ link-file/ link-dir/ dangling/ loop/ below-file below-fifo below-link-file',
      EBUSY: '. .. dir/. dir/..',
      ELOOP: 'below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'file source ; --- ; rename source T',
    {
      EISDIR: 'dir full',
      ENOTDIR: 'file/ dir/ none/ link-file/ link-dir/ dangling/ loop/ below-file below-fifo below-link-file',
      EBUSY: '. .. dir/. dir/..',
      ENOENT: 'no-path below-none below-dangling',
      ELOOP: 'below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'dir folder ; --- ; rename folder T',
    {
      ENOTDIR:
        'file link-file link-dir dangling loop fifo socket char block file/ link-file/ link-dir/ dangling/ loop/ below-file below-fifo below-link-file below-link-dir name-255 path-4095',
      ENOTEMPTY: 'full',
      EBUSY: '. .. dir/. dir/..',
      ENOENT: 'no-path below-none below-dangling',
      ELOOP: 'below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'file source ; --- ; rename source T NOREPLACE',
    {
      EEXIST:
        'file dir full link-file link-dir dangling loop fifo socket char block file/ dir/ link-file/ link-dir/ dangling/ loop/ . .. dir/. dir/.. below-link-dir name-255 path-4095',
      ENOTDIR: 'none/ below-file below-fifo below-link-file',
      ENOENT: 'no-path below-none below-dangling',
      ELOOP: 'below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'file source ; --- ; rename source T EXCHANGE',
    {
      ENOENT: 'none none/ no-path below-none below-dangling new-255',
      ENOTDIR: 'file/ link-file/ link-dir/ dangling/ loop/ below-file below-fifo below-link-file',
      EBUSY: '. .. dir/. dir/..',
      ELOOP: 'below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'chmod T 604',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ELOOP: 'loop loop/ below-loop',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'chown T 12 34',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ELOOP: 'loop loop/ below-loop',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'lchown T 12 34',
    {
      ENOENT: 'none none/ dangling/ no-path below-none below-dangling new-255',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ELOOP: 'loop/ below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'truncate T 7',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      EISDIR: 'dir full link-dir dir/ link-dir/ . .. dir/. dir/..',
      ELOOP: 'loop loop/ below-loop',
      EINVAL: 'fifo socket char block',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'utimens T 1.5 2.5',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ELOOP: 'loop loop/ below-loop',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'utimens T 1.5 2.5 nofollow',
    {
      ENOENT: 'none none/ dangling/ no-path below-none below-dangling new-255',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ELOOP: 'loop/ below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'chdir T',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ENOTDIR:
        'file link-file fifo socket char block file/ link-file/ below-file below-fifo below-link-file below-link-dir name-255 path-4095',
      ELOOP: 'loop loop/ below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'setxattr T user.a v',
    {
      ENOENT: 'none dangling none/ dangling/ no-path below-none below-dangling new-255',
      ELOOP: 'loop loop/ below-loop',
      EPERM: 'fifo socket char block',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
  [
    'lsetxattr T trusted.a v',
    {
      ENOENT: 'none none/ dangling/ no-path below-none below-dangling new-255',
      ENOTDIR: 'file/ link-file/ below-file below-fifo below-link-file',
      ELOOP: 'loop/ below-loop',
      ENAMETOOLONG: 'new-256 below-256 path-4096',
    },
  ],
];

const PLACE_LIST = Object.entries(PLACES);

function tried(act: string, answers: Answers, name: string, path: string): string {
  const [answer = 'ok'] = Object.entries(answers).find(([, places]) => places.split(' ').includes(name)) ?? [];
  return `${act.replace(/\bT\b/, path)} => ${answer}`;
}

const looks = PLACE_LIST.map(([name, { title, given, path }]) =>
  posixCase(
    `a look at ${title}`,
    `${given} ; --- ; ${LOOKS.map(([act, answers]) => tried(act, answers, name, path)).join(' ; ')}`,
  ),
);

const changes = CHANGES.flatMap(([script, answers]) => {
  const [act = script, others = ''] = script.split(' ; --- ; ').reverse();
  return PLACE_LIST.map(([name, { title, given, path }]) =>
    posixCase(`${act}: of ${title}`, `${given} ; ${others} ; --- ; ${tried(act, answers, name, path)}`),
  );
});

export const OPERATION_CASES: readonly PosixCase[] = [...looks, ...changes];
