/** From what the tag parser delivers to a `TagReading`. */
import type { IAudioMetadata, ICommonTagsResult, IPicture } from 'music-metadata';
import type { CommonTags, NativeTag, TagBlock, TagReading } from '#audio';
import { conflictsBetween } from './conflicts.ts';
import { byTrust, type Field, numberIn, totalIn, valuesOf } from './fields.ts';
import { bounded, describeValue } from './native-value.ts';

/** Native tags kept of one block. Chosen: real files have up to some hundreds. */
const MOST_TAGS = 1000;
/** Values kept of one list field. Chosen. */
const MOST_VALUES = 100;

/** The part of the parser's result that is used; a broken-off parse has as much of it as was read. */
export type Parsed = Pick<IAudioMetadata, 'native' | 'common' | 'quality'>;

/** All that the parser found, bounded and without binary values. */
export function readingOf(parsed: Parsed): TagReading {
  const nullSplit = parsed.quality.warnings.some(({ message }) => message.includes('null-separator'));
  const native = Object.entries(parsed.native).map(([type, tags]) => blockOf(type, tags, nullSplit));
  return {
    common: commonOf(native, parsed.common),
    native,
    conflicts: conflictsBetween(native),
    cover: coverOf(parsed.common.picture),
  };
}

function blockOf(type: string, tags: Parsed['native'][string], nullSplit: boolean): TagBlock {
  const hasNoCodePage = type === 'ID3v1' || type === 'exif';
  const described = tags.slice(0, MOST_TAGS).map(({ id, value }): NativeTag => {
    const text = describeValue(value);
    return { id: bounded(id), value: hasNoCodePage ? utf8Again(text) : text };
  });
  if (tags.length > MOST_TAGS) described.push({ id: '…', value: `${tags.length - MOST_TAGS} more tags` });
  const isOldId3 = type === 'ID3v2.3' || type === 'ID3v2.2';
  return { type, tags: isOldId3 && !nullSplit ? slashesAgain(described) : described };
}

/**
 * UTF-8 that was taken for Latin-1, as nearly all writers of ID3v1 and RIFF INFO put it there; anything else
 * stays as it is. A letter cut in two at the end of the field is dropped.
 */
function utf8Again(text: string): string {
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  if ([...text].some((char) => char > '\u00ff') || bytes.every((byte) => byte < 0x80)) return text;
  for (let cut = 0; cut < 4; cut++) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, bytes.length - cut)).trim();
    } catch {
      // Not UTF-8 up to here; perhaps only its last letter is incomplete.
    }
  }
  return text;
}

/** Frames whose value ID3v2.2 and 2.3 may separate by slashes. The parser does it always, and AC/DC become two. */
const SLASHED = new Set([
  'TPE1',
  'TPE2',
  'TPE3',
  'TPE4',
  'TCOM',
  'TEXT',
  'TOLY',
  'TOPE',
  'TP1',
  'TCM',
  'TXT',
  'TOA',
  'TOL',
]);

function slashesAgain(tags: readonly NativeTag[]): NativeTag[] {
  const joined: NativeTag[] = [];
  for (const tag of tags) {
    const last = joined.at(-1);
    if (last?.id === tag.id && SLASHED.has(tag.id))
      joined[joined.length - 1] = { id: tag.id, value: `${last.value}/${tag.value}` };
    else joined.push(tag);
  }
  return joined;
}

/** A record without the keys whose value is not known. */
function known<T extends object>(record: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}

function commonOf(blocks: readonly TagBlock[], parsed: ICommonTagsResult): CommonTags {
  const ordered = byTrust(blocks);
  const values = (field: Field): string[] => {
    for (const block of ordered) {
      const found = valuesOf(block, field);
      if (found.length > 0) return found.slice(0, MOST_VALUES);
    }
    return [];
  };
  const [artist] = values('artist');
  const artists = [values('artists'), values('artist')].find((list) => list.length > 1);
  const [disc] = values('disc');
  const [track] = values('track');
  return known<CommonTags>({
    title: values('title')[0] ?? textOf(parsed.title),
    artist: artist ?? textOf(parsed.artist),
    artists,
    album: values('album')[0] ?? textOf(parsed.album),
    albumArtist: values('albumArtist')[0] ?? textOf(parsed.albumartist),
    disc: numberIn(disc ?? '') ?? countOf(parsed.disk.no),
    discs: totalIn(disc ?? '') ?? countOf(parsed.disk.of),
    track: numberIn(track ?? '') ?? countOf(parsed.track.no),
    tracks: totalIn(track ?? '') ?? countOf(parsed.track.of),
    date: values('date')[0] ?? textOf(parsed.date) ?? textOf(parsed.year?.toString()),
    genres: listOf(parsed.genre),
    comment: commentOf(parsed.comment),
    isrc: listOf(parsed.isrc),
    musicBrainz: musicBrainzOf(parsed),
    replayGain: replayGainOf(parsed),
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? bounded(value) || undefined : undefined;
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function figureOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function listOf(values: unknown): string[] | undefined {
  if (!Array.isArray(values)) return undefined;
  const texts = values.slice(0, MOST_VALUES).flatMap((value) => textOf(value) ?? []);
  return texts.length > 0 ? [...new Set(texts)] : undefined;
}

/** The first comment without a name of its own; named ones are notes of programs to themselves. */
function commentOf(comments: ICommonTagsResult['comment']): string | undefined {
  return textOf((comments?.find(({ descriptor }) => !descriptor) ?? undefined)?.text);
}

function musicBrainzOf(parsed: ICommonTagsResult): CommonTags['musicBrainz'] {
  const ids = known<NonNullable<CommonTags['musicBrainz']>>({
    recordingId: textOf(parsed.musicbrainz_recordingid),
    trackId: textOf(parsed.musicbrainz_trackid),
    releaseId: textOf(parsed.musicbrainz_albumid),
    releaseGroupId: textOf(parsed.musicbrainz_releasegroupid),
    artistIds: listOf(parsed.musicbrainz_artistid),
  });
  return Object.keys(ids).length > 0 ? ids : undefined;
}

function replayGainOf(parsed: ICommonTagsResult): CommonTags['replayGain'] {
  const gains = known<NonNullable<CommonTags['replayGain']>>({
    trackGainDb: figureOf(parsed.replaygain_track_gain?.dB),
    trackPeak: figureOf(parsed.replaygain_track_peak?.ratio),
    albumGainDb: figureOf(parsed.replaygain_album_gain?.dB),
    albumPeak: figureOf(parsed.replaygain_album_peak?.ratio),
  });
  return Object.keys(gains).length > 0 ? gains : undefined;
}

/** The front cover, else the first picture; its bytes are forgotten. */
function coverOf(pictures: readonly IPicture[] | undefined): TagReading['cover'] {
  const cover = pictures?.find(({ type }) => type?.toLowerCase().includes('front')) ?? pictures?.[0];
  return cover === undefined ? null : { mime: bounded(cover.format), sizeBytes: cover.data.length };
}
