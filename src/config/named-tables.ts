/** Sections of which a person may have several, each with a name: `[inboxes.downloads]`, `[views.phone]`, `[webhooks.player]`. */
import type { BytePath } from '#kernel';

/** A folder in which files arrive. */
export interface InboxSettings {
  readonly name: string;
  readonly path: BytePath;
  /** `gate`: judged and placed. `preview`: judged, and held for a person whatever the verdict. `observe`: judged, nothing else. */
  readonly mode: 'gate' | 'preview' | 'observe';
  /** `auto`: the system tells of changes, where it can; otherwise, and with `poll`, the folder is looked through. */
  readonly watch: 'auto' | 'poll';
  readonly pollSeconds: number;
  /** How long a file must not have changed, unless it was renamed into place. */
  readonly stableSeconds: number;
  /** Patterns of files and folders that are left alone, beside those of unfinished downloads. */
  readonly exclude: readonly string[];
  /** What, beside the album and the sound, makes two files one track: parts of `albumArtist`, `disc`, `track`. */
  readonly tuple: readonly TuplePart[];
  readonly onUntagged: 'hold' | 'pass';
  readonly onUnsure: 'hold' | 'pass';
  readonly onUnreadable: 'hold' | 'pass';
  readonly onDuplicate: 'leave' | 'trash';
  readonly onUpgrade: 'hold' | 'swap';
  /** What is done with an admitted file; with `none` it stays where it is. */
  readonly place: 'none' | 'copy' | 'move' | 'hardlink' | 'reflink' | 'symlink';
  /** The folder in which files are placed; `null` with `none`. */
  readonly library: BytePath | null;
  /** The path in the library: `{albumArtist}/{album}/{track} {title}`. */
  readonly template: string;
}

export const TUPLE_PARTS = ['albumArtist', 'disc', 'track'] as const;
export type TuplePart = (typeof TUPLE_PARTS)[number];

/** What a template may name in braces; a test holds it against what can be filled. */
export const PLACE_FIELDS = [
  'albumArtist',
  'artist',
  'album',
  'title',
  'disc',
  'track',
  'date',
  'year',
  'genre',
] as const;

/** A tree that holds only what is new or unknown of an inbox. */
export interface ViewSettings {
  readonly name: string;
  readonly path: BytePath;
  /** The name of the inbox that it shows. */
  readonly inbox: string;
  readonly mode: 'symlink' | 'copy';
  /** Folders of the inbox, relative, `.` for itself: each file that lies directly in one gets a folder of its own name. */
  readonly folderPerFile: readonly string[];
  /** The largest share of a view's entries that may go at once, 0 … 1. */
  readonly mostRemoved: number;
}

/** Who is told of verdicts. */
export interface WebhookSettings {
  readonly name: string;
  readonly url: string;
  /** `flaczkownia`: the body of flaczkownia-dedup's processed-file webhook. */
  readonly format: 'reprise' | 'flaczkownia';
  /** A file with the secret that events are signed with; where else it may be, `secretSources` says. */
  readonly secretFile: BytePath | null;
  /** Types of events, such as `file.judged`; empty: all. */
  readonly events: readonly string[];
}

/** What webhooks can be told of; a test holds it against what the gate tells. */
export const WEBHOOK_EVENTS = ['file.judged', 'file.failed', 'file.renamed', 'file.promoted'] as const;
