/** The duplicate groups as people see them: what wins most first, the copy worth keeping on top, and why. */
import type { FileEntry, GroupEntry, GroupsDocument, TagsEntry } from '#review';
import { alignColumns, type Column, wrapWords } from '../terminal/columns.ts';
import { safeText } from '../terminal/safe-text.ts';
import type { Style } from '../terminal/style.ts';
import { clockText, counted, offsetText, percentText, sizeText } from '../terminal/units.ts';
import { cut, padTo, shorten, widthOf } from '../terminal/width.ts';
import { exactPath, shownPath } from './paths.ts';
import { codecText, qualityText } from './sound.ts';
import { relationText, type View } from './view.ts';

const KEEP = '★ keep';
const INDENT = '    ';
/** Columns in which most paths can be told from each other. */
const ENOUGH_FOR_PATHS = 50;
/** Offsets below are the padding of encoders, and nobody hears them. */
const NOTABLE_OFFSET_SECONDS = 0.1;

/** Lines for the first `limit` groups. Columns are aligned over all of them. */
export function renderGroups(document: GroupsDocument, limit: number, view: View): string[] {
  const shown = document.groups.slice(0, limit);
  const { folder, isHere } = view.base;
  const facts = alignColumns(
    shown.flatMap(({ files }) => files.map((file, index) => factsOf(file, index === 0))),
    COLUMNS,
  );
  const layout = chooseLayout(shown, facts, view);
  const blocks = shown.flatMap((group, index) => [
    ...renderGroup(group, index + 1, facts.splice(0, group.files.length), layout, view),
    '',
  ]);
  if (blocks.length === 0 || folder === '/' || isHere) return blocks;
  return [view.style.faint(`Paths are below ${safeText(folder)}`), '', ...blocks];
}

/** Whether a file takes one line, or two of which the second is its path with all the room there is. */
interface Layout {
  readonly isOneLine: boolean;
  /** Columns of the facts. */
  readonly factColumns: number;
}

function chooseLayout(groups: readonly GroupEntry[], facts: readonly string[], { columns, base }: View): Layout {
  const factColumns = Math.max(0, ...facts.map(widthOf)) + 2;
  if (columns === undefined) return { isOneLine: true, factColumns };
  const paths = groups.flatMap(({ files }) => files.map((file) => widthOf(shownPath(exactPath(file), base))));
  const room = columns - INDENT.length - factColumns;
  return { isOneLine: room >= Math.min(ENOUGH_FOR_PATHS, Math.max(0, ...paths)), factColumns };
}

function renderGroup(
  group: GroupEntry,
  number: number,
  facts: readonly string[],
  layout: Layout,
  view: View,
): string[] {
  const { style } = view;
  const wins = group.reclaimableBytes > 0 ? `${sizeText(group.reclaimableBytes)} to win` : 'nothing to win';
  const spans = group.releases.length > 1 ? ` · from ${counted(group.releases.length, 'release')}` : '';
  const title = titleOf(group);
  const reasons = group.keeperReasons.length > 0 ? `kept because: ${group.keeperReasons.join('; ')}` : '';
  const relation = style.strong(relationText(group.relation));
  return [
    `${padTo(String(number), 2, 'right')}  ${relation} · ${counted(group.files.length, 'file')} · ${style.accent(wins)}${spans}`,
    ...(title === '' ? [] : [INDENT + fitted(title, view)]),
    ...group.files.flatMap((file, index) => renderFile(file, facts[index] ?? '', index === 0, layout, view)),
    ...[reasons, decisionsText(group)]
      .flatMap((text) => wrapWords(safeText(text), (view.columns ?? 160) - INDENT.length))
      .filter((line) => line !== '')
      .map((line) => INDENT + style.faint(line)),
  ];
}

/** What a person had to do with it. */
function decisionsText({ decisions }: GroupEntry): string {
  const numbers = decisions.map(({ n }) => n).join(', ');
  return decisions.length === 0
    ? ''
    : `the same by your ${decisions.length === 1 ? 'decision' : 'decisions'} ${numbers}`;
}

/** `Artist – Title – Album` of the keeper, else of the first file that has a title. */
function titleOf({ files }: GroupEntry): string {
  const tagged = files.find(({ tags }) => tags.title) ?? files[0];
  return tagged ? titleParts(tagged.tags).map(safeText).join(' – ') : '';
}

function titleParts({ artist, albumArtist, title, album }: TagsEntry): string[] {
  return [artist ?? albumArtist, title, album].filter((part) => part !== null && part !== '') as string[];
}

