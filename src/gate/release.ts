/**
 * Where a file stands on a release, by its tags, read as people write them: `3/12`, `A1`, `1-03`, "CD 2" in the name of the
 * album. Two places agree in their parts; the sound has the last word, so what is missing agrees with anything.
 * @see docs/design/gate.md
 */
import type { CommonTags, TagConflict, TagReading } from '#audio';
import type { ReleaseFields } from './model.ts';

/** A place on a release with what it is compared by. Keys are normalised: case, Unicode form, blanks. */
export interface ReleasePlace extends ReleaseFields {
  /** The album without a disc in its name. */
  readonly albumKey: string | null;
  /** The same as it is spelt, in one Unicode form. */
  readonly albumName: string | null;
  /** The album artist where the tags name one. */
  readonly albumArtistKey: string | null;
  /** The track artist's first name. */
  readonly artistKey: string | null;
  /** MusicBrainz release id, lower case. */
  readonly releaseId: string | null;
  /** The code of the recording as it was issued, without dashes, upper case. */
  readonly isrc: string | null;
  /** Of a record: `a`, `b` …; `null` where the track has none. */
  readonly side: string | null;
}

/** Beside the album and the sound, what makes two files one track. */
export type TuplePart = 'albumArtist' | 'disc' | 'track';

/** Tag names in which containers keep a track's and a disc's position; values may hold more than a number. */
const TRACK_TAGS = new Set(['TRCK', 'TRACKNUMBER', 'TRACK', 'TRACK NUMBER', 'WM/TRACKNUMBER', 'IPRT', 'ITRK']);
const DISC_TAGS = new Set(['TPOS', 'DISCNUMBER', 'DISC', 'DISK', 'WM/PARTOFSET', 'PART']);

/** The place that the tags give; all `null` for a file without. */
export function readPlace(reading: TagReading | null): ReleasePlace {
  const tags: CommonTags = reading?.common ?? {};
  const named = splitDisc(filled(tags.album));
  const position = trackPosition(reading, tags);
  const albumArtist = filled(tags.albumArtist);
  // A disc that the album's name tells is surer than "disc 1 of 1", which rippers write on every disc of a set.
  const disc = named.disc ?? position.disc ?? discNumber(reading, tags);
  return {
    album: filled(tags.album),
    albumArtist,
    disc,
    track: position.track,
    side: position.side,
    albumKey: keyOf(named.album),
    albumName: named.album?.normalize('NFC') ?? null,
    isrc: tags.isrc?.[0]?.replaceAll(/[^a-z0-9]/gi, '').toUpperCase() || null,
    albumArtistKey: keyOf(albumArtist),
    artistKey: keyOf(firstName(tags)),
    releaseId: keyOf(filled(tags.musicBrainz?.releaseId)),
  };
}

/** Equal for texts that differ in case, Unicode form and blanks alone; `null` for what says nothing. */
export function keyOf(text: string | null): string | null {
  if (text === null) return null;
  // Upper case first: what has two lower-case forms (ß and ss, ς and σ) has one upper-case form.
  const folded = text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC');
  const key = folded
    .replaceAll(/[\p{Cf}\p{Cc}]+/gu, (hidden) => (/\s/.test(hidden) ? ' ' : ''))
    .replaceAll(/\s+/gu, ' ');
  return key.trim() || null;
}

function filled(text: string | undefined): string | null {
  return text?.trim() ? text.trim() : null;
}

