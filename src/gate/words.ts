/** Reasons as people read them. */
import type { Content } from '#catalogue';
import { type BytePath, displayPath } from '#kernel';
import type { Rival } from './ports.ts';
import type { ReleasePlace } from './release.ts';

/** `track 3, disc 1 of "Album"`. */
export function inWords({ album, disc, side, track }: ReleasePlace): string {
  const number = track === null ? 'a track' : `track ${side?.toUpperCase() ?? ''}${track}`;
  const onDisc = disc === null ? number : `${number}, disc ${disc}`;
  return album === null ? onDisc : `${onDisc} of "${album}"`;
}

/** @param why goes on after "The tags" */
export function notPlaced(why: string, isHeld: boolean): string {
  return isHeld
    ? `The tags ${why}, so it is never decided by itself.`
    : `The tags ${why}; this inbox lets such files pass.`;
}

export function damaged(why: string): string {
  return `The file is damaged or not complete. ${why}`;
}

/** The same sound, somewhere else in the library. */
export function equalAudio({ path, contentHash, place }: Rival, content: Content): string {
  const equal = contentHash === content.contentHash ? 'Byte for byte equal to' : 'The same audio as';
  return `${equal} ${displayPath(path)}, which is ${inWords(place)}.`;
}

export function firstOfItsKind(place: ReleasePlace): string {
  return `No file of the library is ${inWords(place)}.`;
}

export function copyOf({ path, place, contentHash }: Rival, content: Content, why: string): string {
  if (contentHash === content.contentHash) return `Byte for byte equal to ${displayPath(path)}.`;
  return `The same recording as ${displayPath(path)}, which is ${inWords(place)}. ${why}`;
}

export function copyByPrint({ path, place }: Rival, why: string): string {
  return `By its fingerprint the same recording as ${displayPath(path)}, which is ${inWords(place)}. ${why}`;
}

/** What followed the verdict. */
export const PUT_AWAY = 'It lies in the trash now; "reprise trash restore" puts it back.';

export function swapped(kept: BytePath): string {
  return `Its sound is in ${displayPath(kept)} now; "reprise undo" takes that back.`;
}

/** @param copy of the file that is kept */
export function byCopy(copy: BytePath, why: string): string {
  return `So says its copy ${displayPath(copy)}. ${why}`;
}

export function otherSound({ path, place }: Rival, why: string): string {
  return `${displayPath(path)} is ${inWords(place)} as well, but another recording. ${why}`;
}

export function moreSounds(count: number): string {
  return `${count} more ${count === 1 ? 'file stands' : 'files stand'} there, and ${count === 1 ? 'is another recording' : 'are other recordings'}.`;
}

export function broadcast({ path, place }: Rival): string {
  const stands = `${displayPath(path)} is ${inWords(place)} as well, and the same recording`;
  return `${stands}, but at an end one of the two holds something else, as a cut from a broadcast does. Both stay.`;
}

export function undecided({ path, place }: Rival, why: string, isHeld: boolean): string {
  const end = isHeld ? '' : ' This inbox lets such files pass.';
  return `${displayPath(path)} is ${inWords(place)}, and the sound does not tell whether it is this recording. ${why}${end}`;
}
