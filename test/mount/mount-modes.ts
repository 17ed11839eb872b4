/** How a store can be mounted, as far as the kernel then does other things. */

/** The kernel hands on each write, or gathers them and keeps times itself. */
export type MountMode = 'writesThrough' | 'writesBack';

export const MOUNT_MODES: readonly {
  readonly mode: MountMode;
  /** Behind "a mounted store". */
  readonly title: string;
  /** Of `-o`. */
  readonly options: readonly string[];
}[] = [
  { mode: 'writesThrough', title: 'that writes through', options: [] },
  { mode: 'writesBack', title: 'that writes back', options: ['writeback'] },
];
