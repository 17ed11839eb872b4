/** What an inbox, a view and a webhook may say, beside the one schema of {@link SETTINGS} and by the same rules. */
import {
  type InboxSettings,
  PLACE_FIELDS,
  TUPLE_PARTS,
  type ViewSettings,
  WEBHOOK_EVENTS,
  type WebhookSettings,
} from './named-tables.ts';
import { environmentName, type ValueSpec } from './settings.ts';

export type TableKind = 'inboxes' | 'views' | 'webhooks';

/** One value of a named section. */
export interface NamedSpec<Key extends string = string> extends ValueSpec {
  readonly key: Key;
  /** There is no default: a section without it is a mistake. */
  readonly isRequired?: true;
}

export interface NamedTable<Key extends string = string> {
  readonly kind: TableKind;
  /** A sentence or two about such a section. */
  readonly description: string;
  /** A name for examples. */
  readonly exampleName: string;
  readonly settings: readonly NamedSpec<Key>[];
}

const INBOXES: NamedTable<Exclude<keyof InboxSettings, 'name'>> = {
  kind: 'inboxes',
  description: 'An inbox is a folder in which files arrive, and what the gate does with them. There may be several.',
  exampleName: 'downloads',
  settings: [
    {
      key: 'path',
      shape: { kind: 'folder' },
      description: 'The folder.',
      example: '~/Downloads/music',
      fallback: null,
      isRequired: true,
    },
    {
      key: 'mode',
      shape: { kind: 'choice', choices: ['gate', 'preview', 'observe'] },
      description:
        'gate judges files and does with them what is said below, preview judges them and holds each for a person, ' +
        'observe judges them and does nothing else.',
      fallback: 'gate',
    },
    {
      key: 'watch',
      shape: { kind: 'choice', choices: ['auto', 'poll'] },
      description:
        'auto lets the system tell of changes where it can, poll looks through the folder, as network mounts need it.',
      fallback: 'auto',
    },
    {
      key: 'pollSeconds',
      shape: { kind: 'number', min: 0.1, max: 86_400 },
      unit: 'seconds',
      description:
        'How long to wait before the folder is looked through again, where the system does not tell of changes.',
      fallback: 30,
    },
    {
      key: 'stableSeconds',
      shape: { kind: 'number', min: 0, max: 86_400 },
      unit: 'seconds',
      description: 'How long a file must not have changed before it is judged, unless it was renamed into place.',
      fallback: 10,
    },
    {
      key: 'exclude',
      shape: { kind: 'texts' },
      description:
        'Patterns, as of scan.exclude, of files and folders that are left alone, beside those of unfinished downloads.',
      example: ['*.!qB'],
      fallback: [],
    },
    {
      key: 'tuple',
      shape: { kind: 'words', words: TUPLE_PARTS },
      description: 'What must agree, beside the album and the sound, before one file is a copy of another.',
      fallback: [...TUPLE_PARTS],
    },
    {
      key: 'onUntagged',
      shape: { kind: 'choice', choices: ['hold', 'pass'] },
      description: 'A file without album or track number: hold it for a person, or pass it as new.',
      fallback: 'hold',
    },
    {
      key: 'onUnsure',
      shape: { kind: 'choice', choices: ['hold', 'pass'] },
      description:
        'A file whose sound does not say for sure whether it is a copy: hold it for a person, or pass it as new.',
      fallback: 'hold',
    },
    {
      key: 'onUnreadable',
      shape: { kind: 'choice', choices: ['hold', 'pass'] },
      description: 'A file that is meant to be audio and cannot be decoded: hold it for a person, or pass it on.',
      fallback: 'hold',
    },
    {
      key: 'onDuplicate',
      shape: { kind: 'choice', choices: ['leave', 'trash'] },
      description: 'A copy of what is there already: leave it where it is, or put it into the trash.',
      fallback: 'leave',
    },
    {
      key: 'onUpgrade',
      shape: { kind: 'choice', choices: ['hold', 'swap'] },
      description:
        'A copy that is better than what is there: hold it for a person, or swap its sound in at the old path where ' +
        'container and extension are the same. The tags and the cover that are there stay, and it can be undone.',
      fallback: 'hold',
    },
    {
      key: 'place',
      shape: { kind: 'choice', choices: ['none', 'copy', 'move', 'hardlink', 'reflink', 'symlink'] },
      description: 'How an admitted file comes into the folder that library names. With none it stays where it is.',
      fallback: 'none',
    },
    {
      key: 'library',
      shape: { kind: 'folder' },
      description: 'The folder in which admitted files are placed.',
      defaultText: 'none',
      example: '~/Music/New',
      fallback: null,
    },
    {
      key: 'template',
      shape: { kind: 'template', fields: PLACE_FIELDS },
      description: 'The path of a placed file below library, without its extension.',
      fallback: '{albumArtist}/{album}/{disc}-{track} {title}',
    },
  ],
};

