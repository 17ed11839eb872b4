import type { Integrity, StreamInfo, TagReading } from '#audio';
import type { BytePath, Failure } from '#kernel';
import type { Curve, Decision, Likeness, OffsetHypothesis, Stretch, Verdict } from '#matching';
import type { SoundPortrait } from '#signal';
import type { ImportStore } from './imports/ports.ts';
import type {
  CatalogueFile,
  Content,
  FileStamp,
  KnownContent,
  KnownFile,
  PhaseFingerprints,
  Sound,
  StampKey,
} from './model.ts';

/** The wanted files that lie directly in one folder. */
export interface FoundFolder {
  readonly path: BytePath;
  /** In the order of the names' bytes. */
  readonly files: readonly FoundFile[];
}

export interface FoundFile {
  readonly name: BytePath;
  readonly stamp: StampKey;
}

/** Looks at folders. Fulfilled by `adapters/files`. */
export interface FileTree {
  /**
   * The real path of a root, symlinks resolved; a folder or one regular file.
   * @throws AppError `files/missing`, `files/denied`, `files/not-regular`
   */
  resolve(path: BytePath): Promise<BytePath>;
  /**
   * Every folder at or under `root` with its wanted regular files, in the order of names; where `root` is a file, its
   * folder with that file alone. Symlinks are not followed, no folder is entered twice on one way down, and Reprise's
   * own traces are never shown.
   */
  walk(root: BytePath, options: WalkOptions): AsyncIterable<FoundFolder>;
  /** One file's stamp, or `undefined` where it is not there or not a regular file. @throws AppError `files/denied`, `files/unreadable` */
  stamp(path: BytePath): Promise<FileStamp | undefined>;
  /** Does the device have a head that moves, so that reading many files at once slows it down? `false` where it is not known. */
  isSpinning(device: bigint): boolean;
}

export interface WalkOptions {
  readonly signal?: AbortSignal;
  /** Is this file wanted? */
  readonly wants: (name: BytePath, folder: BytePath) => boolean;
  /** Is the folder `name` in `folder` left out, with all below it? */
  readonly skipsFolder: (name: BytePath, folder: BytePath) => boolean;
  /** A folder with a file of one of these names is left out, with all below it. */
  readonly ignoreFiles: readonly string[];
  /** Told about every folder that is left out although it is there, and why. */
  readonly onSkip: (path: BytePath, reason: string) => void;
  /** Told about every symlink, none of which is followed. */
  readonly onLink?: (path: BytePath) => void;
  /** Told about what could not be looked at: nothing is known about the path and all below it. The walk goes on. */
  readonly onTrouble: (path: BytePath, failure: Failure) => void;
  /** Told each device on which a folder was looked at. */
  readonly onDevice: (device: bigint) => void;
}

/** What became of one file's bytes. */
export type Analysis =
  /** The bytes are in the catalogue already: they were hashed and not decoded. */
  { readonly kind: 'known'; readonly contentHash: string } | { readonly kind: 'new'; readonly content: Content };

export interface AnalyseOptions {
  readonly signal?: AbortSignal;
  /** Content hashes of this size that need no decoding any more. */
  readonly known: readonly string[];
}

/** Works on sounds in processes of its own, so that a crash costs one file. Fulfilled by `adapters/workers`. */
export interface SoundWorkers extends AsyncDisposable {
  /** How many files are worth having in hand at once. */
  readonly width: number;
  /** What {@link Sound.producer} of a sound made now would be. Known without starting a process. */
  readonly producer: string;
  /**
   * Reads, hashes, decodes and fingerprints one file.
   * @throws AppError `files/…` where the bytes cannot be read, `run/cancelled`. Trouble in the sound itself, a
   * crash or a hang of the decoder is `Content.failure` instead.
   */
  analyse(path: BytePath, options: AnalyseOptions): Promise<Analysis>;
  /**
   * Decodes both files (those of the last pairs are remembered) and judges the pair.
   * @throws AppError as above, `decode/…`, `files/changed` where a file is not the one that was scanned
   */
  judge(pair: JudgeRequest, options: { readonly signal?: AbortSignal }): Promise<Verdict>;
  /**
   * Judges by sketches alone, and opens no file; `undefined` where only the sounds themselves can tell.
   * @throws AppError `run/cancelled`
   */
  judgeSketches(pair: SketchRequest, options: { readonly signal?: AbortSignal }): Promise<Verdict | undefined>;
  /** Lays the notes of two sounds over each other. Opens no file. @throws AppError `run/cancelled` */
  liken(pair: LikenRequest, options: { readonly signal?: AbortSignal }): Promise<Likeness | undefined>;
  /** Decodes a file, of any length, for its picture. @throws AppError as `judge` */
  portray(file: PortrayRequest, options: { readonly signal?: AbortSignal }): Promise<SoundPortrait>;
  /** Decodes both files (as `judge`) and measures coherence over a's time. @throws AppError as `judge` */
  trace(pair: TraceRequest, options: { readonly signal?: AbortSignal }): Promise<Curve>;
}

