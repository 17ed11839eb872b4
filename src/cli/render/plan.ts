/** A plan as people read it: what it comes to, then what happens to which file, for the sake of which copy, and why. */
import type { Plan, PlanItem, Verb } from '#filing';
import { safeText } from '../terminal/safe-text.ts';
import { counted, sizeText } from '../terminal/units.ts';
import { shownPath } from './paths.ts';
import type { View } from './view.ts';

const VERB_WORDS: Readonly<Record<Verb, string>> = {
  move: 'move',
  trash: 'trash',
  copy: 'copy',
  hardlink: 'hard link',
  reflink: 'shared copy',
  link: 'symbolic link',
  'replace-in-place': 'rewrite',
  'place-hardlink': 'place hard link',
  'place-reflink': 'place shared copy',
  'place-link': 'place symbolic link',
};
const SWAP = 'swap';
const KEEP = '★ keep';
const INDENT = '  ';

/** Lines for the first `limit` items, and what all of them come to on top. */
export function renderPlan(plan: Plan, limit: number, view: View): string[] {
  const { items } = plan;
  const { style, base } = view;
  const shown = items.slice(0, limit);
  const more = items.length - shown.length;
  const where = base.folder === '/' || base.isHere ? [] : [style.faint(`Paths are below ${safeText(base.folder)}`)];
  return [
    style.strong(totalsSentence(plan)),
    ...(items.length > 0 ? [...where, ''] : []),
    ...byKeeper(shown).flatMap((set) => setLines(set, view)),
    ...(more > 0 ? [style.faint(`and ${counted(more, 'file')} more; --all prints every one`)] : []),
  ];
}

/** `12 files to be moved, 1 playlist to follow them: 31.2 MB to be won.` */
function totalsSentence({ items, reclaimableBytes }: Plan): string {
  if (items.length === 0) return 'Nothing to be done.';
  const byVerb = [...Map.groupBy(items, ({ verb }) => verb)];
  const parts = byVerb.flatMap(([verb, own]) => {
    const [swaps, others] = [own.filter(isSwap), own.filter((item) => !isSwap(item))];
    const noun = verb === 'replace-in-place' ? 'playlist' : 'file';
    return [
      ...(others.length > 0 ? [`${counted(others.length, noun)} ${TO_BE[verb]}`] : []),
      ...(swaps.length > 0 ? [`${counted(swaps.length, 'file')} to get a better sound`] : []),
    ];
  });
  const isKept = items.some(({ verb }) => KEEPS_IN_TRASH.has(verb));
  const won = reclaimableBytes > 0 ? `: ${sizeText(reclaimableBytes)} to be won` : '';
  return `${parts.join(', ')}${won}${won !== '' && isKept ? ' once the trash is emptied' : ''}.`;
}

function isSwap({ replacement }: PlanItem): boolean {
  return replacement !== undefined;
}

const KEEPS_IN_TRASH: ReadonlySet<Verb> = new Set(['trash', 'hardlink', 'reflink', 'link']);

const TO_BE: Readonly<Record<Verb, string>> = {
  move: 'to be moved',
  trash: 'to go into the trash',
  copy: 'to be copied',
  hardlink: 'to become a hard link',
  reflink: 'to share the blocks of another',
  link: 'to become a symbolic link',
  'replace-in-place': 'to follow them',
  'place-hardlink': 'to be placed by a hard link',
  'place-reflink': 'to be placed by a copy that shares blocks',
  'place-link': 'to be placed by a symbolic link',
};

/** Items that follow each other and have the same copy that stays. */
function byKeeper(items: readonly PlanItem[]): PlanItem[][] {
  const sets: PlanItem[][] = [];
  for (const item of items) {
    const last = sets.at(-1);
    if (last !== undefined && last[0]?.keeper?.path === item.keeper?.path) last.push(item);
    else sets.push([item]);
  }
  return sets;
}

function setLines(items: readonly PlanItem[], view: View): string[] {
  const { style, base } = view;
  const keeper = items[0]?.keeper;
  const wordOf = (item: PlanItem): string => (isSwap(item) ? SWAP : VERB_WORDS[item.verb]);
  const verbColumns = Math.max(KEEP.length, ...items.map((item) => wordOf(item).length));
  const line = (word: string, rest: string): string => `${INDENT}${word.padEnd(verbColumns)}  ${rest}`;
  return [
    ...(keeper ? [style.good(line(KEEP, shownPath(keeper.path, base)))] : []),
    ...items.flatMap((item) => [
      line(wordOf(item), `${shownPath(item.source.path, base)}  ${style.faint(sizeText(item.source.sizeBytes))}`),
      ...(item.destination === null ? [] : [line('', `→ ${shownPath(item.destination, base)}`)]),
      ...(item.replacement === undefined
        ? []
        : [
            line(
              '',
              `← ${shownPath(item.replacement.path, base)}  ${style.faint(sizeText(item.replacement.sizeBytes))}`,
            ),
          ]),
      style.faint(line('', item.reasons.map(safeText).join('; '))),
    ]),
    '',
  ];
}
