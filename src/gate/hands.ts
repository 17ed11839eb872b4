/** What the gate has done to files, journalled and undoable. Doing the same twice under one id does it once. */
import type { StampKey } from '#catalogue';
import type { BytePath } from '#kernel';
import type { Policy } from './policy.ts';

/** A file with what it is known by. */
export interface HandledFile {
  readonly path: BytePath;
  readonly stamp: StampKey;
  /** `null` where the bytes were not read as a whole. */
  readonly contentHash: string | null;
}

export interface Hands {
  /**
   * Gives an admitted file its place in the library. @param destination below the library, without a taken name's number
   * @returns where it lies now. @throws AppError `filing/…`, `files/…`
   */
  place(
    id: string,
    file: HandledFile,
    how: Exclude<Policy['place'], 'none'>,
    library: BytePath,
    destination: BytePath,
    reasons: readonly string[],
  ): Promise<BytePath>;
  /** Puts a duplicate into the trash. @throws AppError as above, also where the keeper is not what it was */
  putAway(id: string, file: HandledFile, keeper: HandledFile, reasons: readonly string[]): Promise<void>;
  /** Puts better audio into the place of the file that is kept. @throws AppError `swap/…`, as above */
  swap(id: string, old: HandledFile, better: HandledFile, reasons: readonly string[]): Promise<void>;
}