const ROMAN = ['i', 'ii', 'iii', 'iv', 'v', 'vi', 'vii', 'viii', 'ix', 'x'];
const SPELT = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
/** "(Disc 2)", "[CD2: The Live Set]", "- disk two", " CD 1": at the end of an album's name, never all of it. */
const DISC_AT_END =
  /^(.*\S)\s*(?:[([{,:–—-]\s*|\s)(?:dis[ck]|cd|disque|lp|cassette)\s*(?:#|no\.?|nr\.?)?\s*(\d{1,2}|[ivx]+|one|two|three|four|five|six|seven|eight|nine|ten)(?:\s*(?:of|\/)\s*\d{1,2})?(?:\s*[:–—-]\s*[^()[\]{}]*)?\s*[)\]}]?$/iu;

/** The album without the disc in its name, and that disc. */
function splitDisc(album: string | null): { readonly album: string | null; readonly disc: number | null } {
  const [, rest, number] = (album && DISC_AT_END.exec(album)) || [];
  if (rest === undefined || number === undefined) return { album, disc: null };
  const word = number.toLowerCase();
  const disc = /^\d/.test(word) ? Number(word) : Math.max(ROMAN.indexOf(word), SPELT.indexOf(word)) + 1;
  const name = rest.replace(/[\s,:–—([{-]+$/u, '');
  return disc > 0 && name !== '' ? { album: name, disc } : { album, disc: null };
}

interface Position {
  readonly disc: number | null;
  readonly side: string | null;
  readonly track: number | null;
}

function trackPosition(reading: TagReading | null, tags: CommonTags): Position {
  const plain = { disc: null, side: null, track: tags.track ?? null };
  const written = nativeValues(reading, TRACK_TAGS).map(readPosition);
  // The native value tells more where it holds a side or a disc; the common one is right in all else.
  const richer = written.find((position) => position && (position.side !== null || position.disc !== null));
  if (richer) return richer;
  return plain.track === null ? (written.find((position) => position !== undefined) ?? plain) : plain;
}

/** `3`, `03/12`, `A1`, `B`, `1-03`, `2.05`; `undefined` for anything else. */
function readPosition(value: string): Position | undefined {
  const text = value.trim().replace(/\s*(?:\/|of)\s*\d+\s*$/i, '');
  const [, plain] = /^0*(\d{1,4})$/.exec(text) ?? [];
  if (plain !== undefined) return Number(plain) > 0 ? { disc: null, side: null, track: Number(plain) } : undefined;
  const [, disc, onDisc] = /^(\d{1,2})\s*[-.]\s*0*(\d{1,3})$/.exec(text) ?? [];
  if (onDisc !== undefined) return { disc: Number(disc), side: null, track: Number(onDisc) };
  const [, side, onSide] = /^([A-Z]{1,2})\s*[-.]?\s*0*(\d{0,3})$/i.exec(text) ?? [];
  if (side === undefined) return undefined;
  return { disc: null, side: side.toLowerCase(), track: Number(onSide || 1) };
}

function discNumber(reading: TagReading | null, tags: CommonTags): number | null {
  if (tags.disc !== undefined) return tags.disc;
  const [written] = nativeValues(reading, DISC_TAGS);
  const [, number] = /^\D*0*(\d{1,3})/.exec(written ?? '') ?? [];
  return number && Number(number) > 0 ? Number(number) : null;
}

function nativeValues(reading: TagReading | null, ids: ReadonlySet<string>): string[] {
  const tags = (reading?.native ?? []).flatMap((block) => block.tags);
  return tags.filter(({ id }) => ids.has(id.toUpperCase())).map(({ value }) => value);
}

/** Marks of further names: "A feat. B", "A; B", "A, B", "A & B". */
const FURTHER_NAMES = /\s*(?:;|\/|,|&|\s(?:feat|ft|featuring|with|vs|x)\b\.?)\s*/iu;

function firstName({ artist, artists }: CommonTags): string | null {
  const credited = filled(artists?.[0]) ?? filled(artist);
  return credited === null ? null : filled(credited.split(FURTHER_NAMES)[0]);
}

/** How two places agree: `full`, or `loose` where only a missing album artist made them. */
export type Agreement = 'full' | 'loose';

/** `null` where they are not one track of one release. @param parts what counts beside album and sound */
export function agreement(a: ReleasePlace, b: ReleasePlace, parts: readonly TuplePart[]): Agreement | null {
  const counts = (part: TuplePart): boolean => parts.includes(part);
  if (counts('track') && (a.track === null || a.track !== b.track || differ(a.side, b.side))) return null;
  if (counts('disc') && differ(a.disc, b.disc)) return null;
  if (a.releaseId !== null && b.releaseId !== null) return a.releaseId === b.releaseId ? 'full' : null;
  if (a.albumKey === null || a.albumKey !== b.albumKey) return null;
  // Names that are spelt two ways are one album only where nothing else sets them apart: shops give editions codes of their own.
  if (a.albumName !== b.albumName && a.isrc !== b.isrc) return null;
  return counts('albumArtist') ? artistAgreement(a, b) : 'full';
}

function differ<T>(a: T | null, b: T | null): boolean {
  return a !== null && b !== null && a !== b;
}

/** A missing album artist is the track artist's first name, or, where that is not it, anybody: the sound tells. */
function artistAgreement(a: ReleasePlace, b: ReleasePlace): Agreement | null {
  const [one, other] = [a.albumArtistKey ?? a.artistKey, b.albumArtistKey ?? b.artistKey];
  if (one !== null && one === other) return 'full';
  return a.albumArtistKey !== null && b.albumArtistKey !== null ? null : 'loose';
}

/**
 * Why a file cannot be a duplicate of anything by itself: its tags do not say where it stands, or two of its blocks of tags
 * say different things. In words that go on after "The tags"; `null` where they are clear.
 */
export function whyUnplaced(
  reading: TagReading | null,
  place: ReleasePlace,
  parts: readonly TuplePart[],
): string | null {
  const album = place.albumKey === null && place.releaseId === null ? ['album'] : [];
  const missing = parts.includes('track') && place.track === null ? [...album, 'track number'] : album;
  if (missing.length > 0) return `name no ${missing.join(' and no ')}`;
  const conflict = reading?.conflicts.find(
    ({ field }) => field === 'album' || (field === 'track' && parts.includes('track')),
  );
  return conflict === undefined ? null : conflictWords(conflict);
}

function conflictWords({ field, values }: TagConflict): string {
  const said = values.map(({ block, value }) => `"${value}" in ${block}`);
  return `disagree about the ${field}: ${said.join(', ')}`;
}