/** The fingerprints of two sounds, as they are stored. */
export interface LikenRequest {
  readonly a: StoredPrints;
  readonly b: StoredPrints;
}

export interface StoredPrints {
  readonly fingerprint: PhaseFingerprints;
  /** Packed questions about altered versions. */
  readonly altered: Uint8Array;
}

/** A pair whose sketches are both known. */
export interface SketchRequest {
  readonly a: SketchedFile;
  readonly b: SketchedFile;
  /** Where the fingerprints say that b may lie over a; the best first. */
  readonly offsets: readonly OffsetHypothesis[];
}

export interface SketchedFile extends Pick<JudgedFile, 'decodeErrors'> {
  readonly sketch: Uint8Array;
}

export interface JudgeRequest {
  readonly a: JudgedFile;
  readonly b: JudgedFile;
  /** Where the fingerprints say that b may lie over a; the best first. */
  readonly offsets: readonly OffsetHypothesis[];
  /** Also judge whole sounds of 2 to 10 s. */
  readonly short?: boolean;
}

export interface JudgedFile {
  readonly path: BytePath;
  /** What it was when it was scanned: a verdict on other bytes would be kept for these. */
  readonly stamp: StampKey;
  /** Decoder errors counted when it was scanned. */
  readonly decodeErrors: number;
}

/** A file that is decoded once more. */
export type DecodedFile = Pick<JudgedFile, 'path' | 'stamp'>;

export interface PortrayRequest extends DecodedFile {
  /** As {@link StreamInfo.sampleRateHz}. */
  readonly sampleRateHz: number;
}

export interface TraceRequest {
  readonly a: DecodedFile;
  readonly b: DecodedFile;
  /** Where b is looked for. */
  readonly course: readonly Stretch[];
}

/** Reads the tags of one open file. Fulfilled by `adapters/tags`. */
export interface TagReader {
  /** @throws AppError `tags/unreadable`; a file without tags is a reading without tags. */
  read(handle: OpenFile): Promise<TagReading>;
}

/** An open file, by a name that foreign libraries can open: `/proc/self/fd/N` where the system has it. */
export interface OpenFile {
  readonly fd: number;
  readonly alias: string;
  readonly sizeBytes: number;
  /** Lower case, a hint at most; empty where the name has none. */
  readonly extension: string;
}

/** An open file that can be read through. Fulfilled by `adapters/files`. */
export interface ReadableFile extends OpenFile, Disposable {
  /** All bytes from the first on, in large blocks that are valid until the next one is asked for. @throws AppError `files/unreadable` */
  blocks(): Iterable<Uint8Array>;
  /** What the system says about it now; differs from before when somebody wrote to it. */
  stamp(): StampKey;
}

/** Decodes one open file. Fulfilled by `adapters/decoder`. */
export interface Decoder {
  /** For example `node-av 6.1.1 (FFmpeg 8.1)`. */
  readonly name: string;
  /** Pushes everything into the sinks, in order. @throws AppError `decode/…` where no sound came out. */
  decode(handle: OpenFile, sinks: DecodeSinks): Promise<DecodeReport>;
}

