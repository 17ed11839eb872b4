/** What was done, in a sentence or two. */
import type { MatchReport, ScanReport } from '#catalogue';
import type { Check, Diagnosis } from '../app.ts';
import { alignColumns } from '../terminal/columns.ts';
import { safeText } from '../terminal/safe-text.ts';
import type { Style } from '../terminal/style.ts';
import { counted, countText, spanText } from '../terminal/units.ts';

export function scanSentence(report: ScanReport): string {
  const { seen, unchanged, audioSeconds, elapsedSeconds } = report;
  const parts = [
    [report.new, 'new'],
    [report.changed, 'changed'],
    [report.moved, 'moved'],
    [report.missing, 'missing'],
    [report.failed, 'failed'],
    [report.skipped.length, 'left out'],
  ] as const;
  const happened = parts.filter(([count]) => count > 0).map(([count, word]) => `${countText(count)} ${word}`);
  const skipped = unchanged > 0 ? [`${countText(unchanged)} unchanged and not read again`] : [];
  const what = [...happened, ...skipped].join(', ') || 'nothing to read';
  const sound = audioSeconds > 0 ? ` ${spanText(audioSeconds)} of sound` : '';
  return `Scanned ${counted(seen, 'file')}${sound === '' ? '' : `,${sound}`} in ${spanText(elapsedSeconds)}: ${what}.`;
}

export function matchSentence(report: MatchReport): string {
  const { tracks, newTracks, judgedPairs, sketchedPairs, elapsedSeconds, speedsSearched } = report;
  if (newTracks === 0 && speedsSearched === null) return 'Nothing new to match.';
  return (
    `Matched ${counted(newTracks, 'new sound')} among ${countText(tracks)} in ${spanText(elapsedSeconds)}: ` +
    `${counted(sketchedPairs, 'pair')} judged by stored sketches, ${countText(judgedPairs)} by decoding.` +
    (speedsSearched === false
      ? ' Other speeds were not searched for: the library is large. "reprise match --speeds" does it.'
      : '')
  );
}

/** Pairs that could not be judged, in one line; empty where all could. */
export function pairFailures({ failures }: MatchReport): string[] {
  const [first] = failures;
  if (!first) return [];
  const example = `${safeText(first.a)} and ${safeText(first.b)}: ${safeText(first.message)}`;
  return [`${counted(failures.length, 'pair')} could not be judged and will be tried again, for example ${example}`];
}

export function renderDiagnosis({ checks }: Diagnosis, style: Style): string[] {
  const rows = alignColumns(
    checks.map((check) => [mark(check, style), check.title, safeText(check.finding)]),
    [{}, {}, {}],
  );
  return checks.flatMap((check, index) => [
    rows[index] as string,
    ...(check.advice ? [`   ${style.faint('→')} ${safeText(check.advice)}`] : []),
  ]);
}

function mark({ state }: Check, style: Style): string {
  if (state === 'good') return style.good('✓');
  return state === 'poor' ? style.warning('!') : style.bad('✗');
}
