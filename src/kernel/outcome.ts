/** Trouble with one item, in a form that can be stored, sent between processes and printed. */
export interface Failure {
  /** `area/what`, as in {@link AppError}. */
  readonly code: string;
  readonly message: string;
}

/** What became of one item of long work. A skip is not an error. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: Failure };
