/**
 * Which native tag says what, for the fields that tell a recording and its release. The tag parser has its
 * own mapping, but lets a later block overwrite the track number of an earlier one, prefers APEv2 to ID3v2,
 * misses names that FFmpeg writes (`ALBUM_ARTIST`), and cannot say what each block says by itself.
 */
import type { TagBlock } from '#audio';

export type Field = 'title' | 'artist' | 'artists' | 'album' | 'albumArtist' | 'disc' | 'track' | 'date';

type Names = Readonly<Record<Field, readonly string[]>>;

/** Names in lower case, the most telling first. */
const ID3V2: Names = {
  title: ['tit2', 'tt2'],
  artist: ['tpe1', 'tp1'],
  artists: ['txxx:artists'],
  album: ['talb', 'tal'],
  albumArtist: ['tpe2', 'tp2', 'txxx:albumartist', 'txxx:album artist', 'txxx:album_artist'],
  disc: ['tpos', 'tpa'],
  track: ['trck', 'trk'],
  date: ['tdrc', 'tdrl', 'tyer', 'tye'],
};

const PLAIN: Names = {
  title: ['title'],
  artist: ['artist'],
  artists: ['artists'],
  album: ['album'],
  albumArtist: ['albumartist', 'album artist', 'album_artist'],
  disc: ['discnumber', 'disc', 'disk'],
  track: ['tracknumber', 'track'],
  date: ['date', 'year'],
};

const ITUNES: Names = {
  title: ['©nam'],
  artist: ['©art'],
  artists: ['----:com.apple.itunes:artists'],
  album: ['©alb'],
  albumArtist: ['aart', '----:com.apple.itunes:band'],
  disc: ['disk'],
  track: ['trkn'],
  date: ['©day'],
};

const ASF: Names = {
  title: ['title'],
  artist: ['author'],
  artists: ['wm/artists'],
  album: ['wm/albumtitle'],
  albumArtist: ['wm/albumartist'],
  disc: ['wm/partofset'],
  track: ['wm/tracknumber'],
  date: ['wm/year', 'date'],
};

const MATROSKA: Names = {
  title: ['track:title', 'segment:title'],
  artist: ['track:artist'],
  artists: ['track:artists'],
  album: ['album:title', 'track:album'],
  albumArtist: ['album:artist', 'track:album_artist'],
  disc: ['album:part_number', 'track:disc'],
  track: ['track:part_number', 'track:track'],
  date: ['track:date_released', 'album:date_released', 'track:date', 'album:date'],
};

const INFO: Names = {
  title: ['inam', 'titl'],
  artist: ['iart'],
  artists: [],
  album: ['iprd', 'irpd'],
  albumArtist: [],
  disc: [],
  track: ['itrk', 'iprt'],
  date: ['icrd', 'year'],
};

const AIFF: Names = { ...PLAIN, title: ['name'], artist: ['auth'] };

/** Blocks in the order in which they are believed: the container's own first, ID3v2 before APEv2, short and ASCII-only ones last. */
const BLOCKS: readonly (readonly [type: string, names: Names])[] = [
  ['vorbis', PLAIN],
  ['iTunes', ITUNES],
  ['matroska', MATROSKA],
  ['asf', ASF],
  ['ID3v2.4', ID3V2],
  ['ID3v2.3', ID3V2],
  ['ID3v2.2', ID3V2],
  ['APEv2', PLAIN],
  ['exif', INFO],
  ['AIFF', AIFF],
  ['ID3v1', PLAIN],
];

/** Every distinct value that `block` has for `field`, as written; empty where it has none or the block's type is not known. */
export function valuesOf(block: TagBlock, field: Field): string[] {
  const names = BLOCKS.find(([type]) => type === block.type)?.[1][field] ?? [];
  for (const name of names) {
    const values = block.tags
      .filter((tag) => tag.id.toLowerCase() === name && tag.value !== '')
      .map((tag) => tag.value);
    if (values.length > 0) return [...new Set(values)];
  }
  return [];
}

/** The most believable block first. */
export function byTrust(blocks: readonly TagBlock[]): TagBlock[] {
  const rank = (block: TagBlock): number => {
    const at = BLOCKS.findIndex(([type]) => type === block.type);
    return at < 0 ? BLOCKS.length : at;
  };
  return blocks.toSorted((a, b) => rank(a) - rank(b));
}

/** `3/12`, `3 of 12`, `03`, `A3` are 3; `undefined` where there is no number above 0. */
export function numberIn(text: string): number | undefined {
  const found = Number.parseInt(/\d{1,6}/.exec(text)?.[0] ?? '', 10);
  return found > 0 ? found : undefined;
}

/** The 12 of `3/12`; `undefined` where no total is given. */
export function totalIn(text: string): number | undefined {
  const slash = text.indexOf('/');
  return slash < 0 ? undefined : numberIn(text.slice(slash + 1));
}
