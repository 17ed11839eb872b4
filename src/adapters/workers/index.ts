/** Sounds are worked on in processes of their own, so that a file that crashes a decoder costs one file. */
export { type Beat, type JobHandlers, serveJobs } from './serve.ts';
export { createSoundWorkers, type SoundWorkerOptions } from './sound-workers.ts';
