/** Sets of files that are one by their sound, for the sweep: scan, match and groups, looked at by folder. */
import { compareCopies, describeCoding } from '#audio';
import type { PresentFile, ScanReport } from '#catalogue';
import { type BytePath, isUnderAny } from '#kernel';
import { type FileEntry, type GroupsDocument, pathFields } from '#review';
import type { FoundSets, SoundSet, SoundSetFile, SoundSets, SweepOptions } from '#sweep';

/** What the library does for it. */
export interface SoundSetParts {
  scan(folders: readonly BytePath[], options: SweepOptions): Promise<ScanReport>;
  match(options: SweepOptions): Promise<unknown>;
  present(): Promise<readonly PresentFile[]>;
  groups(folders: readonly BytePath[]): Promise<GroupsDocument>;
}

export function createSoundSets(parts: SoundSetParts): SoundSets {
  return {
    async find(folders, by, options) {
      const { failures } = await parts.scan(folders, options);
      if (by === 'recording') await parts.match(options);
      const present = (await parts.present()).filter(({ file }) => isUnderAny(file.path, folders));
      const sets = by === 'audio' ? byAudio(present) : byRecording(await parts.groups(folders), present);
      return { sets, failures } satisfies FoundSets;
    },
  };
}

/** Equal samples where they are known, else an equal payload. */
function byAudio(present: readonly PresentFile[]): SoundSet[] {
  const bySound = Map.groupBy(present, ({ content }) => content?.sound?.sampleHash ?? content?.sound?.audioHash);
  bySound.delete(undefined);
  const sets = [...bySound.values()].filter(({ length }) => length > 1);
  return sets.map((files) => ({ files: files.toSorted(bestFirst).map(setFile) }));
}

function bestFirst(a: PresentFile, b: PresentFile): number {
  return compareCopies(copyOf(a), copyOf(b));
}

/** Equal sounds are equally whole. */
function copyOf({ file, content }: PresentFile): Parameters<typeof compareCopies>[0] {
  const { sound = null, tags = null } = content ?? {};
  return { sound, tags, truncated: false, mtimeNs: file.stamp.mtimeNs, path: file.path };
}

/** The keeper of each group first, then the others: whole ones, then the rest. */
function byRecording({ groups }: GroupsDocument, present: readonly PresentFile[]): SoundSet[] {
  const known = new Map(present.map((each) => [nameOf(pathFields(each.file.path)), each]));
  return groups.map(({ files }) => ({
    files: files
      .toSorted((a, b) => flaws(a, files[0]) - flaws(b, files[0]))
      .flatMap((entry): SoundSetFile[] => {
        const found = known.get(nameOf(entry));
        return found === undefined ? [] : [{ ...setFile(found), about: aboutOf(entry, found) }];
      }),
  }));
}

function flaws(entry: FileEntry, keeper: FileEntry | undefined): number {
  return entry === keeper ? -1 : Number(entry.truncated) * 2 + Number(entry.damaged);
}

function nameOf({ path, pathBase64 }: { readonly path: string; readonly pathBase64?: string }): string {
  return pathBase64 ?? path;
}

function aboutOf({ truncated, damaged }: FileEntry, found: PresentFile): string {
  return [codingOf(found), ...(truncated ? ['truncated'] : []), ...(damaged ? ['damaged'] : [])].join(', ');
}

function setFile(found: PresentFile): SoundSetFile {
  const { path, stamp } = found.file;
  return { path, stamp, contentHash: found.content?.contentHash ?? null, about: codingOf(found) };
}

function codingOf({ content }: PresentFile): string {
  return content?.sound ? describeCoding(content.sound.stream) : 'unknown';
}
