/**
 * Names for those who know only texts: a foreign byte, one that is not UTF-8, shows as `%E9`, and so does U+FFFD, which stands
 * for such bytes elsewhere. By that a name is found again, as long as nothing really has it.
 */
import { pathFromBytes } from './byte-path.ts';

/** As a path has a foreign byte; pairs of surrogates are characters. */
const FOREIGN = /[\ud800-\udbff][\udc00-\udfff]|([\udc80-\udcff])|\ufffd/g;
const FOREIGN_SHOWN = /%([89A-F][0-9A-F])/g;
const [LOST, LOST_SHOWN] = ['\ufffd', '%EF%BF%BD'];

export function shownName(name: Uint8Array): string {
  return pathFromBytes(name).replace(FOREIGN, (unit, byte?: string) => {
    if (unit === LOST) return LOST_SHOWN;
    return byte === undefined ? unit : `%${(byte.charCodeAt(0) & 0xff).toString(16).toUpperCase()}`;
  });
}

/** What may show so: the name itself first, then one with bytes in the place of what stands for them. */
export function namesShownAs(shown: string): readonly Uint8Array[] {
  const itself = Buffer.from(shown);
  const parts = shown.split(FOREIGN_SHOWN);
  if (parts.length === 1) return [itself];
  const foreign = Buffer.concat(parts.map((part, at) => Buffer.from(part, at % 2 === 1 ? 'hex' : 'utf8')));
  return shownName(foreign) === shown ? [itself, foreign] : [itself];
}