const VIEWS: NamedTable<Exclude<keyof ViewSettings, 'name'>> = {
  kind: 'views',
  description:
    'A view is a folder that shows only what is new or unknown of an inbox. Reprise makes and removes its entries.',
  exampleName: 'player',
  settings: [
    {
      key: 'path',
      shape: { kind: 'folder' },
      description: 'The folder of the view, which nothing else writes to.',
      example: '~/Views/player',
      fallback: null,
      isRequired: true,
    },
    {
      key: 'inbox',
      shape: { kind: 'text' },
      description: 'The name of the inbox that it shows.',
      example: 'downloads',
      fallback: null,
      isRequired: true,
    },
    {
      key: 'mode',
      shape: { kind: 'choice', choices: ['symlink', 'copy'] },
      description: 'Whether its entries are links to the files of the inbox, or copies.',
      fallback: 'symlink',
    },
    {
      key: 'folderPerFile',
      shape: { kind: 'subfolders' },
      description:
        'Folders of the inbox, relative to it, whose own files each get a folder of their name in the view; . is the ' +
        'inbox itself.',
      example: ['Singles'],
      fallback: [],
    },
    {
      key: 'mostRemoved',
      shape: { kind: 'number', min: 0, max: 1 },
      unit: 'parts of the whole view',
      description: 'How much may go from the view at once. More than that is taken for a mistake, and nothing goes.',
      fallback: 0.2,
    },
  ],
};

const WEBHOOKS: NamedTable<Exclude<keyof WebhookSettings, 'name'>> = {
  kind: 'webhooks',
  description:
    'A webhook is told what the gate has decided. Its secret, with which events are signed, never stands in the settings file.',
  exampleName: 'player',
  settings: [
    {
      key: 'url',
      shape: { kind: 'url' },
      description: 'Where events are sent to, without user and password.',
      example: 'https://player.example/hooks/reprise',
      fallback: null,
      isRequired: true,
    },
    {
      key: 'format',
      shape: { kind: 'choice', choices: ['reprise', 'flaczkownia'] },
      description: 'The form of the body: our own, or that of the processed-file webhook of flaczkownia-dedup.',
      fallback: 'reprise',
    },
    {
      key: 'secretFile',
      shape: { kind: 'file' },
      description: 'A file with the secret that events are signed with.',
      defaultText: 'none',
      example: '~/.config/reprise/player.secret',
      fallback: null,
    },
    {
      key: 'events',
      shape: { kind: 'words', words: WEBHOOK_EVENTS },
      description: 'Which events are sent. Empty: all.',
      example: ['file.judged'],
      fallback: [],
    },
  ],
};

/** The kinds of named sections, with what each may say. */
export const NAMED_TABLES: readonly NamedTable[] = [INBOXES, VIEWS, WEBHOOKS];

/** Names stand in variables and in the names of credentials, so they are plainer than those of profiles. */
export function isTableName(name: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$/.test(name);
}

/** `inboxes`, `my-downloads`, `pollSeconds` → `REPRISE_INBOXES__MY_DOWNLOADS__POLL_SECONDS`. */
export function tableVariable(kind: TableKind, name: string, key: string): string {
  return environmentName(`${kind}.${name.toLowerCase().replaceAll('-', '_')}.${key}`);
}