/** Where a decoder delivers. Buffers are valid during the call only. An absent sink costs nothing. */
export interface DecodeSinks {
  /** Told before anything else how many seconds are to be expected; 0 where that is not known. It may be wrong. */
  readonly length?: (seconds: number) => void;
  /** The coded payload, packet by packet, without container headers and tags. */
  readonly packet?: (bytes: Uint8Array) => void;
  /** Decoded samples at the stream's own rate, width and layout, interleaved, little-endian. */
  readonly samples?: (block: SampleBlock) => void;
  /** Mono PCM at 11,025 Hz. */
  readonly pcm?: (block: Int16Array) => void;
  /**
   * Left and right at 11,025 Hz, equally many samples in a call, on the time axis of `pcm`: their mean is that, but for
   * rounding. A mono sound gives one array twice; more than two channels are mixed as FFmpeg does.
   */
  readonly stereo?: (left: Int16Array, right: Int16Array) => void;
}

export interface SampleBlock {
  readonly format: 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64';
  readonly channels: number;
  /** Bits of one sample, as {@link StreamInfo.bitsPerSample}; they are the upper bits. `null` for lossy coding. */
  readonly bitsPerSample: number | null;
  /** Interleaved; `s24` is packed into three bytes. */
  readonly bytes: Uint8Array;
}

export interface DecodeReport {
  readonly stream: StreamInfo;
  readonly integrity: Integrity;
  /** MD5 that the format carries over all decoded samples (FLAC STREAMINFO), lower-case hex, or `null`. */
  readonly declaredSampleMd5: string | null;
}

/**
 * The catalogue on disk. Fulfilled by `adapters/sqlite`. Methods are transactions: after a kill the
 * catalogue holds all of a call or nothing of it.
 */
export interface CatalogueStore extends AsyncDisposable, ScanStore, MatchStore, DecisionStore, ImportStore {}

/** What scanning needs. */
export interface ScanStore {
  /**
   * Every folder at or under `root` that has present files: its path, and {@link listingOf} those of them that are
   * not due. A listing that cannot be given exactly is empty.
   */
  listingsUnder(root: BytePath, producer: string): Promise<ReadonlyMap<BytePath, string>>;
  /** Every file directly in the folder, present or missing; `producer` decides which are due. */
  filesIn(folder: BytePath, producer: string): Promise<KnownFile[]>;
  /** Every file anywhere that was last seen with the device and inode of one of these stamps. */
  filesWithInodes(stamps: readonly StampKey[], producer: string): Promise<KnownFile[]>;
  /** Missing files that hold these bytes, the lowest id first. */
  missingWith(contentHash: string): Promise<KnownFile[]>;
  /**
   * Contents of this size that have a sound, or a failure in the sound made by this producer; where there
   * are thousands, some of them. In the order of their hashes.
   */
  knownContents(sizeBytes: number, producer: string): Promise<KnownContent[]>;
  /** Drops contents that no file holds any more, not even a missing one. */
  forgetUnheld(): Promise<void>;
  /** Everything decided about a batch of files, in order, in one transaction. */
  apply(changes: readonly FileChange[]): Promise<void>;
}

/** One step of a scan. */
export type FileChange =
  | { readonly kind: 'added'; readonly path: BytePath; readonly stamp: StampKey; readonly content: ContentOf }
  | { readonly kind: 'changed'; readonly id: number; readonly stamp: StampKey; readonly content: ContentOf }
  /** The same file with the same bytes, under another path or with another stamp; present from now on. */
  | { readonly kind: 'moved'; readonly id: number; readonly path: BytePath; readonly stamp: StampKey }
  | { readonly kind: 'missing'; readonly id: number };

/** What a file holds: contents known already, new contents, or bytes that could not be read. */
export type ContentOf =
  | { readonly kind: 'known'; readonly contentHash: string }
  /** The same as another file of the catalogue: a hard link to it. */
  | { readonly kind: 'same-as'; readonly id: number }
  /** `producer` is what looked at the bytes, also where it failed. */
  | { readonly kind: 'new'; readonly content: Content; readonly producer: string }
  | { readonly kind: 'unreadable'; readonly failure: Failure };

/** What the search for related pairs reads. Sounds are known by number. */
export interface SearchStore {
  /** Phase 0 of a sound, compressed; `undefined` where it has no fingerprint. */
  firstPhaseOf(sound: number): Promise<Uint8Array | undefined>;
  /** All fingerprints of a sound. */
  printsOf(sound: number): Promise<StoredPrints | undefined>;
  /** The sounds with a present file that have the lowest audio hashes, in their order. */
  lowestSounds(count: number): Promise<number[]>;
}

