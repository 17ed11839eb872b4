/** Documents of `gate` for programs. What they look like is a public promise: docs/reference/cli.md. */
import { type GateVerdict, type Job, type JobFile, type JobSummary, verdictDocument } from '#gate';
import type { BytePath } from '#kernel';
import { jsonLineOf } from './documents.ts';

/** One line of `gate check|import --json`. */
export function verdictLine(verdict: GateVerdict): string {
  return jsonLineOf({ v: 1, ...verdictDocument(verdict) });
}

/** The same for a file that nothing can be said of. */
export function troubleLine(
  path: BytePath,
  { code, message }: Pick<NonNullable<JobFile['error']>, 'code' | 'message'>,
): string {
  return jsonLineOf({ v: 1, path, error: { code, message } });
}

/** `gate jobs --json`. */
export function jobsDocument(jobs: readonly JobSummary[]): object {
  return { v: 1, jobs: jobs.map(summary) };
}

/** `gate jobs ID --json`. */
export function jobDocument({ files, ...job }: Job): object {
  return { v: 1, ...summary(job), files: files.map(jobFile) };
}

function summary({ id, lane, askedBy, madeAt, counts }: JobSummary): object {
  return { id, lane, askedBy, made: new Date(madeAt).toISOString(), counts };
}

function jobFile({ path, state, attempts, error, verdict }: JobFile): object {
  return { path, state, attempts, error, verdict: verdict && verdictDocument(verdict) };
}
