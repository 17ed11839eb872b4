/**
 * Where the tag blocks of one file say different things. Differences that a block cannot help are none:
 * ID3v1 holds 30 bytes in an unknown code page, AIFF text chunks are ASCII, and letter case, blanks and
 * Unicode form are a matter of taste.
 */
import type { TagBlock, TagConflict } from '#audio';
import { byTrust, type Field, numberIn, valuesOf } from './fields.ts';

const COMPARED: readonly Field[] = ['title', 'artist', 'album', 'albumArtist', 'disc', 'track', 'date'];

/** ID3v1's width of a text, in bytes; up to three fewer where blanks or half a letter were cut off. @see https://id3.org/ID3v1 */
const ID3V1_BYTES = 30;

/** Conflicts in the order of the fields; the values in the order in which the blocks are believed. */
export function conflictsBetween(blocks: readonly TagBlock[]): TagConflict[] {
  const ordered = byTrust(blocks);
  return COMPARED.flatMap((field) => {
    const said = ordered
      .map((block) => ({ block: block.type, values: valuesOf(block, field) }))
      .filter(({ values }) => values.length > 0);
    if (!said.some((one, at) => said.slice(at + 1).some((other) => !agree(field, one, other)))) return [];
    return [{ field, values: said.map(({ block, values }) => ({ block, value: values.join('; ') })) }];
  });
}

interface Said {
  readonly block: string;
  readonly values: readonly string[];
}

/** Two blocks agree where any of their values do, or the lists as a whole. */
function agree(field: Field, one: Said, other: Said): boolean {
  const all = (said: Said): string[] => [...said.values, said.values.join('; '), said.values.join('/')];
  return all(one).some((a) => all(other).some((b) => sameValue(field, a, one.block, b, other.block)));
}

function sameValue(field: Field, a: string, blockOfA: string, b: string, blockOfB: string): boolean {
  if (field === 'track' || field === 'disc') return numberIn(a) === numberIn(b);
  if (field === 'date') return a.slice(0, 4) === b.slice(0, 4);
  return sameText(a, blockOfA, b) || sameText(b, blockOfB, a);
}

/** Could `value` in a block of this type stand for `other`? */
function sameText(value: string, block: string, other: string): boolean {
  if (folded(value) === folded(other)) return true;
  if (block === 'ID3v1') return isCutOf(value, other) || isForeign(value);
  if (block === 'exif') return isForeign(value);
  return block === 'AIFF' && value === inSevenBits(other);
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
}

/** Is `value` the beginning of `other`, as long as ID3v1 could hold it? For a letter beyond ASCII anything may stand. */
function isCutOf(value: string, other: string): boolean {
  const short = value.normalize('NFC').toLowerCase();
  const long = other.normalize('NFC').toLowerCase();
  const isFull = new TextEncoder().encode(value).length >= ID3V1_BYTES - 3;
  if (short.length > long.length || (short.length < long.length && !isFull)) return false;
  return [...short].every((char, at) => char === long[at] || isForeign(long[at] ?? ''));
}

/** Bytes above ASCII in a block without a declared code page: what they mean is a guess. */
function isForeign(value: string): boolean {
  return /[\u0080-\u{10ffff}]/u.test(value);
}

/** What is left of a text whose bytes lost their top bit. */
function inSevenBits(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text.slice(0, 512)).map((byte) => byte & 0x7f));
}
