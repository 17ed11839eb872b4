/** What a power-cut disk is told: at its start, and while it runs. */

/**
 * What goes wrong, each once. Requests are counted from 1 and from the moment the faults are set; a fault that is left out
 * does not happen.
 */
export interface DiskFaults {
  /** Which read fails with EIO. What it asked for stays unreadable until faults are set again: systems read a second time. */
  readonly failRead?: number;
  /** Which write or change of a length fails with EIO and has no effect. */
  readonly failWrite?: number;
  /** Which fsync, of a file or folder, fails with EIO. As on Linux, the bytes it was about never reach the disk by a later one. */
  readonly failSync?: number;
  /** So many bytes may still be written in all, then ENOSPC. Removing files makes no room. */
  readonly roomBytes?: number;
  /** The power goes as which write, change of a length or fsync arrives, before it has any effect. */
  readonly cutAtRequest?: number;
  /** The same for which creation, renaming, linking or removal of a name. */
  readonly cutAtName?: number;
}

export interface DiskSetup {
  /** Folder that holds what is safe, and is all that is left after a cut. */
  readonly backing: string;
  /** Empty folder, outside of `backing`, in which the disk is seen. */
  readonly mountPoint: string;
  /** Decides what survives a cut where `tear` is on. */
  readonly seed: number;
  /** At a cut, some of what was not synced is on the disk all the same, one page of it perhaps half. Off: none of it. */
  readonly tear?: boolean;
  readonly faults?: DiskFaults;
}

/** Requests that arrived since the start, failed ones too. */
export interface RequestCounts {
  readonly reads: number;
  /** With changes of a length. */
  readonly writes: number;
  /** Of files and folders. */
  readonly syncs: number;
  readonly names: number;
}

/** Each is answered with `RequestCounts`, in turn; a cut is not answered. */
export interface DiskMessage {
  readonly faults?: DiskFaults;
  readonly cut?: true;
}
