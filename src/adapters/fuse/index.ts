/** File systems of the tree, spoken with the kernel over `/dev/fuse`; see docs/design/mount.md. */
export { runApart, tellStarter } from './apart.ts';
export { unmount } from './device.ts';
export { makeInHandMemory, openInHand } from './in-hand.ts';
export { freeMountPoint } from './mount-point.ts';
export type * from './protocol.ts';
export { mountReadiness } from './readiness.ts';
export { serveRequests } from './serve-requests.ts';
export { superviseMount } from './supervise.ts';
export { makeTurnMemory, openTurns, ownTurn, type Turn } from './turns.ts';
