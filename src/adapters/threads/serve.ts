/** The thread's side: does one job after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { invariant, toSent } from '#kernel';
import { END, type Job, type JobResults, type LoadedPart, type Reply, type ThreadStart } from './protocol.ts';

/** What a thread can do. */
export interface JobHandlers {
  index(job: Extract<Job, { kind: 'index' }>): void;
  merge(job: Extract<Job, { kind: 'merge' }>): void;
  open(job: Extract<Job, { kind: 'open' }>): void;
  load(job: Extract<Job, { kind: 'load' }>): LoadedPart;
  lookAt(loaded: LoadedPart): void;
  ask(prints: ArrayBuffer): Float64Array;
  screen(prints: ArrayBuffer, lines: Int32Array): Int32Array;
}

/** Serves the main thread until it ends the thread. */
export function serveJobs(make: (start: ThreadStart) => JobHandlers): void {
  const port = parentPort;
  invariant(port, 'jobs are served in a thread');
  const handlers = make(workerData as ThreadStart);
  port.on('message', (job: Job | typeof END) => {
    if (job === END) return port.close();
    const reply = replyTo(handlers, job);
    const transfer = 'value' in reply && reply.value instanceof Float64Array ? [reply.value.buffer] : [];
    port.postMessage(reply, transfer as ArrayBuffer[]);
  });
}

function replyTo(handlers: JobHandlers, job: Job): Reply {
  try {
    return { value: run(handlers, job) };
  } catch (error) {
    return { error: toSent(error) };
  }
}

function run(handlers: JobHandlers, job: Job): JobResults[Job['kind']] {
  switch (job.kind) {
    case 'index':
      return void handlers.index(job);
    case 'merge':
      return void handlers.merge(job);
    case 'open':
      return void handlers.open(job);
    case 'load':
      return handlers.load(job);
    case 'look-at':
      return void handlers.lookAt(job.loaded);
    case 'ask':
      return handlers.ask(job.prints);
    case 'screen':
      return handlers.screen(job.prints, job.lines);
  }
}