function renderFile(file: FileEntry, facts: string, isKeeper: boolean, layout: Layout, view: View): string[] {
  const { style, base } = view;
  const paint = isKeeper ? style.good : (text: string) => text;
  const flaws = flawsOf(file, style);
  const deep = INDENT + ' '.repeat(KEEP.length + 2);
  const used = (layout.isOneLine ? INDENT.length + layout.factColumns : deep.length) + widthOf(flaws);
  const path = flaws + paint(fittedPath(shownPath(exactPath(file), base), view, used));
  if (layout.isOneLine) return [INDENT + paint(padTo(facts, layout.factColumns)) + path];
  return [INDENT + paint(facts), deep + path];
}

const RIGHT: Column = { side: 'right' };
const COLUMNS: readonly Column[] = [{}, {}, {}, RIGHT, RIGHT, {}, RIGHT];

function factsOf(file: FileEntry, isKeeper: boolean): string[] {
  return [
    isKeeper ? KEEP : ' '.repeat(KEEP.length),
    codecText(file.codec ?? '?', file.container ?? '?'),
    qualityText(file),
    file.durationSeconds === null ? '' : clockText(file.durationSeconds),
    sizeText(file.sizeBytes),
    ...(isKeeper ? ['', ''] : evidenceOf(file)),
  ];
}

/** What speaks for the relation to the keeper, and the offset where it can be heard. */
function evidenceOf({ relationToKeeper, similarity, offsetSeconds, hardLinkOf }: FileEntry): [string, string] {
  if (hardLinkOf !== null) return ['hard link', ''];
  if (relationToKeeper === 'same-bytes' || relationToKeeper === 'same-audio') {
    return [relationText(relationToKeeper), ''];
  }
  const isNotable = offsetSeconds !== null && Math.abs(offsetSeconds) >= NOTABLE_OFFSET_SECONDS;
  const alike = similarity === null ? relationText(relationToKeeper) : `${percentText(similarity)} alike`;
  return [alike, isNotable ? offsetText(offsetSeconds) : ''];
}

/** What stands before the path of a file that is not whole. */
function flawsOf({ truncated, damaged }: FileEntry, style: Style): string {
  return (truncated ? `${style.warning('truncated')} ` : '') + (damaged ? `${style.bad('damaged')} ` : '');
}

function fitted(text: string, { columns }: View): string {
  return columns === undefined ? text : cut(text, columns - INDENT.length);
}

function fittedPath(path: string, { columns }: View, used: number): string {
  return columns === undefined ? path : shorten(path, Math.max(20, columns - used));
}

/** The totals: what was looked at, what was found, and what is related without being a duplicate. */
export function renderTotals(document: GroupsDocument, shown: number, { style }: View): string[] {
  const { groups, library, related, expectedFalseGroups } = document;
  const files = groups.reduce((sum, group) => sum + group.files.length, 0);
  const bytes = groups.reduce((sum, group) => sum + group.reclaimableBytes, 0);
  const looked = `${counted(library.files, 'file')}, ${sizeText(library.bytes)}`;
  if (library.files === 0) return [style.warning('There are no sound files here that were scanned.')];
  if (groups.length === 0) return [style.good(`No duplicates among ${looked}.`), ...relatedLines(related)];
  const found = `${counted(groups.length, 'duplicate group')} with ${counted(files, 'file')}`;
  const more =
    groups.length > shown ? [`Shown: ${shown} of ${counted(groups.length, 'group')}, those that win most.`] : [];
  return [
    `${style.strong(found)} among ${looked}. ${style.accent(`${sizeText(bytes)} to win`)}.`,
    ...(expectedFalseGroups === null ? [] : [style.faint(expectation(expectedFalseGroups))]),
    ...relatedLines(related),
    ...more,
  ];
}

/** What chance may have done. */
function expectation(expected: number): string {
  if (expected === 0) return 'Expected wrong groups in this list: none; what is listed is equal, not alike.';
  const amount = expected < 0.001 ? 'fewer than 0.001' : `about ${expected.toPrecision(2)}`;
  return `Expected wrong groups in this list, by chance: ${amount}.`;
}

function relatedLines(related: GroupsDocument['related']): string[] {
  if (related.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { relation } of related) counts.set(relation, (counts.get(relation) ?? 0) + 1);
  const parts = [...counts].map(([relation, count]) => `${count} × ${relationText(relation)}`);
  return [`Related, and no duplicates: ${parts.join(', ')}.`];
}
