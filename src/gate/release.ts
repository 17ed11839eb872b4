/** Where a file stands on a release, by its tags. */
import type { ReleaseFields } from './model.ts';

/** A place on a release with what it is compared by. Keys are normalised: case, Unicode form, blanks. */
export interface ReleasePlace extends ReleaseFields {
  /** The album without a disc in its name. */
  readonly albumKey: string | null;
  /** The album artist where the tags name one. */
  readonly albumArtistKey: string | null;
  /** The track artist's first name. */
  readonly artistKey: string | null;
  /** MusicBrainz release id, lower case. */
  readonly releaseId: string | null;
  /** Of a record: `a`, `b` …; `null` where the track has none. */
  readonly side: string | null;
}