/** Sounds by number, ascending. */
export interface PresentSounds {
  readonly numbers: Uint32Array;
  /** 32 bits of each one's audio hash: a catalogue that was restored from a copy may give a number a second time. */
  readonly checks: Uint32Array;
}

/** What matching needs. Sounds are known by audio hash, so that re-tagging and moving change nothing; within the catalogue each has a number. */
export interface MatchStore extends SearchStore {
  /** All sounds with a present file. */
  presentSounds(): Promise<PresentSounds>;
  /** Thereof those that `method` has not yet compared with the others. Cheap: no fingerprint is read. */
  unmatched(method: string): Promise<Uint32Array>;
  /** A sound with one of its files; `undefined` where no file is present. */
  matchTrack(sound: number): Promise<MatchTrack | undefined>;
  /**
   * Takes the mark of `method` off sounds without a present file: they are not there to be compared with what is new.
   * Forgets what other methods found, which nobody asks for any more, and comparisons of sounds that are known no longer.
   */
  unmarkAbsent(method: string): Promise<void>;
  /** The numbers of all sounds with a present file, by audio hash, in ascending order of hashes. */
  soundNumbers(): Promise<ReadonlyMap<string, number>>;
  /** The number of a sound, which no other sound ever gets; `undefined` where no contents have it. */
  soundNumber(audioHash: string): Promise<number | undefined>;
  /**
   * Adds records of pairs (`#matching` lays them out), sorted by a, then b, each pair once, and marks tracks as matched by
   * `method`, in one transaction. What was recorded of a pair before counts no longer.
   */
  recordComparisons(method: string, records: Uint8Array, matched: readonly number[]): Promise<void>;
  /**
   * All records by `method`, in blocks: sorted within a block, and where two blocks hold one pair, the later one counts. Some
   * may be about sounds that are not there now. What is recorded while they are read may be missed.
   */
  comparisons(method: string): AsyncIterable<Uint8Array>;
  /** Every present file with all that is known of its content, ordered by folder and name. */
  present(): AsyncIterable<PresentFile[]>;
  /** Files that were there once. */
  missingCount(): Promise<number>;
  /** The compressed fingerprints of a sound, or `undefined` where it is not known. */
  fingerprintOf(audioHash: string): Promise<PhaseFingerprints | undefined>;
  /** The sketch of a sound, or `undefined` where none was kept: it was scanned before there were any, or is too long. */
  sketchOf(audioHash: string): Promise<Uint8Array | undefined>;
}

export interface MatchTrack {
  readonly audioHash: string;
  /** As {@link MatchStore.soundNumber}. */
  readonly soundNumber: number;
  readonly sampleHash: string | null;
  readonly durationSeconds: number;
  readonly decodeErrors: number;
  /** One present file that holds it: the first by path. */
  readonly path: BytePath;
  /** That file's stamp. */
  readonly stamp: StampKey;
}

export interface PresentFile {
  readonly file: CatalogueFile;
  /** `null` where the bytes could not be read. The fingerprint is left out: it is large and nobody here needs it. */
  readonly content: (Omit<Content, 'sound'> & { readonly sound: Omit<Sound, 'fingerprint' | 'altered'> | null }) | null;
}

/** A person's words about pairs of sounds. Nothing that happens to files or verdicts touches them. */
export interface DecisionStore {
  /** All that was ever said, in the order in which it came in. */
  decisions(): Promise<RecordedDecision[]>;
  /**
   * Adds words, all of them or none, and resolves when they are on the disk. What the log has already, of the same
   * pair, word and time, is not added again.
   * @returns what was added
   */
  addDecisions(decisions: readonly NewDecision[]): Promise<RecordedDecision[]>;
}

/** A decision with the paths that were named, by which a person knows the pair again; `null` where nobody knows them. */
export interface RecordedDecision extends Decision {
  readonly aPath: BytePath | null;
  readonly bPath: BytePath | null;
}

/** One that has no number yet. */
export type NewDecision = Omit<RecordedDecision, 'n'>;
