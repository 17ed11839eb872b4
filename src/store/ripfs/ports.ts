/** What the reader of old stores needs of the disk. */
import type { AppError, BytePath } from '#kernel';

/** Files that are read at any place, by their byte names. */
export interface RandomReader {
  /** @throws AppError `files/missing`, `files/not-regular`, `files/denied`, `files/unreadable` */
  open(path: BytePath): RandomFile;
}

export interface RandomFile extends Disposable {
  /** When it was opened. */
  readonly sizeBytes: number;
  /** Fills `into`. @returns how many bytes were there; fewer than fit only at the end. @throws AppError `files/unreadable` */
  read(at: number, into: Uint8Array): number;
}

/** Makes the error of the one file that is being read. @param why what follows "cannot be rebuilt:" */
export type Damaged = (why: string, cause?: unknown) => AppError;
