/** What was done to files, taken back or kept in the trash, in sentences. */
import type { ApplyReport, Entry, EntryReport, ItemReport } from '#filing';
import type { TrashedFile } from '../filing-app.ts';
import { alignColumns } from '../terminal/columns.ts';
import { safeText, shellWord } from '../terminal/safe-text.ts';
import { counted, sizeText } from '../terminal/units.ts';
import { shownPath } from './paths.ts';
import type { View } from './view.ts';

/** What became of a plan: a sentence, then what needs a person's eye. */
export function renderApplied({ plan, items }: ApplyReport, isDryRun: boolean, view: View): string[] {
  const of = (outcome: ItemReport['outcome']): readonly ItemReport[] =>
    items.filter((item) => item.outcome === outcome);
  const [done, before, skipped, failed] = [of('done'), of('done-before'), of('skipped'), of('failed')];
  const parts = [
    `${counted(done.length, 'item')} ${isDryRun ? 'could be done' : 'done'}`,
    ...(before.length > 0 ? [`${before.length} done before`] : []),
    ...(skipped.length > 0 ? [`${skipped.length} skipped`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
  ];
  return [
    view.style.strong(`Plan ${plan.id}: ${parts.join(', ')}.`),
    ...[...failed, ...skipped].map((item) => troubleLine(item, view)),
    ...done.flatMap((item) => remarkLines(item, view)),
  ];
}

function troubleLine({ item, error, remarks }: ItemReport, { style, base }: View): string {
  const why = error === null ? remarks.join(', ') : `${error.message} (${error.code})`;
  return style.warning(`  ${item.n}  ${shownPath(item.source.path, base)}: ${safeText(why)}`);
}

function remarkLines({ item, now, remarks }: ItemReport, { style, base }: View): string[] {
  const isRenamed = item.destination !== null && now !== null && now !== item.destination;
  const renamed = isRenamed ? [`got the free name ${shownPath(now, base)}`] : [];
  return [...renamed, ...remarks].map((remark) =>
    style.faint(`  ${item.n}  ${shownPath(item.source.path, base)}: ${safeText(remark)}`),
  );
}

/** What was taken back, or deleted for good. @param did `taken back` */
export function renderEntryReports(reports: readonly EntryReport[], did: string, { style, base }: View): string[] {
  const failed = reports.filter(({ error }) => error !== null);
  const good = reports.length - failed.length;
  return [
    style.strong(`${counted(good, 'file')} ${did}${failed.length > 0 ? `, ${failed.length} left as they are` : ''}.`),
    ...failed.map(({ entry, error }) =>
      style.warning(`  ${entry.n}  ${shownPath(entry.from, base)}: ${safeText(`${error?.message} (${error?.code})`)}`),
    ),
  ];
}

const STATE_WORDS: Readonly<Record<Entry['state'], string>> = {
  intended: 'interrupted',
  prepared: 'interrupted',
  done: 'done',
  abandoned: 'not done',
  undone: 'taken back',
  emptied: 'deleted for good',
  unclear: 'unclear: look yourself',
};

export function renderJournal(entries: readonly Entry[], { style, base }: View): string[] {
  if (entries.length === 0) return ['Nothing was done yet.'];
  const right = { side: 'right' } as const;
  const rows = entries.map((entry) => [
    String(entry.n),
    new Date(entry.at).toISOString().slice(0, 16).replace('T', ' '),
    entry.verb,
    STATE_WORDS[entry.state],
    placesOf(entry, base),
    style.faint(entry.plan),
  ]);
  const head = ['No.', 'When (UTC)', 'Act', 'State', 'File', 'Plan'].map(style.faint);
  return alignColumns([head, ...rows], [right, {}, {}, {}, {}, {}]);
}

/** `a.flac ← better.flac → trash/a.flac`: what it was about, whose sound came, where what was there went. */
function placesOf({ from, to, replacement }: Entry, base: View['base']): string {
  const came = replacement === undefined ? '' : ` ← ${shownPath(replacement.path, base)}`;
  return `${shownPath(from, base)}${came}${to === from ? '' : ` → ${shownPath(to, base)}`}`;
}

export function renderTrash(files: readonly TrashedFile[], { style, base }: View): string[] {
  if (files.length === 0) return ['The trash is empty.'];
  const right = { side: 'right' } as const;
  const rows = files.map(({ entry, isThere }) => [
    String(entry.n),
    new Date(entry.at).toISOString().slice(0, 10),
    sizeText(entry.was.sizeBytes),
    shownPath(entry.from, base),
    isThere ? '' : style.warning('not there: taken out, or its disk is away'),
  ]);
  const head = ['No.', 'Since', 'Size', 'Came from', ''].map(style.faint);
  const bytes = trashedBytes(files);
  return [
    ...alignColumns([head, ...rows], [right, {}, right, {}, {}]),
    '',
    style.strong(`${counted(files.length, 'file')}, ${sizeText(bytes)}.`),
  ];
}

/** Bytes that emptying sets free. */
export function trashedBytes(files: readonly TrashedFile[]): number {
  return files.reduce((sum, { entry, isThere }) => sum + (isThere ? entry.was.sizeBytes : 0), 0);
}

/** How to take a plan back, as a command. */
export function undoCommand(plan: string): string {
  return `reprise undo --plan ${shellWord(plan)}`;
}
