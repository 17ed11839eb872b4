/** Folders listed and files hashed in threads. */
export type { LookOf } from './read-part.ts';
export { serveTwinJobs } from './serve.ts';
export { startTwinThreads, type TwinThreadOptions } from './twin-threads.ts';
