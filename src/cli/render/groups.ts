/** The duplicate groups as people see them: what wins most first, the copy worth keeping on top, and why. */
import type { DuplicateGroup, GroupFile, GroupsDocument } from '../app.ts';
import { alignColumns, type Column, wrapWords } from '../terminal/columns.ts';
import { safeText } from '../terminal/safe-text.ts';
import { clockText, counted, offsetText, percentText, sizeText } from '../terminal/units.ts';
import { cut, padTo, shorten, widthOf } from '../terminal/width.ts';
import { shownPath } from './paths.ts';
import { codecText, qualityText } from './sound.ts';
import { relationText, type View } from './view.ts';

const KEEP = '★ keep';
/** Below this width a file takes two lines: its facts, and its path with all the room there is. */
const ONE_LINE_COLUMNS = 110;
/** Offsets below are the padding of encoders, and nobody hears them. */
const NOTABLE_OFFSET_SECONDS = 0.1;

/** Lines for the first `limit` groups. */
export function renderGroups(document: GroupsDocument, limit: number, view: View): string[] {
  const shown = document.groups.slice(0, limit);
  const blocks = shown.flatMap((group, index) => [...renderGroup(group, index + 1, view), '']);
  const { folder, isHere } = view.base;
  if (blocks.length === 0 || folder === '/' || isHere) return blocks;
  return [view.style.faint(`Paths are below ${safeText(folder)}`), '', ...blocks];
}

function renderGroup(group: DuplicateGroup, number: number, view: View): string[] {
  const { style } = view;
  const indent = ' '.repeat(4);
  const wins = group.reclaimableBytes > 0 ? ` · ${sizeText(group.reclaimableBytes)} to win` : ' · nothing to win';
  const spans = group.releases ? ` · from ${counted(group.releases, 'release')}` : '';
  const title = titleOf(group);
  const head = `${padTo(String(number), 2, 'right')}  ${style.strong(relationText(group.relation))}`;
  const reasons = group.keeperReasons.length > 0 ? [`kept because: ${group.keeperReasons.join(', ')}`] : [];
  return [
    `${head} · ${counted(group.files.length, 'file')}${style.accent(wins)}${spans}`,
    ...(title === '' ? [] : [indent + fitted(title, view, indent.length)]),
    ...renderFiles(group, view, indent),
    ...reasons.flatMap((reason) =>
      wrapWords(safeText(reason), (view.columns ?? 160) - indent.length).map((line) => indent + style.faint(line)),
    ),
  ];
}

/** `Artist – Title – Album` of the keeper, else of the first file that has a title. */
function titleOf({ files }: DuplicateGroup): string {
  const tagged = files.find(({ tags }) => tags.title) ?? files[0];
  if (!tagged) return '';
  const { artist, albumArtist, title, album } = tagged.tags;
  return [artist ?? albumArtist, title, album]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => safeText(part as string))
    .join(' – ');
}

const COLUMNS: readonly Column[] = [{}, {}, {}, { side: 'right' }, { side: 'right' }, {}, {}];

function renderFiles({ files, keeper }: DuplicateGroup, view: View, indent: string): string[] {
  const { style, columns, base } = view;
  const facts = alignColumns(
    files.map((file) => factsOf(file, file.path === keeper)),
    COLUMNS,
  );
  const isWide = columns === undefined || columns >= ONE_LINE_COLUMNS;
  const room = Math.max(0, ...facts.map(widthOf)) + 2;
  return files.flatMap((file, index) => {
    const paint = file.path === keeper ? style.good : (text: string) => text;
    const path = shownPath(file.path, base);
    const line = paintWarnings(facts[index] as string, view);
    if (isWide) return [indent + paint(`${padTo(line, room)}${fitPath(path, view, indent.length + room)}`)];
    const deep = indent + ' '.repeat(KEEP.length + 2);
    return [indent + paint(line), deep + paint(fitPath(path, view, deep.length))];
  });
}

function factsOf(file: GroupFile, isKeeper: boolean): string[] {
  return [
    isKeeper ? KEEP : ' '.repeat(KEEP.length),
    codecText(file.codec, file.container),
    qualityText(file),
    clockText(file.durationSeconds),
    sizeText(file.sizeBytes),
    isKeeper ? flawsOf(file).join(', ') : [evidenceOf(file), ...flawsOf(file)].join(', '),
  ];
}

/** What speaks for the relation to the keeper. */
function evidenceOf({ relationToKeeper, similarity, offsetSeconds }: GroupFile): string {
  if (relationToKeeper === 'same-bytes' || relationToKeeper === 'same-audio') return relationText(relationToKeeper);
  const alike = similarity === null ? relationText(relationToKeeper) : `${percentText(similarity)} alike`;
  const isOffset = offsetSeconds !== null && Math.abs(offsetSeconds) >= NOTABLE_OFFSET_SECONDS;
  return isOffset ? `${alike} ${offsetText(offsetSeconds)}` : alike;
}

function flawsOf({ truncated, damaged }: GroupFile): string[] {
  return [...(truncated ? ['truncated'] : []), ...(damaged ? ['damaged'] : [])];
}

function paintWarnings(line: string, { style }: View): string {
  return line.replace('truncated', style.warning('truncated')).replace('damaged', style.bad('damaged'));
}

function fitted(text: string, { columns }: View, used: number): string {
  return columns === undefined ? text : cut(text, columns - used);
}

function fitPath(path: string, { columns }: View, used: number): string {
  return columns === undefined ? path : shorten(path, Math.max(20, columns - used));
}

/** The totals: what was looked at, what was found, and what is related without being a duplicate. */
export function renderTotals({ groups, library, related }: GroupsDocument, shown: number, { style }: View): string[] {
  const files = groups.reduce((sum, group) => sum + group.files.length, 0);
  const bytes = groups.reduce((sum, group) => sum + group.reclaimableBytes, 0);
  const looked = `${counted(library.files, 'file')}, ${sizeText(library.bytes)}`;
  if (groups.length === 0) return [style.good(`No duplicates among ${looked}.`), ...relatedLines(related)];
  const found = `${counted(groups.length, 'duplicate group')} with ${counted(files, 'file')}`;
  const more = groups.length > shown ? [`Shown: the ${counted(shown, 'group')} that win most.`] : [];
  return [
    `${style.strong(found)} among ${looked}. ${style.accent(`${sizeText(bytes)} to win`)}.`,
    ...relatedLines(related),
    ...more,
  ];
}

function relatedLines(related: GroupsDocument['related']): string[] {
  if (related.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { relation } of related) counts.set(relation, (counts.get(relation) ?? 0) + 1);
  const parts = [...counts].map(([relation, count]) => `${count} × ${relationText(relation)}`);
  return [`Related, and no duplicates: ${parts.join(', ')}.`];
}
