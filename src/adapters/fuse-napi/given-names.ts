/**
 * Names and texts as the library gives them. In the store they are bytes, here they are texts, in which every byte that is not
 * UTF-8 has become U+FFFD: two such names may look alike, so none is believed. Shown are names as over WebDAV.
 */
import { namesShownAs } from '#kernel';
import { Refusal } from './errors.ts';

const LOST = '\ufffd';

/** What may be meant by a name: itself first. @throws Refusal EILSEQ where bytes were lost */
export function namesGivenAs(shown: string): readonly Uint8Array[] {
  nameOf(shown);
  return namesShownAs(shown);
}

/** The bytes of what was really given. @throws Refusal EILSEQ where some were lost */
export function nameOf(text: string): Uint8Array {
  if (text.includes(LOST)) throw new Refusal('EILSEQ');
  return Buffer.from(text);
}
