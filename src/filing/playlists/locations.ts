/** Where a playlist names its files: ranges of units, found without understanding more of the file than that. */
import { type Location, trimmed } from './location.ts';
import type { PlaylistForm } from './playlist-form.ts';
import { xspfLocations } from './xspf-locations.ts';

/** All locations, in the order of the file. */
export function locationsIn(units: string, form: PlaylistForm): Iterable<Location> {
  switch (form) {
    case 'm3u':
    case 'm3u8':
      // What begins with # is a comment or a directive.
      return lineLocations(units, /^[ \t]*(?=[^ \t#])/);
    case 'pls':
      return lineLocations(units, /^[ \t]*file[0-9]+[ \t]*=[ \t]*/i);
    case 'xspf':
      return xspfLocations(units);
  }
}

/** What follows `lead` on its line; every kind of line end. */
function* lineLocations(units: string, lead: RegExp): Generator<Location> {
  for (const { 0: line, index } of units.matchAll(/[^\r\n]+/g)) {
    const found = lead.exec(line);
    if (found === null) continue;
    const location = trimmed(units, index + found[0].length, index + line.length);
    if (location.start < location.end) yield { ...location, isXml: false };
  }
}
