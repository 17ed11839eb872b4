import type { BytePath } from '#kernel';
import type { InboxSettings, ViewSettings, WebhookSettings } from './named-tables.ts';

/** Every setting with its value in force. What each means is said once, in {@link SETTINGS} and `NAMED_TABLES`. */
export interface Settings {
  readonly roots: readonly BytePath[];
  readonly data: BytePath;
  readonly workers: number;
  readonly scan: {
    readonly extensions: readonly string[];
    readonly include: readonly string[];
    readonly exclude: readonly string[];
    readonly ignoreFiles: readonly string[];
    readonly readsPerSpinningDisk: number;
  };
  readonly decode: {
    readonly secondsPerFile: number;
    readonly memoryMegabytes: number;
  };
  readonly match: {
    readonly expectedFalse: number;
    readonly memoryMegabytes: number;
  };
  readonly filing: {
    readonly protected: readonly BytePath[];
    readonly retries: number;
    readonly retryDelaySeconds: number;
    readonly trashDays: number | null;
  };
  readonly keep: {
    readonly order: readonly KeepWord[];
    readonly prefer: 'best' | 'oldest' | 'newest';
  };
  readonly output: {
    readonly color: ColorChoice;
    readonly progress: 'auto' | 'never';
  };
  readonly log: {
    readonly file: BytePath | null;
    readonly level: LogLevel;
  };
  readonly gate: {
    readonly leaseSeconds: number;
    readonly attempts: number;
    readonly retrySeconds: number;
  };
  readonly serve: {
    readonly host: string;
    readonly port: number;
    readonly allow: readonly BytePath[];
    readonly trustedProxies: readonly string[];
    readonly userHeader: string;
    readonly bodyMegabytes: number;
    readonly bodySeconds: number;
  };
  readonly compat: {
    readonly inbox: string | null;
    readonly allowFrom: readonly string[];
  };
  readonly inboxes: readonly InboxSettings[];
  readonly views: readonly ViewSettings[];
  readonly webhooks: readonly WebhookSettings[];
}

/** What copies are compared in, in the usual order; a test holds them against what is compared. */
export const KEEP_WORDS = [
  'decodable',
  'whole',
  'remains',
  'errors',
  'badly-clipped',
  'lossless',
  'clipped',
  'coding',
  'band',
  'resolution',
  'length',
  'tags',
  'conflicts',
  'cover',
  'age',
  'name',
] as const;
export type KeepWord = (typeof KEEP_WORDS)[number];

export type ColorChoice = 'auto' | 'always' | 'never';
export type LogLevel = 'error' | 'warning' | 'info' | 'debug';

/** A setting's dotted name: `workers`, `scan.extensions` … */
export type SettingKey = LeafKey<Omit<Settings, 'inboxes' | 'views' | 'webhooks'>>;

type LeafKey<T> = {
  [K in keyof T & string]: T[K] extends Leaf ? K : `${K}.${LeafKey<T[K]>}`;
}[keyof T & string];

type Leaf = string | number | null | readonly string[];

/** What a setting can hold. */
export type SettingValue = string | number | null | readonly string[];

/** The little that defaults depend on. */
export interface Machine {
  readonly cores: number;
  /** Memory that programs can still have. */
  readonly availableBytes: number;
  readonly homeFolder: string;
  /** The folder that relative paths of flags and environment start from. */
  readonly workingFolder: string;
}

/** What a setting accepts. A `folder` or `file` is a path, absolute or from `~` on or relative to where it was written. */
export type SettingShape =
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  /** On one line, not empty. */
  | { readonly kind: 'text' }
  /** A text with some of these in {braces}. */
  | { readonly kind: 'template'; readonly fields: readonly string[] }
  /** An address of the web, without user and password. */
  | { readonly kind: 'url' }
  | { readonly kind: 'texts' }
  /** IP addresses, and ranges of them as `10.0.0.0/8`. */
  | { readonly kind: 'addresses' }
  /** A list of some of these words. */
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'folder' }
  | { readonly kind: 'folders' }
  /** Folders below one that is known from elsewhere; `.` is that one itself. */
  | { readonly kind: 'subfolders' }
  | { readonly kind: 'file' };

/** What a value may be, what it means and what it is where nobody says it. */
export interface ValueSpec {
  readonly shape: SettingShape;
  readonly unit?: string;
  /** A sentence or two, shown by `config init`, the reference page and nothing else. */
  readonly description: string;
  /** The default as a person reads it, where it depends on the machine. */
  readonly defaultText?: string;
  /** What the commented file shows where the default says nothing about the form. */
  readonly example?: SettingValue;
  /** `null` where the default depends on the machine, or is "none". */
  readonly fallback: SettingValue;
}

export interface SettingSpec extends ValueSpec {
  readonly key: SettingKey;
}

