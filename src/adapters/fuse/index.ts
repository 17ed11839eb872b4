/** File systems of the tree, spoken with the kernel over `/dev/fuse`; see docs/design/mount.md. */
export { examineMountPoint, MOUNT_TYPE, unmount } from './device.ts';
export { makeInHandMemory, openInHand } from './in-hand.ts';
export type * from './protocol.ts';
export { mountReadiness } from './readiness.ts';
export { serveRequests } from './serve-requests.ts';
export { superviseMount } from './supervise.ts';
export { makeTurnMemory, openTurns, type Turn } from './turns.ts';
