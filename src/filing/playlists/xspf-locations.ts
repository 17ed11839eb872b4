/**
 * The `<location>` of each `<track>` of an XSPF playlist. The markup is stepped over, not parsed, so that whatever else
 * the file holds stays as it is: one pass, no entities resolved, and the rest of a broken file holds no locations.
 * @see https://www.xspf.org/spec
 */
import { type Location, trimmed } from './location.ts';

/** A piece of markup, `[start, end)`. */
interface Piece {
  readonly kind: 'open' | 'close' | 'cdata' | 'other';
  /** Of an element, without its prefix; empty for all others. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The opening tag, one CDATA section, the closing tag. */
const MOST_PIECES = 3;

/** Locations that are plain text or one CDATA section; others, and those outside of tracks, are passed over. */
export function xspfLocations(units: string): readonly Location[] {
  const found: Location[] = [];
  let inTrack = false;
  let content: Piece[] | undefined;
  for (const piece of piecesOf(units)) {
    if (piece.name === 'track') inTrack = piece.kind === 'open';
    if (piece.name === 'location' && piece.kind === 'open') content = inTrack ? [piece] : undefined;
    else if (piece.name === 'location' && content !== undefined) {
      found.push(...locationBetween(units, [...content, piece]));
      content = undefined;
    } else if (content !== undefined && content.length < MOST_PIECES) content.push(piece);
  }
  return hasBase(units) ? found.filter(({ start }) => !isRelative(units, start)) : found;
}

/** `pieces` are the opening tag, what markup stands between, and the closing tag. */
function locationBetween(units: string, pieces: readonly Piece[]): Location[] {
  const [open, inner, close] = pieces.length === 2 ? [pieces[0], undefined, pieces[1]] : pieces;
  if (open === undefined || close === undefined || pieces.length > MOST_PIECES) return [];
  if (inner === undefined) return nonEmpty({ ...trimmed(units, open.end, close.start), isXml: true });
  const around = units.slice(open.end, inner.start) + units.slice(inner.end, close.start);
  if (inner.kind !== 'cdata' || /[^ \t\r\n]/.test(around)) return [];
  return nonEmpty({ ...trimmed(units, inner.start + '<![CDATA['.length, inner.end - ']]>'.length), isXml: false });
}

function nonEmpty(location: Location): Location[] {
  return location.start < location.end ? [location] : [];
}

/** Relative locations are then relative to something that we do not follow. */
function hasBase(units: string): boolean {
  return /\sxml:base\s*=/.test(units);
}

function isRelative(units: string, start: number): boolean {
  return !/^(?:\/|[a-z][a-z0-9+.-]*:)/i.test(units.slice(start, start + 64));
}

function* piecesOf(units: string): Generator<Piece> {
  for (let at = units.indexOf('<'); at >= 0; ) {
    const piece = pieceAt(units, at);
    if (piece === undefined) return;
    yield piece;
    at = units.indexOf('<', piece.end);
  }
}

/** The piece that begins at a `<`; `undefined` where it does not end. */
function pieceAt(units: string, start: number): Piece | undefined {
  for (const [opening, closing, kind] of [
    ['<!--', '-->', 'other'],
    ['<![CDATA[', ']]>', 'cdata'],
    ['<?', '?>', 'other'],
  ] as const) {
    if (!units.startsWith(opening, start)) continue;
    const end = units.indexOf(closing, start + opening.length);
    return end < 0 ? undefined : { kind, name: '', start, end: end + closing.length };
  }
  return tagAt(units, start);
}

function tagAt(units: string, start: number): Piece | undefined {
  const end = tagEnd(units, start);
  if (end === undefined) return undefined;
  // Longer names are not ours, so a look at the beginning is enough.
  const match = /^<(\/?)(?:[\w.-]+:)?([\w.-]+)/.exec(units.slice(start, Math.min(end, start + 128)));
  const isEmpty = units[end - 2] === '/';
  if (match === null || isEmpty) return { kind: 'other', name: '', start, end };
  return { kind: match[1] === '/' ? 'close' : 'open', name: match[2] ?? '', start, end };
}

/** Behind the `>` that ends a tag, which is none in quotes. */
function tagEnd(units: string, start: number): number | undefined {
  for (let at = start; at < units.length; at++) {
    const unit = units.charAt(at);
    if (unit === '>') return at + 1;
    if (unit !== '"' && unit !== "'") continue;
    at = units.indexOf(unit, at + 1);
    if (at < 0) return undefined;
  }
  return undefined;
}
