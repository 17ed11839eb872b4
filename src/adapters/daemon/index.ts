/** The daemon's local socket: an object of one process, used by others of the same person. */
export { connectObject, type Remote } from './connect-object.ts';
export { assertNoDaemon, type ServedObject, serveObject } from './serve-object.ts';
export { hasSocket } from './socket-place.ts';
