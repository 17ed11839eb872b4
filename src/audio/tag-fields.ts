/** How complete tags are. */
import type { CommonTags, TagReading } from './tags.ts';

/** The fields that a well tagged file of an album has. Chosen: what players show and sort by, and what identifies it. */
const FIELDS: readonly (readonly [name: string, field: (tags: CommonTags) => unknown])[] = [
  ['title', ({ title }) => title],
  ['artist', ({ artist }) => artist],
  ['album', ({ album }) => album],
  ['album artist', ({ albumArtist }) => albumArtist],
  ['track', ({ track }) => track],
  ['disc', ({ disc }) => disc],
  ['date', ({ date }) => date],
  ['genre', ({ genres }) => genres?.[0]],
  ['ISRC', ({ isrc }) => isrc?.[0]],
  ['MusicBrainz id', ({ musicBrainz }) => musicBrainz?.recordingId ?? musicBrainz?.releaseId],
];

/** How many of the ten fields that matter are filled. */
export function countTagFields(reading: TagReading | null): { readonly filled: number; readonly of: number } {
  return { filled: filledIn(reading).length, of: FIELDS.length };
}

/** What one copy's tags have and another's lack, in words; a cover counts as well. */
export function tagsOnlyIn(one: TagReading | null, other: TagReading | null): readonly string[] {
  const has = new Set(filledIn(other));
  const fields = filledIn(one).filter((name) => !has.has(name));
  return one?.cover && !other?.cover ? [...fields, 'cover'] : fields;
}

function filledIn(reading: TagReading | null): string[] {
  return reading === null ? [] : FIELDS.flatMap(([name, field]) => (field(reading.common) ? name : []));
}
