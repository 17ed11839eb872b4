/**
 * How a location spells a path. One text can be meant in more than one way: `a%20b.mp3` is a name, and is `a b.mp3` to
 * players that escape; a backslash is a character of a name, and a separator to Windows. Each way is a reading, the most
 * literal first, and each can spell another path in the same manner.
 */
import { type BytePath, folderOf } from '#kernel';
import { type Charset, charsetsOf, textOfUnits, unitsOfText } from './charset.ts';
import { relativePath, resolvePath } from './lexical-path.ts';
import type { Location } from './location.ts';
import { type PercentHabit, percentDecoded, percentEncoded } from './percent.ts';
import { formOf, type PlaylistForm } from './playlist-form.ts';
import type { PlaylistText } from './playlist-text.ts';
import { fromXml, toXml } from './xml-text.ts';

export interface Spelling {
  readonly kind: 'relative' | 'absolute' | 'file-url';
  /** What stands before the path, as it was written: `file://`, `FILE://localhost`, `./` or nothing. */
  readonly lead: string;
  readonly isPercentEncoded: boolean;
  readonly hasBackslashes: boolean;
  readonly isXml: boolean;
  readonly charset: Charset;
}

/** One way to understand a location. */
export interface Reading {
  /** Absolute, without `.` and `..`. */
  readonly path: BytePath;
  readonly spelling: Spelling;
}

/** What surrounds the location. */
export interface Surroundings {
  readonly path: BytePath;
  readonly form: PlaylistForm;
  readonly text: PlaylistText;
}

const FILE_URL = /^file:(?:\/\/(?:localhost)?)?(?=\/(?!\/))/i;
/** Another scheme, a drive or a share of Windows: nothing that we could resolve. */
const FOREIGN = /^(?:[a-z][a-z0-9+.-]*:\/\/|[a-z]:[\\/]|\\\\)/i;
const FOREIGN_URI = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;
/** Would be taken for a directive, a blank that does not count, or a scheme. */
const MISLEADING = /^(?:[# \t]|[a-z][a-z0-9+.-]*:)/i;

/** Linux knows no path of more than 4,096 bytes; each may be three units of an escape, and some are spent on XML. */
const LONGEST_UNITS = 16_384;

/** All readings; none where the location is foreign, broken or too long to be a path. */
export function readingsOf(location: Location, around: Surroundings): readonly Reading[] {
  const units = around.text.units.slice(location.start, location.end);
  if (units.length > LONGEST_UNITS) return [];
  return charsetsOf(units, around.text).flatMap((charset) => {
    const written = textOfUnits(units, charset);
    const text = location.isXml ? fromXml(written) : written;
    return text === undefined ? [] : readingsOfText(text, around, { charset, isXml: location.isXml });
  });
}

function readingsOfText(text: BytePath, around: Surroundings, how: Pick<Spelling, 'charset' | 'isXml'>): Reading[] {
  const lead = FILE_URL.exec(text)?.[0];
  if (lead === undefined && (around.form === 'xspf' ? FOREIGN_URI : FOREIGN).test(text)) return [];
  const isUri = lead !== undefined || around.form === 'xspf';
  const ways = waysToRead(text.slice(lead?.length ?? 0) as BytePath, isUri);
  return ways.flatMap(({ named, ...way }) => {
    const path = resolvePath(folderOf(around.path), named);
    if (path.includes('\0')) return [];
    const kind = lead !== undefined ? 'file-url' : named.startsWith('/') ? 'absolute' : 'relative';
    const dot = kind === 'relative' && named.startsWith('./') ? './' : '';
    return [{ path, spelling: { kind, lead: lead ?? dot, ...way, ...how } }];
  });
}

interface Way extends Pick<Spelling, 'isPercentEncoded' | 'hasBackslashes'> {
  readonly named: BytePath;
}

/** A URI is escaped unless a careless program wrote it; anything else is literal unless a careful one did. */
function waysToRead(text: BytePath, isUri: boolean): Way[] {
  const slashed = text.replaceAll('\\', '/') as BytePath;
  const plain = { isPercentEncoded: false };
  const escaped = { isPercentEncoded: true };
  const literal = { ...plain, hasBackslashes: false, named: text };
  const decoded = { ...escaped, hasBackslashes: false, named: percentDecoded(text) };
  const hasEscapes = decoded.named !== text;
  if (isUri) return hasEscapes ? [decoded, literal] : [decoded];
  const windows = { ...plain, hasBackslashes: true, named: slashed };
  const both = { ...escaped, hasBackslashes: true, named: percentDecoded(slashed) };
  const hasBackslashes = slashed !== text;
  return [
    literal,
    ...(hasBackslashes ? [windows] : []),
    ...(hasEscapes ? [decoded] : []),
    ...(hasEscapes && hasBackslashes ? [both] : []),
  ];
}

/** The units that name `to` in this spelling in the playlist at `playlist`; `undefined` where it has none for it. */
export function spell(
  to: BytePath,
  spelling: Spelling,
  { playlist, habit }: { playlist: BytePath; habit: PercentHabit },
): string | undefined {
  if (spelling.hasBackslashes && to.includes('\\')) return undefined;
  const { kind, lead, isPercentEncoded, hasBackslashes, isXml, charset } = spelling;
  const path = kind === 'relative' ? relativePath(folderOf(playlist), to) : to;
  const escaped = isPercentEncoded ? percentEncoded(path, habit) : path;
  const led = (kind === 'relative' ? leadOf(escaped, lead) : lead) + escaped;
  // XML cannot carry them, whatever is read again.
  if (formOf(playlist) === 'xspf' && /\p{Cc}/u.test(led)) return undefined;
  const slashed = (hasBackslashes ? led.replaceAll('/', '\\') : led) as BytePath;
  return unitsOfText(isXml ? toXml(slashed) : slashed, charset);
}

function leadOf(relative: string, lead: string): string {
  if (relative.startsWith('../')) return '';
  return MISLEADING.test(relative) ? './' : lead;
}
