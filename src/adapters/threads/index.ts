export { unpackPrints } from './packed-prints.ts';
export type { LoadedPart } from './protocol.ts';
export { startSearchThreads } from './search-threads.ts';
export { type JobHandlers, serveJobs } from './serve.ts';