/**
 * The one schema of the configuration: the file, the environment, `config show` and the reference
 * page are all made from this table. It is plain data, because a validation library costs more
 * processor time at start (150 ms measured) than everything else that a short command does.
 */
export const SETTINGS: readonly SettingSpec[] = [
  {
    key: 'roots',
    shape: { kind: 'folders' },
    description: 'The folders that hold your music. What lies below them is the library.',
    fallback: [],
  },
  {
    key: 'data',
    shape: { kind: 'folder' },
    description: 'Where the catalogue is kept. Losing it costs a new scan, nothing more.',
    defaultText: '$XDG_DATA_HOME/reprise/PROFILE, which is ~/.local/share/reprise/default',
    example: '~/.local/share/reprise/default',
    fallback: null,
  },
  {
    key: 'workers',
    shape: { kind: 'integer', min: 1, max: 256 },
    unit: 'processes',
    description: 'How many files are decoded at once.',
    defaultText: 'one for each processor core',
    example: 4,
    fallback: null,
  },
  {
    key: 'scan.extensions',
    shape: { kind: 'texts' },
    description: 'Which files are looked at, by the end of their names. Empty: everything that can be decoded.',
    example: ['flac', 'mp3'],
    fallback: [],
  },
  {
    key: 'scan.include',
    shape: { kind: 'texts' },
    description:
      'Patterns of files that are looked at whatever their names end with. * stands for any characters within ' +
      'a name, ? for one, ** for any folders; a pattern with a slash is about the end of the path.',
    example: ['*.bin'],
    fallback: [],
  },
  {
    key: 'scan.exclude',
    shape: { kind: 'texts' },
    description: 'Patterns, as above, of files and folders that are left out with all below them.',
    example: ['Podcasts', '*.part'],
    fallback: [],
  },
  {
    key: 'scan.ignoreFiles',
    shape: { kind: 'texts' },
    description: 'A folder that has a file of one of these names is left out, with all below it.',
    example: ['.nomedia'],
    fallback: [],
  },
  {
    key: 'scan.readsPerSpinningDisk',
    shape: { kind: 'integer', min: 1, max: 64 },
    unit: 'files',
    description: 'How many files are read at once from one spinning disk. Other disks have no limit of their own.',
    fallback: 2,
  },
  {
    key: 'decode.secondsPerFile',
    shape: { kind: 'integer', min: 1, max: 86_400 },
    unit: 'seconds',
    description: 'After how long without progress a decoder is stopped and its file counts as failed.',
    fallback: 120,
  },
  {
    key: 'decode.memoryMegabytes',
    shape: { kind: 'integer', min: 128, max: 65_536 },
    unit: 'megabytes',
    description: 'How much memory one decoder may use before it is stopped and the file counts as failed.',
    fallback: 1024,
  },
  {
    key: 'match.expectedFalse',
    shape: { kind: 'number', min: 0, max: 1_000_000 },
    unit: 'pairs of the whole library',
    description:
      'How many pairs of sounds that have nothing to do with each other may be expected among the duplicates, by ' +
      'chance. Pairs with less evidence than this asks for count as unsure.',
    fallback: 0.01,
  },
  {
    key: 'match.memoryMegabytes',
    shape: { kind: 'integer', min: 512, max: 65_536 },
    unit: 'megabytes',
    description:
      'How much memory the search for duplicates may take. With less than the index needs it is searched part by part, ' +
      'which takes longer and finds the same.',
    defaultText: 'half of what is free when the run starts, 512 at least and 3072 at most',
    example: 1024,
    fallback: null,
  },
  {
    key: 'filing.protected',
    shape: { kind: 'folders' },
    description:
      'Folders and files that nothing may happen to, whatever a plan says. While one of them is not there, no plan is applied.',
    example: ['~/Music/Originals'],
    fallback: [],
  },
  {
    key: 'filing.retries',
    shape: { kind: 'integer', min: 0, max: 100 },
    unit: 'times',
    description: 'How often something is tried again that failed for a reason that may pass: busy, timed out.',
    fallback: 3,
  },
  {
    key: 'filing.retryDelaySeconds',
    shape: { kind: 'number', min: 0, max: 3600 },
    unit: 'seconds',
    description: 'How long to wait before the first try again. The wait doubles with each.',
    fallback: 1,
  },
  {
    key: 'filing.trashDays',
    shape: { kind: 'integer', min: 0, max: 36_500 },
    unit: 'days',
    description: 'After how long what lies in the trash is deleted for good, whenever a plan is applied.',
    defaultText: 'never',
    example: 90,
    fallback: null,
  },
  {
    key: 'keep.order',
    shape: { kind: 'words', words: KEEP_WORDS },
    description:
      'What the copies of a recording are compared in to find the best one, the weightiest first. What is left out ' +
      'comes after, in the usual order. Whether a copy can be played and is whole always comes before everything.',
    defaultText: `the usual order: ${KEEP_WORDS.join(', ')}`,
    example: ['tags', 'cover'],
    fallback: [],
  },
  {
    key: 'keep.prefer',
    shape: { kind: 'choice', choices: ['best', 'oldest', 'newest'] },
    description:
      'Which of several whole copies is kept: the best one, or the oldest or newest file whatever its quality.',
    fallback: 'best',
  },
  {
    key: 'output.color',
    shape: { kind: 'choice', choices: ['auto', 'always', 'never'] },
    description: 'Colours: on a terminal only, always or never. NO_COLOR and CLICOLOR_FORCE are honoured.',
    fallback: 'auto',
  },
  {
    key: 'output.progress',
    shape: { kind: 'choice', choices: ['auto', 'never'] },
    description: 'Progress: a bar on a terminal and a line every few seconds elsewhere, or nothing.',
    fallback: 'auto',
  },
  {
    key: 'log.file',
    shape: { kind: 'file' },
    description: 'A file that a log is appended to.',
    defaultText: 'none',
    example: '~/reprise.log',
    fallback: null,
  },
  {
    key: 'log.level',
    shape: { kind: 'choice', choices: ['error', 'warning', 'info', 'debug'] },
    description: 'How much is logged.',
    fallback: 'info',
  },
  {
    key: 'gate.leaseSeconds',
    shape: { kind: 'integer', min: 1, max: 86_400 },
    unit: 'seconds',
    description:
      'After how long without a sign of life a worker counts as dead and its files are given to another. It is no limit ' +
      'for the work itself.',
    fallback: 60,
  },
  {
    key: 'gate.attempts',
    shape: { kind: 'integer', min: 1, max: 100 },
    unit: 'times',
    description: 'How often the gate takes a file up that fails, before it is left for a person.',
    fallback: 5,
  },
  {
    key: 'gate.retrySeconds',
    shape: { kind: 'number', min: 0, max: 86_400 },
    unit: 'seconds',
    description: 'How long the gate waits before it takes a failed file up again. The wait doubles with each.',
    fallback: 10,
  },
  {
    key: 'serve.host',
    shape: { kind: 'text' },
    description:
      'The address at which the daemon listens. The default is for programs on this machine only; 0.0.0.0 and :: let ' +
      'others in.',
    fallback: '127.0.0.1',
  },
  {
    key: 'serve.port',
    shape: { kind: 'integer', min: 0, max: 65_535 },
    description: 'The port at which the daemon listens; 0 takes any free one. The default is assigned to nothing else.',
    fallback: 8945,
  },
  {
    key: 'serve.allow',
    shape: { kind: 'folders' },
    description: 'Folders whose files requests may name, beside roots and inboxes.',
    example: ['~/Incoming'],
    fallback: [],
  },
  {
    key: 'serve.trustedProxies',
    shape: { kind: 'addresses' },
    description:
      'Where reverse proxies call from. Only from there the user header counts, and the address that a proxy forwards.',
    example: ['127.0.0.1', '10.0.0.0/8'],
    fallback: [],
  },
  {
    key: 'serve.userHeader',
    shape: { kind: 'text' },
    description: 'The header in which a trusted proxy names the user whom it has let in.',
    fallback: 'Remote-User',
  },
  {
    key: 'serve.bodyMegabytes',
    shape: { kind: 'integer', min: 1, max: 1024 },
    unit: 'megabytes',
    description: 'How large the body of a request may be.',
    fallback: 4,
  },
  {
    key: 'serve.bodySeconds',
    shape: { kind: 'number', min: 0.1, max: 3600 },
    unit: 'seconds',
    description: 'How long the body of a request may take to arrive.',
    fallback: 10,
  },
  {
    key: 'compat.inbox',
    shape: { kind: 'text' },
    description:
      "The name of the inbox that fname in requests of flaczkownia-dedup's clients is relative to. Without it the routes " +
      'of flaczkownia-dedup are off.',
    defaultText: 'none',
    example: 'downloads',
    fallback: null,
  },
  {
    key: 'compat.allowFrom',
    shape: { kind: 'addresses' },
    description: 'Who may call the routes of flaczkownia-dedup, which need no token.',
    fallback: ['127.0.0.1', '::1'],
  },
];

/** The table's entry, or `undefined` where there is no such setting. */
export function settingNamed(key: string): SettingSpec | undefined {
  return SETTINGS.find((setting) => setting.key === key);
}

/** `scan.ignoreFiles` → `REPRISE_SCAN__IGNORE_FILES`. */
export function environmentName(key: string): string {
  const words = key.replaceAll('.', '__').replace(/[A-Z]/g, (letter) => `_${letter}`);
  return `REPRISE_${words.toUpperCase()}`;
}
