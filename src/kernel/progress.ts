/** Where long work stands. Totals are `undefined` while they are not known. */
export interface ProgressState {
  /** What is being done, as a person would say it: "Scanning", "Matching". */
  readonly stage: string;
  /** What it is being done to, for example the root in hand. */
  readonly subject?: string;
  readonly items: number;
  readonly totalItems?: number | undefined;
  readonly bytes?: number | undefined;
  readonly totalBytes?: number | undefined;
  readonly audioSeconds?: number | undefined;
}

/** Told by the engine, shown by the command line or the daemon. Must be cheap and must not throw. */
export type Progress = (state: ProgressState) => void;

export const noProgress: Progress = () => {};
