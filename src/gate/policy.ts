/** What a person has decided for all files of an inbox. */
import type { BytePath } from '#kernel';
import type { TuplePart } from './release.ts';

export interface Policy {
  /** `preview`: whatever the verdict, a person has the last word. `observe`: nothing is done but judging. */
  readonly mode: 'gate' | 'preview' | 'observe';
  /** What, beside album and sound, makes two files one track. */
  readonly tuple: readonly TuplePart[];
  /** Files without album or track number, pairs of which the sound does not decide, files that cannot be decoded. */
  readonly onUntagged: 'hold' | 'pass';
  readonly onUnsure: 'hold' | 'pass';
  readonly onUnreadable: 'hold' | 'pass';
  readonly onDuplicate: 'leave' | 'trash';
  readonly onUpgrade: 'hold' | 'swap';
  readonly place: 'none' | 'copy' | 'move' | 'hardlink' | 'reflink' | 'symlink';
  /** Where files are placed; `null` where they are not. */
  readonly library: BytePath | null;
  readonly template: string;
}

/** An inbox with its policy. */
export interface Inbox extends Policy {
  readonly name: string;
  /** A real path. */
  readonly path: BytePath;
}

/** For files that lie in no inbox. */
export const USUAL_POLICY: Policy = {
  mode: 'gate',
  tuple: ['albumArtist', 'disc', 'track'],
  onUntagged: 'hold',
  onUnsure: 'hold',
  onUnreadable: 'hold',
  onDuplicate: 'leave',
  onUpgrade: 'hold',
  place: 'none',
  library: null,
  template: '{albumArtist}/{album}/{disc}-{track} {title}',
};
