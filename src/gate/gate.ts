/** What the gate offers to commands, the daemon's routes and inboxes. Made by {@link createGate}. */
import type { AppError, BytePath } from '#kernel';
import type { GateEvent, GateVerdict, Job, JobFile, JobSummary, KnownFile, Lane } from './model.ts';

export interface Gate {
  /** Judges a file. Changes nothing. @throws AppError `gate/no-inbox`, `files/…`, `run/cancelled` */
  check(path: BytePath, options: CheckOptions): Promise<GateVerdict>;
  /** Judges a sound that only a remote caller has, by what it says of it. Never `exact`, `unknown` or `unreadable`. */
  checkRemote(sound: RemoteSound, options: CheckOptions): Promise<Omit<GateVerdict, 'path'>>;
  /**
   * Puts files into the queue; a folder stands for all in it but unfinished downloads and what is hidden. What waits already
   * is not queued again, and what was judged as it is now is done at once. With a known `idempotencyKey` the first job is
   * returned and nothing is done.
   * @throws AppError `gate/no-inbox`, `gate/nothing`, `files/missing`
   */
  enqueue(request: ImportRequest): Promise<JobSummary>;
  /** `undefined` where there is none. */
  job(id: string): Promise<Job | undefined>;
  /** The latest first. */
  jobs(filter: JobFilter): Promise<readonly JobSummary[]>;
  /** Resolves when every file of the job is done or dead. @throws AppError `gate/no-job`, `run/cancelled` */
  finished(id: string, options: { readonly signal: AbortSignal }): Promise<Job>;
  /** The files of a job in their order, each as soon as it is done or dead. @throws AppError `gate/no-job`, `run/cancelled` */
  follow(id: string, options: { readonly signal: AbortSignal }): AsyncIterable<JobFile>;
  /** What an import would say of each file, in order, each known to those after it. Changes nothing. */
  rehearse(
    request: ImportRequest,
    options: {
      readonly signal: AbortSignal;
      /** Told of a file that cannot be read, and is left out. */
      readonly onTrouble: (path: BytePath, error: AppError) => void;
    },
  ): AsyncIterable<GateVerdict>;
  /** Gives dead files another chance; all where no job is named. @returns how many */
  requeue(id: string | undefined): Promise<number>;
  /**
   * Admits a file that is held, kept aside or refused, whatever the gate thinks of it. @returns the job that does the rest
   * @throws AppError `gate/not-judged`
   */
  admit(path: BytePath): Promise<JobSummary>;
  known(question: KnownQuestion): Promise<readonly KnownFile[]>;
  /** Events after the numbered one (all that are kept where 0, only future ones where `undefined`), without end. */
  events(after: number | undefined, signal: AbortSignal): AsyncIterable<GateEvent>;
  /**
   * Works on the queue until the signal; then finishes what is in hand. Never rejects because of a file.
   * @throws AppError `catalogue/…` where nothing can be written down any more
   */
  work(options: WorkOptions): Promise<void>;
  /** Looks whether keepers are still there, and promotes duplicates of those that are not. @returns how many */
  reconcile(signal: AbortSignal): Promise<number>;
  figures(): Promise<GateFigures>;
}

export interface CheckOptions {
  readonly signal: AbortSignal;
  /** Whose policy counts; otherwise that of the inbox in which the file lies, else the usual one. */
  readonly inbox?: string;
}

/** What a caller without the file knows. */
export interface RemoteSound {
  readonly tags: {
    readonly album?: string;
    readonly albumArtist?: string;
    readonly artist?: string;
    readonly disc?: string | number;
    readonly track?: string | number;
    readonly musicBrainzReleaseId?: string;
    readonly isrc?: string;
  };
  /** As `fpcalc` prints it: Chromaprint's compressed form in base64url. */
  readonly fingerprint: string;
  readonly durationSeconds: number;
}

export interface ImportRequest {
  readonly files: readonly ImportFile[];
  readonly lane: Lane;
  readonly askedBy: string;
  readonly inbox?: string;
  readonly idempotencyKey?: string;
  /**
   * `newest`: what was written last is decided first. `number`: the highest number at the beginning of its name, as message
   * ids are; names without one come after, the newest first. Absent: as given.
   */
  readonly orderBy?: 'newest' | 'number';
}

export interface ImportFile {
  /** A file, or a folder for what is finished in it. */
  readonly path: BytePath;
  /** Where it came from: `tidal:12345`. */
  readonly source?: string;
  /** Smaller is decided first; the order of arrival where it is absent. */
  readonly order?: number;
}

export interface JobFilter {
  readonly most: number;
  /** Only jobs with a file in this state. */
  readonly having?: 'queued' | 'leased' | 'dead';
}

export interface KnownQuestion {
  readonly isrc?: string;
  /** A MusicBrainz recording or track id. */
  readonly mbid?: string;
  readonly source?: string;
}

export interface WorkOptions {
  readonly signal: AbortSignal;
  /** At most so many files a minute of the backfill. */
  readonly backfillPerMinute?: number;
  /** Told of what went wrong with a file, and of bugs. @param retryAt when it is tried again, milliseconds since 1970 */
  readonly onTrouble?: (path: BytePath, error: unknown, retryAt: number | null) => void;
}

/** Figures for metrics. */
export interface GateFigures {
  readonly queued: number;
  readonly leased: number;
  readonly dead: number;
  /** Seconds for which the oldest queued file has waited; 0 where none waits. */
  readonly oldestSeconds: number;
  /** Deliveries to webhooks that wait. */
  readonly undelivered: number;
  readonly verdicts: Readonly<Record<string, number>>;
}
