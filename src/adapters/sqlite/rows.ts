/** Between rows and the model. Nothing here touches the database. */
import type { BandProfile, Integrity, Levels, SoundEvidence, StreamInfo, TagReading } from '#audio';
import type { CatalogueFile, Content, PresentFile, Sound, StampKey } from '#catalogue';
import {
  type BytePath,
  baseName,
  bytesOfPath,
  type Failure,
  folderOf,
  hexOf,
  invariant,
  joinPath,
  pathFromBytes,
} from '#kernel';
import type { ContentsTable, FilesTable } from './tables.ts';

/** The five columns of a stamp. */
export type StampColumns = Pick<FilesTable, 'device' | 'inode' | 'size_bytes' | 'mtime_ns' | 'ctime_ns'>;

/** The columns of a stamp's key. */
export function stampColumns(key: StampKey): StampColumns {
  const [device = '', inode = '', size = '', mtime = '', ctime = ''] = key.split(':');
  return {
    device: BigInt(device),
    inode: BigInt(inode),
    size_bytes: Number(size),
    mtime_ns: BigInt(mtime),
    ctime_ns: BigInt(ctime),
  };
}

/** The folder of a path as a column holds it. */
export function folderColumn(folder: BytePath): Uint8Array {
  return bytesOfPath(folder === '/' ? ('' as BytePath) : folder);
}

/** The columns of a path. */
export function pathColumns(path: BytePath): Pick<FilesTable, 'folder' | 'name'> {
  return { folder: folderColumn(folderOf(path)), name: bytesOfPath(baseName(path)) };
}

/** The path of its columns. */
export function pathOf(folder: Uint8Array, name: Uint8Array): BytePath {
  return joinPath(pathFromBytes(folder), pathFromBytes(name));
}

const PREFIX = 'sha256:';

/** 32 bytes of `sha256:…`. */
export function hashBytes(hash: string): Uint8Array {
  invariant(/^sha256:[0-9a-f]{64}$/.test(hash), `"${hash}" is not a SHA-256`);
  return Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(hash.slice(7 + 2 * at, 9 + 2 * at), 16));
}

/** `sha256:…` of 32 bytes. */
export function hashText(bytes: Uint8Array): string {
  return PREFIX + hexOf(bytes);
}

type ContentColumns = Omit<ContentsTable, 'id'>;
type SoundColumns = Omit<
  ContentColumns,
  'hash' | 'size_bytes' | 'producer' | 'failure_code' | 'failure_message' | 'tags'
>;

/** A content's columns, its fingerprint aside. */
export function contentColumns(content: Content, producer: string): ContentColumns {
  return {
    hash: hashBytes(content.contentHash),
    size_bytes: content.sizeBytes,
    producer: content.sound?.producer ?? producer,
    failure_code: content.failure?.code ?? null,
    failure_message: content.failure?.message ?? null,
    tags: content.tags && JSON.stringify(content.tags),
    ...(content.sound === null ? NO_SOUND : soundColumns(content.sound)),
  };
}

function soundColumns({ stream, levels, integrity, ...sound }: Sound): SoundColumns {
  return {
    audio_hash: sound.audioHash,
    sample_hash: sound.sampleHash,
    duration_seconds: sound.durationSeconds,
    codec: stream.codec,
    container: stream.container,
    sample_rate_hz: stream.sampleRateHz,
    channels: stream.channels,
    bits_per_sample: stream.bitsPerSample,
    bit_rate: stream.bitRate,
    lossless: Number(stream.lossless),
    declared_seconds: stream.declaredSeconds,
    rms: levels.rms,
    peak: levels.peak,
    clipped_samples: levels.clippedSamples,
    decoded_seconds: integrity.decodedSeconds,
    decode_errors: integrity.errors,
    checksum_holds: integrity.checksumHolds === null ? null : Number(integrity.checksumHolds),
    complaints: JSON.stringify(integrity.complaints),
    bands: sound.evidence ? bandsColumn(sound.evidence.bands) : null,
    used_bits: sound.evidence?.usedBits ?? null,
    coded_as: sound.evidence?.codedAs ?? null,
    nominal_bit_rate: stream.nominalBitRate ?? null,
  };
}

