/** What an import brought, in sentences. */
import type { ForeignFile, ForeignReport, ImportTrouble } from '#catalogue';
import type { TakenProfiles } from '../documents.ts';
import { alignColumns } from '../terminal/columns.ts';
import { safeText } from '../terminal/safe-text.ts';
import { counted, countText } from '../terminal/units.ts';
import { shownPath } from './paths.ts';
import type { View } from './view.ts';

/** More files than this are only counted. Chosen. */
const SHOWN_FILES = 20;

export interface ImportResult {
  readonly report: ForeignReport;
  readonly taken: TakenProfiles;
  readonly dryRun: boolean;
  /** All files, also those that are nothing. */
  readonly isVerbose: boolean;
}

export function renderImport(result: ImportResult, view: View): string[] {
  return [...fileLines(result, view), ...importedSentence(result), ...profileLines(result, view)];
}

/** The names of tools as their makers write them. */
const TOOLS: Readonly<Record<string, string>> = { cometa: 'Cometa', fpcalc: 'fpcalc' };

/** A tool by its name for people. */
export function toolText(tool: string): string {
  return TOOLS[tool] ?? tool;
}

function fileLines({ report, isVerbose }: ImportResult, { style, base }: View): string[] {
  const worth = report.files.filter(({ outcome }) => isVerbose || outcome !== 'skipped');
  const shown = isVerbose ? worth : worth.slice(0, SHOWN_FILES);
  const rows = shown.map((file) => [
    shownPath(file.path, base),
    file.form === null ? '' : `${toolText(file.form.tool)} ${file.form.kind}`,
    style.faint(figuresOf(file)),
  ]);
  const more = worth.length - shown.length;
  return [
    ...alignColumns(rows, [{}, {}, {}]),
    ...(more > 0 ? [style.faint(`and ${counted(more, 'file')} more; -v lists all`)] : []),
  ];
}

function figuresOf({ outcome, kept, repeated, damaged }: ForeignFile): string {
  if (outcome === 'skipped') return 'nothing that is known';
  if (outcome === 'failed') return 'not imported';
  const parts = [
    `${countText(kept)} taken`,
    ...(repeated > 0 ? [`${countText(repeated)} again`] : []),
    ...(damaged > 0 ? [`${countText(damaged)} damaged`] : []),
  ];
  return `${parts.join(', ')}${outcome === 'unchanged' ? '; imported before, not changed since' : ''}`;
}

/** Of fingerprints and correlations; nothing where only collections were found. */
function importedSentence({ report, dryRun }: ImportResult): string[] {
  const { fingerprints, pairs, files } = report;
  const data = files.filter(({ form }) => form !== null && form.kind !== 'profiles');
  const read = data.filter(({ outcome }) => outcome === 'imported').length;
  const what = `${counted(fingerprints, 'fingerprint')} and ${counted(pairs, 'pair')} from ${counted(read, 'file')}`;
  if (data.length === 0 && files.some(({ form }) => form !== null)) return [];
  return [dryRun ? `Would import ${what}. Nothing was kept.` : `Imported ${what}.`];
}

function profileLines({ taken, dryRun }: ImportResult, { style }: View): string[] {
  const { profiles, settingsFile, addition } = taken;
  const lines = profiles.flatMap(({ name, roots, notes, placed }) => [
    style.strong(
      `Collection "${safeText(name)}": ${profileText(placed, roots.length, safeText(settingsFile), dryRun)}`,
    ),
    ...notes.map((note) => `  ${safeText(note)}`),
  ]);
  const shown =
    dryRun && addition !== ''
      ? ['', style.faint(`Would be added to ${safeText(settingsFile)}:`), ...addition.trim().split('\n').map(safeText)]
      : [];
  return lines.length === 0 ? [] : ['', ...lines, ...shown];
}

function profileText(
  { name, outcome }: TakenProfiles['profiles'][number]['placed'],
  roots: number,
  file: string,
  dryRun: boolean,
): string {
  switch (outcome) {
    case 'added':
      return `${dryRun ? 'would be' : 'is now'} the profile ${name} with ${counted(roots, 'music folder')}, in ${file}.`;
    case 'known':
      return `is the profile ${name} already.`;
    case 'kept':
      return `left out, because the profile ${name} is there with other roots. Add what is missing in ${file}.`;
    case 'empty':
      return 'left out, because it has no music folder on this machine.';
  }
}

/** One line each for the first of them, and one for the rest. */
export function troubleLines(troubles: readonly ImportTrouble[], count: number): string[] {
  const more = count - troubles.length;
  return [
    ...troubles.map(({ message, code }) => `${safeText(message)} (${code})`),
    ...(more > 0 ? [`and ${countText(more)} more; --log-file FILE keeps them all`] : []),
  ];
}
