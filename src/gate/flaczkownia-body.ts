/**
 * The body of flaczkownia-dedup's processed-file webhook. Its users pass `new` and `unknown` on and nothing else, so `new`
 * is said of what is in the library alone, and of a file that nobody can play nothing is said at all. There is no
 * `audioprint`: a hash of 32 bits that most recordings share is not worth computing.
 */
import type { CommonTags } from '#audio';
import { type BytePath, displayPath } from '#kernel';
import type { GateEventBody } from './model.ts';

interface FlaczkowniaBody {
  readonly path: string;
  readonly type: 'new' | 'duplicate' | 'unknown';
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** `undefined` where there is nothing to tell. */
export function flaczkowniaBody(body: GateEventBody): FlaczkowniaBody | undefined {
  if (body.type === 'file.promoted') return { path: displayPath(body.path), type: 'new' };
  // It knows of no renames: what was new is new under its new name.
  if (body.type === 'file.renamed')
    return { path: displayPath(body.path), type: body.verdict === 'unknown' ? 'unknown' : 'new' };
  if (body.type !== 'file.judged') return undefined;
  const type = typeOf(body);
  if (type === undefined) return undefined;
  const metadata = metadataOf(body.tags as CommonTags);
  const path: BytePath = body.verdict.placed ?? body.verdict.path;
  return { path: displayPath(path), type, ...(Object.keys(metadata).length > 0 && { metadata }) };
}

function typeOf({
  isAdmitted,
  verdict: { verdict, of },
}: Extract<GateEventBody, { type: 'file.judged' }>): FlaczkowniaBody['type'] | undefined {
  if (verdict === 'unknown') return 'unknown';
  // A person or a policy may have let in what is no new file by its sound.
  if (isAdmitted) return 'new';
  return of === null ? undefined : 'duplicate';
}

/** By the names of mediafile, which flaczkownia reads tags with. @see https://mediafile.readthedocs.io/ */
function metadataOf(tags: CommonTags): Readonly<Record<string, unknown>> {
  const { musicBrainz = {}, date } = tags;
  const fields = {
    ...{ title: tags.title, artist: tags.artist, artists: tags.artists, album: tags.album },
    ...{ albumartist: tags.albumArtist, genre: tags.genres?.[0], genres: tags.genres },
    ...{ track: tags.track, tracktotal: tags.tracks, disc: tags.disc, disctotal: tags.discs },
    ...{ date: isoDate(date), year: yearOf(date), comments: tags.comment, isrc: tags.isrc?.[0] },
    ...{ mb_trackid: musicBrainz.recordingId, mb_releasetrackid: musicBrainz.trackId },
    ...{ mb_albumid: musicBrainz.releaseId, mb_releasegroupid: musicBrainz.releaseGroupId },
    ...{ mb_artistid: musicBrainz.artistIds?.[0], mb_artistids: musicBrainz.artistIds },
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/;

/** `1999` is `1999-01-01`, as mediafile has it. */
function isoDate(date = ''): string | undefined {
  const [, year, month = '01', day = '01'] = DATE.exec(date) ?? [];
  return year && `${year}-${month}-${day}`;
}

function yearOf(date = ''): number | undefined {
  const [, year] = DATE.exec(date) ?? [];
  return year === undefined ? undefined : Number(year);
}
