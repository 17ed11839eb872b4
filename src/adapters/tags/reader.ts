/**
 * Tags by music-metadata, read through the open descriptor: the file name, which need not be UTF-8, never
 * reaches the library, so the format is found by content alone. What was read before trouble came is kept.
 */
import type { IOptions } from 'music-metadata';
import type { TagReading } from '#audio';
import type { OpenFile, TagReader } from '#catalogue';
import { AppError } from '#kernel';
import { readsOf } from './bytes.ts';
import { blobOfDescriptor } from './descriptor-blob.ts';
import { mp3WithTagsOf } from './loose-tags.ts';
import { flacHeaderInOgg } from './ogg-flac.ts';
import { type Parsed, readingOf } from './reading.ts';

/** Reads tags of every format that music-metadata knows, of Ogg FLAC, and ID3 and APEv2 blocks in any other file. */
export function createTagReader(): TagReader {
  return { read };
}

async function read({ fd, sizeBytes }: OpenFile): Promise<TagReading> {
  const readAt = readsOf(fd);
  const flacHeader = flacHeaderInOgg(readAt);
  const found = await parse(flacHeader === undefined ? blobOfDescriptor(fd, sizeBytes) : new Blob([flacHeader]));
  if (found.trouble === undefined || hasTags(found)) return readingOf(found);
  const dressed = mp3WithTagsOf(readAt, sizeBytes);
  const loose = dressed === undefined ? found : await parse(new Blob([dressed]));
  if (hasTags(loose) || isOfUnknownFormat(found.trouble)) return readingOf(loose);
  throw unreadable(found.trouble);
}

type TagBlob = Blob | ReturnType<typeof blobOfDescriptor>;

/** What was found, up to the trouble where there was any. */
type Found = Parsed & { readonly trouble?: Error };

async function parse(blob: TagBlob): Promise<Found> {
  const { parseBlob } = await import('music-metadata');
  let seen: Parsed = { native: {}, common: NOTHING, quality: { warnings: [] } };
  const options: IOptions = {
    // With the index, Matroska files are not walked through to their end.
    mkvUseIndex: true,
    observer: ({ metadata }) => {
      seen = metadata;
    },
  };
  try {
    return await parseBlob(blob as Blob, options);
  } catch (error) {
    // The parser throws errors of many kinds on broken files; what it read before is still good.
    return { ...pickParsed(seen), trouble: error instanceof Error ? error : new Error(String(error)) };
  }
}

const NOTHING: Parsed['common'] = {
  track: { no: null, of: null },
  disk: { no: null, of: null },
  movementIndex: { no: null, of: null },
};

function pickParsed({ native, common, quality }: Parsed): Parsed {
  return { native, common, quality };
}

function hasTags(found: Parsed): boolean {
  return Object.keys(found.native).length > 0;
}

/** Content that the parser has no name for: not broken, there is just nothing to read tags from. */
function isOfUnknownFormat(error: Error): boolean {
  return error.name === 'CouldNotDetermineFileTypeError' || error.name === 'UnsupportedFileTypeError';
}

function unreadable(cause: Error): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError('tags/unreadable', `The tags cannot be read: ${cause.message}.`, { kind: 'corrupt', cause });
}
