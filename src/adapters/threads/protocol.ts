/** What the main thread and the threads that search say to each other. */
import type { IndexPart, NewSound, SearchTerms } from '#catalogue';
import type { SentError } from '#kernel';
import type { IndexLayout } from '#matching';

/** What every thread knows from its start on. */
export interface ThreadStart {
  readonly folder: string;
  readonly memory: WebAssembly.Memory;
}

export type Job =
  | { readonly kind: 'index'; readonly name: string; readonly method: string; readonly sounds: readonly NewSound[] }
  | { readonly kind: 'merge'; readonly name: string; readonly method: string; readonly from: readonly string[] }
  /** Gets ready to ask; one of the threads also to load. */
  | { readonly kind: 'open'; readonly terms: SearchTerms; readonly loads: boolean }
  | { readonly kind: 'load'; readonly part: IndexPart }
  | { readonly kind: 'look-at'; readonly loaded: LoadedPart }
  /** {@link packPrints} of the asking sounds. */
  | { readonly kind: 'ask'; readonly prints: ArrayBuffer }
  | { readonly kind: 'screen'; readonly prints: ArrayBuffer; readonly lines: Int32Array };

/** Ends a thread, behind the jobs that it has. */
export const END = 'end';

/** An index in the shared memory, and whose it is. */
export interface LoadedPart {
  readonly layout: IndexLayout;
  /** The sounds of the layout's tracks. */
  readonly sounds: Uint32Array;
}

export interface JobResults {
  readonly index: undefined;
  readonly merge: undefined;
  readonly open: undefined;
  readonly load: LoadedPart;
  readonly 'look-at': undefined;
  readonly ask: Float64Array;
  readonly screen: Int32Array;
}

export type Reply = { readonly value: JobResults[Job['kind']] } | { readonly error: SentError };
