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
import type { BytePath, SentError } from '#kernel';
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
