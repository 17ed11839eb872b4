import type { Generated } from 'kysely';

/** The schema after all of `migrations.ts`, as Kysely sees it. Booleans are 0 and 1. */
export interface Tables {
  readonly contents: ContentsTable;
  readonly fingerprints: FingerprintsTable;
  readonly sketches: SketchesTable;
  readonly files: FilesTable;
  readonly sounds: SoundsTable;
  readonly decisions: DecisionsTable;
}

export interface ContentsTable {
  id: Generated<number>;
  hash: Uint8Array;
  size_bytes: number;
  producer: string;
  failure_code: string | null;
  failure_message: string | null;
  /** JSON of a `TagReading`. */
  tags: string | null;
  audio_hash: string | null;
  sample_hash: string | null;
  duration_seconds: number | null;
  codec: string | null;
  container: string | null;
  sample_rate_hz: number | null;
  channels: number | null;
  bits_per_sample: number | null;
  bit_rate: number | null;
  lossless: number | null;
  declared_seconds: number | null;
  rms: number | null;
  peak: number | null;
  clipped_samples: number | null;
  decoded_seconds: number | null;
  decode_errors: number | null;
  checksum_holds: number | null;
  /** JSON of a list of sentences. */
  complaints: string | null;
  /** Levels of a `BandProfile`, loud, often and quiet ones in turn; empty where too little was loud enough; `null` where nobody looked. */
  bands: Uint8Array | null;
  used_bits: number | null;
  coded_as: string | null;
  nominal_bit_rate: number | null;
}

export interface FingerprintsTable {
  content_id: number;
  phase0: Uint8Array;
  phase1: Uint8Array;
  phase2: Uint8Array;
  phase3: Uint8Array;
  /** `null` for sounds scanned by a version that did not make it. */
  altered: Uint8Array | null;
}

export interface SketchesTable {
  audio_hash: string;
  sketch: Uint8Array;
}

export interface FilesTable {
  id: Generated<number>;
  /** Without the slash at its end; empty for what lies in the root folder. */
  folder: Uint8Array;
  name: Uint8Array;
  device: bigint;
  inode: bigint;
  size_bytes: number;
  mtime_ns: bigint;
  ctime_ns: bigint;
  present: number;
  content_id: number | null;
  failure_code: string | null;
  failure_message: string | null;
}

export interface SoundsTable {
  /** Never given to another sound. */
  id: Generated<number>;
  audio_hash: string;
  /** The method that compared it with all others; `null` where none did. */
  matched_by: string | null;
}

export interface DecisionsTable {
  id: Generated<number>;
  /** Milliseconds since 1970. */
  at_ms: number;
  a: string;
  b: string;
  word: 'same' | 'different' | 'ask';
  a_path: Uint8Array | null;
  b_path: Uint8Array | null;
}
