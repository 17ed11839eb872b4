/** What the daemon says, in the words of the command line's documents. Times are ISO 8601 in UTC. */
import type { GateVerdict, GateWord, Job, JobFile, JobSummary, KnownFile } from '#gate';
import { exactDocument } from '#kernel';

/** The document of `gate check --json`, without its `v`. A remote caller's sound has no path. */
export interface VerdictBody {
  readonly path: string | null;
  readonly pathBase64?: string | undefined;
  readonly verdict: GateWord;
  readonly of: string | null;
  readonly ofPathBase64?: string | undefined;
  readonly recording: string | null;
  readonly release: {
    readonly album: string | null;
    readonly albumArtist: string | null;
    readonly disc: number | null;
    readonly track: number | null;
  };
  readonly reasons: readonly string[];
  readonly placed: string | null;
  readonly placedPathBase64?: string | undefined;
  readonly tookMs: number;
}

/** A document as it is sent: exact, whatever bytes its names are made of. */
export function documentOf<T extends object>(body: T): T & { readonly v: 1 } {
  return exactDocument({ v: 1, ...body }) as T & { readonly v: 1 };
}

export function verdictBody(
  verdict: Omit<GateVerdict, 'path'> & { readonly path: GateVerdict['path'] | null },
): VerdictBody {
  const { path, of, recording, release, reasons, placed, tookMs } = verdict;
  const { album, albumArtist, disc, track } = release;
  const place = { album, albumArtist, disc, track };
  return { path, verdict: verdict.verdict, of, recording, release: place, reasons, placed, tookMs };
}

export interface JobBody {
  readonly id: string;
  readonly n: number;
  readonly lane: JobSummary['lane'];
  readonly askedBy: string;
  readonly made: string;
  readonly counts: JobSummary['counts'];
}

export interface JobFileBody {
  readonly path: string;
  readonly pathBase64?: string | undefined;
  readonly state: JobFile['state'];
  readonly attempts: number;
  readonly error: JobFile['error'];
  readonly verdict: VerdictBody | null;
}

export function jobBody({ id, n, lane, askedBy, madeAt, counts }: JobSummary): JobBody {
  return { id, n, lane, askedBy, made: new Date(madeAt).toISOString(), counts };
}

export function wholeJobBody(job: Job): JobBody & { readonly files: readonly JobFileBody[] } {
  return { ...jobBody(job), files: job.files.map(jobFileBody) };
}

function jobFileBody({ path, state, attempts, error, verdict }: JobFile): JobFileBody {
  return { path, state, attempts, error, verdict: verdict && verdictBody(verdict) };
}

export interface KnownBody {
  readonly path: string;
  readonly pathBase64?: string | undefined;
  readonly verdict: GateWord | null;
  readonly of: string | null;
  readonly ofPathBase64?: string | undefined;
  readonly isAdmitted: boolean;
}

export function knownBody({ path, verdict, of, isAdmitted }: KnownFile): KnownBody {
  return { path, verdict, of, isAdmitted };
}