const NO_SOUND: SoundColumns = {
  audio_hash: null,
  sample_hash: null,
  duration_seconds: null,
  codec: null,
  container: null,
  sample_rate_hz: null,
  channels: null,
  bits_per_sample: null,
  bit_rate: null,
  lossless: null,
  declared_seconds: null,
  rms: null,
  peak: null,
  clipped_samples: null,
  decoded_seconds: null,
  decode_errors: null,
  checksum_holds: null,
  complaints: null,
  bands: null,
  used_bits: null,
  coded_as: null,
  nominal_bit_rate: null,
};

function bandsColumn(bands: BandProfile | null): Uint8Array {
  return bands === null ? new Uint8Array() : Uint8Array.of(...bands.loud, ...bands.often, ...bands.quiet);
}

/** `undefined` where nobody looked. */
function evidenceOf({ bands, used_bits, coded_as }: ContentRow): SoundEvidence | undefined {
  if (bands === null) return undefined;
  return { bands: profileOf(bands), usedBits: used_bits, codedAs: coded_as as SoundEvidence['codedAs'] };
}

function profileOf(bands: Uint8Array): BandProfile | null {
  if (bands.length === 0) return null;
  const [often, quiet] = [bands.length / 3, (2 * bands.length) / 3];
  return { loud: bands.subarray(0, often), often: bands.subarray(often, quiet), quiet: bands.subarray(quiet) };
}

/** A row of present files joined with contents; the failure of the file has names of its own. */
export interface PresentRow extends ContentsNullable {
  file_id: number;
  folder: Uint8Array;
  name: Uint8Array;
  stamp: string;
  file_failure_code: string | null;
  file_failure_message: string | null;
}
/** The columns of a content, as a join gives them. */
export type ContentRow = ContentsNullable;
type ContentsNullable = { [Column in keyof ContentColumns]: ContentColumns[Column] | null };

/** A present file with what is known of its content. */
export function presentFile(row: PresentRow): PresentFile {
  return { file: catalogueFile(row), content: row.hash === null ? null : contentOf(row, row.hash) };
}

function catalogueFile(row: PresentRow): CatalogueFile {
  const { size_bytes: sizeBytes, ...stamp } = stampColumns(row.stamp as StampKey);
  return {
    id: row.file_id,
    path: pathOf(row.folder, row.name),
    stamp: { device: stamp.device, inode: stamp.inode, sizeBytes, mtimeNs: stamp.mtime_ns, ctimeNs: stamp.ctime_ns },
    state: 'present',
    contentHash: row.hash && hashText(row.hash),
    failure: failureOf(row.file_failure_code, row.file_failure_message),
  };
}

/** What is known of a content, its fingerprint aside. */
export function contentOf(row: ContentRow, hash: Uint8Array): NonNullable<PresentFile['content']> {
  return {
    contentHash: hashText(hash),
    sizeBytes: row.size_bytes as number,
    sound: row.audio_hash === null ? null : soundOf(row, row.audio_hash),
    tags: row.tags === null ? null : (JSON.parse(row.tags) as TagReading),
    failure: failureOf(row.failure_code, row.failure_message),
  };
}

function soundOf(row: ContentRow, audioHash: string): Omit<Sound, 'fingerprint' | 'altered'> {
  const evidence = evidenceOf(row);
  return {
    stream: streamOf(row),
    durationSeconds: row.duration_seconds as number,
    audioHash,
    sampleHash: row.sample_hash,
    levels: { rms: row.rms, peak: row.peak, clippedSamples: row.clipped_samples } as Levels,
    integrity: integrityOf(row),
    ...(evidence && { evidence }),
    producer: row.producer as string,
  };
}

function streamOf(row: ContentRow): StreamInfo {
  return {
    codec: row.codec as string,
    container: row.container as string,
    sampleRateHz: row.sample_rate_hz as number,
    channels: row.channels as number,
    bitsPerSample: row.bits_per_sample,
    bitRate: row.bit_rate,
    ...(row.nominal_bit_rate !== null && { nominalBitRate: row.nominal_bit_rate }),
    lossless: row.lossless === 1,
    declaredSeconds: row.declared_seconds,
  };
}

function integrityOf(row: ContentRow): Integrity {
  return {
    decodedSeconds: row.decoded_seconds as number,
    errors: row.decode_errors as number,
    checksumHolds: row.checksum_holds === null ? null : row.checksum_holds === 1,
    complaints: JSON.parse(row.complaints ?? '[]') as string[],
  };
}

/** A failure of its two columns; no code is no failure. */
export function failureOf(code: string | null, message: string | null): Failure | null {
  return code === null ? null : { code, message: message ?? '' };
}
