/** How complete tags are. */
import type { CommonTags, TagReading } from './tags.ts';

/** The fields that a well tagged file of an album has. Chosen: what players show and sort by, and what identifies it. */
const FIELDS: readonly ((tags: CommonTags) => unknown)[] = [
  ({ title }) => title,
  ({ artist }) => artist,
  ({ album }) => album,
  ({ albumArtist }) => albumArtist,
  ({ track }) => track,
  ({ disc }) => disc,
  ({ date }) => date,
  ({ genres }) => genres?.[0],
  ({ isrc }) => isrc?.[0],
  ({ musicBrainz }) => musicBrainz?.recordingId ?? musicBrainz?.releaseId,
];

/** How many of the ten fields that matter are filled. */
export function countTagFields(reading: TagReading | null): { readonly filled: number; readonly of: number } {
  const filled = reading === null ? 0 : FIELDS.filter((field) => Boolean(field(reading.common))).length;
  return { filled, of: FIELDS.length };
}
