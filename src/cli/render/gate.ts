/** What the gate says, for people. */
import type { GateVerdict, GateWord, Job, JobSummary } from '#gate';
import { alignColumns } from '../terminal/columns.ts';
import { safeText, shellWord } from '../terminal/safe-text.ts';
import type { Paint, Style } from '../terminal/style.ts';
import { counted } from '../terminal/units.ts';

const WORD_COLUMNS = 10;

/** The verdict and the path; why, where it does not simply pass, or all reasons where somebody wants to know. */
export function renderVerdict(
  { path, verdict, placed, reasons }: GateVerdict,
  isVerbose: boolean,
  style: Style,
): string[] {
  const shown = isVerbose ? reasons : verdict === 'new' || verdict === 'unknown' ? [] : reasons.slice(0, 1);
  return [
    `${paintOf(verdict, style)(verdict.padEnd(WORD_COLUMNS))} ${shellWord(path)}`,
    ...(placed === null ? [] : [`${' '.repeat(WORD_COLUMNS)} → ${shellWord(placed)}`]),
    ...shown.map((reason) => style.faint(`${' '.repeat(WORD_COLUMNS)} ${safeText(reason)}`)),
  ];
}

function paintOf(word: GateWord, style: Style): Paint {
  switch (word) {
    case 'new':
    case 'unknown':
      return style.good;
    case 'duplicate':
    case 'exact':
    case 'upgrade':
      return style.accent;
    case 'held':
      return style.warning;
    case 'unreadable':
      return style.bad;
  }
}

/** One line a job, the latest first. */
export function renderJobs(jobs: readonly JobSummary[], style: Style): string[] {
  if (jobs.length === 0) return ['No jobs.'];
  const rows = jobs.map((job) => [job.id, timeText(job.madeAt), job.askedBy, countsText(job)].map(safeText));
  const [head = '', ...lines] = alignColumns([['job', 'made', 'asked by', 'files'], ...rows], [{}, {}, {}, {}]);
  return [style.faint(head), ...lines];
}

/** A job with each of its files. */
export function renderJob(job: Job, style: Style): string[] {
  const head = `${job.id}  ${timeText(job.madeAt)}  ${job.askedBy}  ${countsText(job)}`;
  return [
    style.strong(safeText(head)),
    ...job.files.flatMap(({ path, state, error, verdict }) => {
      const word = (verdict?.verdict ?? state).padEnd(WORD_COLUMNS);
      const why = error ?? (verdict === null ? null : { message: verdict.reasons[0] ?? '' });
      return [
        `${word} ${shellWord(path)}`,
        ...(why === null ? [] : [style.faint(`${' '.repeat(WORD_COLUMNS)} ${safeText(why.message)}`)]),
      ];
    }),
  ];
}

function countsText({ counts }: JobSummary): string {
  const { done, dead, queued, leased } = counts;
  const open = queued + leased;
  const parts = [`${done} done`, ...(open > 0 ? [`${open} to do`] : []), ...(dead > 0 ? [`${dead} given up`] : [])];
  return `${counted(done + dead + open, 'file')}: ${parts.join(', ')}`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
