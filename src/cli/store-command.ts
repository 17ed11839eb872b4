/** `store`, as data. */
import type { CommandSpec } from './command-spec.ts';

/** What one action of `store` takes; everything else is told to be wrong. */
export interface StoreAction {
  /** What follows its name. */
  readonly operands: string;
  /** How many operands, both ends included. */
  readonly count: readonly [min: number, max: number];
  /** Of the command's options, those that mean something here. */
  readonly options: readonly string[];
}

export type StoreWord =
  | 'init'
  | 'import'
  | 'ls'
  | 'cat'
  | 'export'
  | 'stat'
  | 'verify'
  | 'repair'
  | 'gc'
  | 'mount'
  | 'serve-webdav';

const MANY = Number.POSITIVE_INFINITY;

export const STORE_ACTIONS: Readonly<Record<StoreWord, StoreAction>> = {
  init: { operands: 'STORE', count: [1, 1], options: ['chunk'] },
  import: {
    operands: 'STORE PATH…',
    count: [1, MANY],
    options: ['watch', 'from-ripfs', 'thorough', 'delete-source', 'yes', 'quiet-time', 'dry-run'],
  },
  ls: { operands: 'STORE [PATH]', count: [1, 2], options: ['recursive', 'long'] },
  cat: { operands: 'STORE PATH', count: [2, 2], options: [] },
  export: { operands: 'STORE DIR [PATH…]', count: [2, MANY], options: [] },
  stat: { operands: 'STORE', count: [1, 1], options: [] },
  verify: { operands: 'STORE', count: [1, 1], options: ['read-data'] },
  repair: { operands: 'STORE', count: [1, 1], options: ['dry-run'] },
  gc: { operands: 'STORE', count: [1, 1], options: ['dry-run'] },
  mount: { operands: 'STORE DIR', count: [2, 2], options: ['foreground', 'options'] },
  'serve-webdav': { operands: 'STORE', count: [1, 1], options: ['listen', 'password-file'] },
};

export const STORE_COMMAND: CommandSpec = {
  name: 'store',
  aliases: [],
  summary: 'keep recordings byte for byte, and pay once for what repeats in them',
  about:
    'A store is a folder that holds files to the last byte and keeps a stretch that occurs in several of them once, as the ' +
    'songs of a radio station do. "init STORE" makes one. "import STORE PATH…" takes files and folders in; each is read back ' +
    'and compared before it counts, and nothing that is in is ever replaced. "ls STORE [PATH]" lists what is in, "cat STORE ' +
    'PATH" prints a file as it was, "export STORE DIR [PATH…]" writes files into a folder. "stat STORE" says what it holds ' +
    'and saves. "verify STORE" looks whether every file is whole, and ends with 9 where one is not; "repair STORE" keeps all ' +
    'that is whole after damage; "gc STORE" gives back what nothing uses any more. "mount STORE DIR" shows it as a folder in ' +
    'which every program can work; what is written there is shared in the background. "serve-webdav STORE" does the same for ' +
    'whoever has no FUSE: Windows, macOS, a NAS, a player on the network.',
  operands: 'init|import|ls|cat|export|stat|verify|repair|gc|mount|serve-webdav STORE …',
  count: [0, MANY],
  options: [
    {
      name: 'chunk',
      value: 'SIZE',
      choices: ['small', 'medium', 'large'],
      help: 'init: how finely to look for repeats. small (the usual) finds most, large keeps the smallest index',
    },
    { name: 'watch', value: 'DIR', help: 'import: what lies in this folder, then whatever arrives, until Ctrl-C' },
    {
      name: 'quiet-time',
      value: 'SECONDS',
      help: 'import --watch, --delete-source: how long a file must not have changed; 10',
    },
    { name: 'from-ripfs', value: 'OLD', help: 'import: all files of a store that ripfs made, which stays as it is' },
    {
      name: 'thorough',
      help: 'import: compare what is in already by all its bytes, not by size and time; mends what is damaged',
    },
    {
      name: 'delete-source',
      help: 'import: afterwards put the files that the store holds into the trash; asks, and "undo" brings them back',
    },
    { name: 'yes', help: 'import --delete-source: do not ask' },
    { name: 'dry-run', help: 'import, repair, gc: only say what it would come to' },
    { name: 'recursive', short: 'R', help: 'ls: all that lies below, too' },
    { name: 'long', short: 'l', help: 'ls: also rights, owner, size and time' },
    { name: 'foreground', help: 'mount: stay until it is unmounted; Ctrl-C unmounts it' },
    {
      name: 'options',
      short: 'o',
      value: 'OPTION,…',
      help:
        'mount: ro, noatime and what else mount(8) knows; writeback: gather what is written before it comes to the store; ' +
        'dedup_on=rename|close|both (the usual) and quiet=SECONDS (10): when a file is shared',
    },
    {
      name: 'listen',
      value: 'ADDRESS:PORT',
      help: 'serve-webdav: where to listen; 127.0.0.1:8946, for this machine alone. Port 0 is any free one',
    },
    {
      name: 'password-file',
      value: 'FILE',
      help: 'serve-webdav: let in who knows what stands in the first line of this file; a must at other addresses',
    },
    {
      name: 'read-data',
      help: 'verify: read every byte and compare it with its hash; takes as long as reading the disk',
    },
  ],
  examples: [
    ['reprise store init /srv/radio.store', 'start here'],
    ['reprise store import --dry-run /srv/radio.store ~/Radio', 'what would it save?'],
    ['reprise store import /srv/radio.store ~/Radio', 'take a folder in, under its name'],
    ['reprise store cat /srv/radio.store "Radio/news.mp3" | mpv -', 'listen to a file of it'],
    ['reprise store mount /srv/radio.store /mnt/radio', 'work in it as in any folder; "umount /mnt/radio" ends it'],
    ['reprise store serve-webdav /srv/radio.store', 'the same for programs that speak WebDAV, until Ctrl-C'],
    ['reprise store import /srv/radio.store --watch ~/Radio', 'whatever a recorder writes, as it is finished'],
  ],
};
