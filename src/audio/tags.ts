/** Tags mapped to one vocabulary. Absent where no tag block has the field. */
export interface CommonTags {
  readonly title?: string;
  readonly artist?: string;
  /** Every artist where the file names several. */
  readonly artists?: readonly string[];
  readonly album?: string;
  readonly albumArtist?: string;
  readonly disc?: number;
  readonly discs?: number;
  readonly track?: number;
  readonly tracks?: number;
  /** As written: `1999`, `1999-03-01` … */
  readonly date?: string;
  readonly genres?: readonly string[];
  readonly comment?: string;
  readonly isrc?: readonly string[];
  readonly musicBrainz?: {
    readonly recordingId?: string;
    readonly trackId?: string;
    readonly releaseId?: string;
    readonly releaseGroupId?: string;
    readonly artistIds?: readonly string[];
  };
  readonly replayGain?: {
    readonly trackGainDb?: number;
    readonly trackPeak?: number;
    readonly albumGainDb?: number;
    readonly albumPeak?: number;
  };
}

/** One tag as its container has it, for example `TIT2` in `ID3v2.3`. */
export interface NativeTag {
  readonly id: string;
  /** Text of the value; binary values are described ("image/jpeg, 40,123 bytes"), never stored. */
  readonly value: string;
}

/** All tags of one block of a file. */
export interface TagBlock {
  /** `ID3v2.3`, `ID3v1`, `APEv2`, `vorbis`, `iTunes` … */
  readonly type: string;
  readonly tags: readonly NativeTag[];
}

/** Two blocks of one file that say different things about one common field. */
export interface TagConflict {
  /** The common field: `title`, `album` … */
  readonly field: string;
  readonly values: readonly { readonly block: string; readonly value: string }[];
}

export interface TagReading {
  readonly common: CommonTags;
  readonly native: readonly TagBlock[];
  readonly conflicts: readonly TagConflict[];
  readonly cover: { readonly mime: string; readonly sizeBytes: number } | null;
}
