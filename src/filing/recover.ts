/** Brings to an end what a crash left open. Runs before anything else is done with the journal. */

import type { BytePath } from '#kernel';
import { changesElsewhere, type FilingParts } from './carry-out.ts';
import type { Entry } from './entry.ts';
import { removeEmpty } from './folders.ts';
import type { Journal } from './ports.ts';
import { settleEntry } from './settle.ts';
import { trashFolders } from './trash-place.ts';

/**
 * Acts that this process has in hand are no leftovers. Unclear ones are looked at again each time, for their disk may be back.
 * @returns the entries that were open, as they are now; `unclear` ones need a person to look
 * @throws AppError where a disk does not answer: nothing new may begin before that
 */
export async function recover({ acts, journal }: Pick<FilingParts, 'acts' | 'journal'>): Promise<readonly Entry[]> {
  const recovered: Entry[] = [];
  for (const entry of journal.entries({ states: ['intended', 'prepared', 'unclear'] })) {
    if (journal.inHand.entries.has(entry.n)) continue;
    const state = await settleEntry(entry, acts, new AbortController().signal);
    // Nothing new about it, and a person was told already.
    if (state === entry.state) continue;
    removeEmpty(acts, leftovers(entry, state, journal));
    journal.change([{ n: entry.n, state }, ...(state === 'done' ? changesElsewhere(entry) : [])]);
    recovered.push({ ...entry, state });
  }
  return recovered;
}

/** Folders that the act, or the one that it took back, may have left empty. */
function leftovers(
  { madeFolders, concerns, verb, to }: Entry,
  state: Entry['state'],
  journal: Journal,
): readonly BytePath[] {
  if (state !== 'done') return madeFolders;
  if (verb === 'empty') return trashFolders(to);
  return concerns === null ? [] : journal.entries({ numbers: [concerns] }).flatMap((entry) => entry.madeFolders);
}
