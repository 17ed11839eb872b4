/** What the command line asks of the gate; part of the {@link App}. */
import type { CheckOptions, GateVerdict, ImportRequest, Job, JobFile, JobFilter, JobSummary } from '#gate';
import type { AppError, BytePath } from '#kernel';

export interface GateApp {
  /** Judges a file, and changes nothing. @throws AppError `files/…`, `gate/no-inbox` */
  gateCheck(path: BytePath, options: CheckOptions): Promise<GateVerdict>;
  /**
   * Imports files and yields each when it is done, in order. Where no daemon does the work, this process does as long as it is
   * followed; what is left when it ends goes on with the next import. @throws AppError `gate/…`, `run/cancelled`
   */
  gateImport(request: ImportRequest, options: GateImportOptions): AsyncIterable<JobFile>;
  /** What an import would say. Changes nothing. @throws AppError `gate/…`, `run/cancelled` */
  gateRehearse(request: ImportRequest, options: GateRehearseOptions): AsyncIterable<GateVerdict>;
  gateJobs(filter: JobFilter): Promise<readonly JobSummary[]>;
  gateJob(id: string): Promise<Job | undefined>;
  /** Gives dead files another chance: those of a job, or all. @returns how many @throws AppError `gate/no-job` */
  gateRequeue(id: string | undefined): Promise<number>;
  /** Lets a file in that was held or refused, and yields it when it is in. @throws AppError `gate/not-judged` */
  gateAdmit(path: BytePath, options: GateImportOptions): AsyncIterable<JobFile>;
}

export interface GateImportOptions {
  readonly signal: AbortSignal;
  /** Files of the backfill lane a minute, at most. */
  readonly perMinute?: number;
  /** Told of a file that is tried again later, where this process does the work. */
  readonly onRetry?: (path: BytePath, error: { readonly message: string }, at: number) => void;
}

export interface GateRehearseOptions {
  readonly signal: AbortSignal;
  /** Told of a file that cannot be read, and is left out. */
  readonly onTrouble: (path: BytePath, error: AppError) => void;
}
