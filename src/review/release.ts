/** Which release, disc and track a file says it is, for the policy that keeps one copy a release. */
import type { CommonTags, TagReading } from '#audio';

/** A track's place in the world. Known only where a file names its album and its track number. */
export interface Release {
  readonly album: string;
  readonly albumArtist: string | null;
  /** 1 where the file names no disc. */
  readonly disc: number;
  readonly track: number;
}

/** `null` where the tags leave it open: no album, or no track number. */
export function releaseOf(tags: TagReading | null): Release | null {
  const common: CommonTags = tags?.common ?? {};
  const { album, track } = common;
  if (album === undefined || track === undefined) return null;
  return { album, albumArtist: common.albumArtist ?? common.artist ?? null, disc: common.disc ?? 1, track };
}

/** Equal for the same track of the same release, however it is spelt: letter case, punctuation and Unicode form do not matter. */
export function releaseKey({ album, albumArtist, disc, track }: Release): string {
  return JSON.stringify([normalised(album), normalised(albumArtist ?? ''), disc, track]);
}

/** Equal for the tracks of one release. */
export function albumKey({ album, albumArtist }: Release): string {
  return JSON.stringify([normalised(album), normalised(albumArtist ?? '')]);
}

function normalised(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase();
  const words = folded.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
  return words === '' ? folded.trim() : words;
}
