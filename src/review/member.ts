/** A file as review looks at it: one name, its bytes and what they sound like. */
import type { Copy } from '#audio';
import type { PresentFile } from '#catalogue';
import type { BytePath } from '#kernel';
import { type Release, releaseKey, releaseOf } from './release.ts';

/** A present file whose bytes are known. */
export interface Member {
  readonly path: BytePath;
  readonly contentHash: string;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
  /** Equal for hard links to one set of bytes. */
  readonly storage: string;
  readonly content: NonNullable<PresentFile['content']>;
  readonly release: Release | null;
  /** Equal for copies of which the policy `release` keeps one: the same track of the same release; `null` where that is not known. */
  readonly place: string | null;
}

/** `null` for a file whose bytes could not be read. */
export function memberOf({ file, content }: PresentFile): Member | null {
  if (content === null) return null;
  const release = releaseOf(content.tags);
  return {
    path: file.path,
    contentHash: content.contentHash,
    sizeBytes: content.sizeBytes,
    mtimeNs: file.stamp.mtimeNs,
    inode: file.stamp.inode,
    storage: `${file.stamp.device}:${file.stamp.inode}`,
    content,
    release,
    place: release && releaseKey(release),
  };
}

/** The member as a copy that can be compared with others. */
export function copyOf(member: Member, truncated: boolean): Copy {
  const { sound, tags } = member.content;
  return { sound, truncated, tags, mtimeNs: member.mtimeNs, path: member.path };
}
