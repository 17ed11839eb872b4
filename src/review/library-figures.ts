/** The library in figures, for `info` without a file. */
import { codecName, isDamaged, isFullLossless } from '#audio';
import type { PresentFile } from '#catalogue';

export interface LibraryFigures {
  readonly v: 1;
  readonly files: number;
  /** On disk; hard links count once. */
  readonly bytes: number;
  /** Distinct contents. */
  readonly contents: number;
  /** Distinct audio, whatever the tags. */
  readonly sounds: number;
  /** Seconds of distinct audio. */
  readonly audioSeconds: number;
  readonly failed: number;
  /** Files that could be read in part only. */
  readonly damaged: number;
  /** Files in full lossless coding. */
  readonly lossless: number;
  readonly untagged: number;
  /** Files whose tag blocks say different things. */
  readonly withTagConflicts: number;
  readonly withCover: number;
  /** The codec with most files first. */
  readonly codecs: readonly CodecFigures[];
}

export interface CodecFigures {
  /** As people write it: `MP3`, `FLAC` … */
  readonly codec: string;
  readonly files: number;
  /** On disk; hard links count once. */
  readonly bytes: number;
  /** Seconds over all files. */
  readonly audioSeconds: number;
}

/** Figures over `present`. */
export function libraryFigures(present: readonly PresentFile[]): LibraryFigures {
  const contents = present.flatMap(({ content }) => content ?? []);
  const sounds = contents.flatMap(({ sound }) => sound ?? []);
  const distinct = new Map(sounds.map((sound) => [sound.audioHash, sound.durationSeconds]));
  const tags = contents.flatMap(({ tags: reading }) => reading ?? []);
  return {
    v: 1,
    files: present.length,
    bytes: bytesOnDisk(present),
    contents: new Set(contents.map(({ contentHash }) => contentHash)).size,
    sounds: distinct.size,
    audioSeconds: sum([...distinct.values()]),
    failed: present.filter(({ file, content }) => (file.failure ?? content?.failure ?? null) !== null).length,
    damaged: sounds.filter((sound) => isDamaged(sound.integrity, sound.stream.declaredSeconds)).length,
    lossless: sounds.filter(({ stream }) => isFullLossless(stream)).length,
    untagged: contents.filter(({ sound, tags: reading }) => sound !== null && !reading?.native.length).length,
    withTagConflicts: tags.filter(({ conflicts }) => conflicts.length > 0).length,
    withCover: tags.filter(({ cover }) => cover !== null).length,
    codecs: codecFigures(present),
  };
}

function codecFigures(present: readonly PresentFile[]): CodecFigures[] {
  const sounding = present.filter(({ content }) => content?.sound);
  const byCodec = Map.groupBy(sounding, ({ content }) => codecName(content?.sound?.stream.codec ?? ''));
  return [...byCodec]
    .map(([codec, files]) => ({
      codec,
      files: files.length,
      bytes: bytesOnDisk(files),
      audioSeconds: sum(files.map(({ content }) => content?.sound?.durationSeconds ?? 0)),
    }))
    .toSorted((a, b) => b.files - a.files || (a.codec < b.codec ? -1 : 1));
}

/** Bytes that the files take on disk; hard links count once. */
export function bytesOnDisk(files: readonly PresentFile[]): number {
  const sizes = new Map(files.map(({ file: { stamp } }) => [`${stamp.device}:${stamp.inode}`, stamp.sizeBytes]));
  return sum([...sizes.values()]);
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
