/** What parent and child say to each other. Sent with structured cloning, so byte paths and typed arrays arrive whole. */
import type {
  Analysis,
  Content,
  JudgeRequest,
  LikenRequest,
  PortrayRequest,
  SketchRequest,
  TraceRequest,
} from '#catalogue';
import { AppError, type BytePath, type ErrorKind } from '#kernel';
import type { Curve, Likeness, Verdict } from '#matching';
import type { SoundPortrait } from '#signal';

export type Job =
  | { readonly kind: 'analyse'; readonly path: BytePath; readonly known: readonly string[] }
  /** The content hash alone, without touching the decoder: for files that kill it. */
  | { readonly kind: 'hash'; readonly path: BytePath }
  | { readonly kind: 'judge'; readonly pair: JudgeRequest }
  | { readonly kind: 'judge-sketches'; readonly pair: SketchRequest }
  | { readonly kind: 'liken'; readonly pair: LikenRequest }
  | { readonly kind: 'portray'; readonly file: PortrayRequest }
  | { readonly kind: 'trace'; readonly pair: TraceRequest };

export interface HashedFile extends Pick<Content, 'contentHash' | 'sizeBytes'> {}

/** What a job gives back. */
export interface JobResults {
  readonly analyse: Analysis;
  readonly hash: HashedFile;
  readonly judge: Verdict;
  readonly 'judge-sketches': Verdict | undefined;
  readonly liken: Likeness | undefined;
  readonly portray: SoundPortrait;
  readonly trace: Curve;
}

/** The files whose decoded sound a child keeps after the job. */
export function keptPaths(job: Job): readonly string[] {
  return job.kind === 'judge' || job.kind === 'trace' ? [job.pair.a.path, job.pair.b.path] : [];
}

export type Reply =
  | { readonly kind: 'ready' }
  /** A sign of life. `sizeBytes`: of the files in hand. */
  | { readonly kind: 'beat'; readonly sizeBytes: number; readonly rssBytes: number }
  | { readonly kind: 'done'; readonly value: JobResults[keyof JobResults] }
  | { readonly kind: 'failed'; readonly error: SentError };

/** An error that can be sent. Without `code` it is a bug of ours. */
export interface SentError {
  readonly code?: string;
  readonly kind?: ErrorKind;
  readonly hint?: string | undefined;
  readonly message: string;
  readonly stack?: string | undefined;
}

/** An error as it is sent. */
export function toSent(error: unknown): SentError {
  if (error instanceof AppError) {
    const { code, kind, hint, message } = error;
    return { code, kind, hint, message };
  }
  return error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error) };
}

/** The error that was sent. */
export function fromSent({ code, kind, hint, message, stack }: SentError): Error {
  if (code === undefined || kind === undefined) {
    const bug = new Error(message);
    if (stack !== undefined) bug.stack = stack;
    return bug;
  }
  return new AppError(code, message, { kind, ...(hint !== undefined && { hint }) });
}
