/**
 * Names as the library knows them. In the store a name is bytes, here it is a text, in which every byte that is not UTF-8 has
 * become U+FFFD: two such names may look alike, so none is believed. In a listing each foreign byte shows as `%E9`, as over
 * WebDAV, and so does U+FFFD itself; by that a name is found again, as long as nothing really has it.
 */
import { pathFromBytes } from '#kernel';
import { Refusal } from './errors.ts';

/** As a path has a byte that is not UTF-8; pairs of surrogates are characters. */
const FOREIGN = /[\ud800-\udbff][\udc00-\udfff]|([\udc80-\udcff])|\ufffd/g;
const FOREIGN_SHOWN = /%([89A-F][0-9A-F])/g;
const [LOST, LOST_SHOWN] = ['\ufffd', '%EF%BF%BD'];

export function shownName(name: Uint8Array): string {
  return pathFromBytes(name).replace(FOREIGN, (unit, byte?: string) => {
    if (unit === LOST) return LOST_SHOWN;
    return byte === undefined ? unit : `%${(byte.charCodeAt(0) & 0xff).toString(16).toUpperCase()}`;
  });
}

/** What may show so: the name itself first, then one that is not UTF-8. @throws Refusal EILSEQ where bytes were lost */
export function namesShownAs(shown: string): readonly Uint8Array[] {
  const itself = nameOf(shown);
  const parts = shown.split(FOREIGN_SHOWN);
  if (parts.length === 1) return [itself];
  const foreign = Buffer.concat(parts.map((part, at) => Buffer.from(part, at % 2 === 1 ? 'hex' : 'utf8')));
  return shownName(foreign) === shown ? [itself, foreign] : [itself];
}

/** The bytes of what was really given. @throws Refusal EILSEQ where some were lost */
export function nameOf(text: string): Uint8Array {
  if (text.includes(LOST)) throw new Refusal('EILSEQ');
  return Buffer.from(text);
}
