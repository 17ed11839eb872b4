/** The child's side: does one job after the other, tells that it lives, and never outlives its parent. */
import type { Analysis } from '#catalogue';
import { type BytePath, toSent } from '#kernel';
import type { Curve, Likeness, Verdict } from '#matching';
import type { SoundPortrait } from '#signal';
import type { HashedFile, Job, JobResults, Reply } from './protocol.ts';

/** Tells the parent that the work on files of this size goes on. Cheap: most calls do nothing. */
export type Beat = (sizeBytes: number) => void;

/** What the child can do. */
export interface JobHandlers {
  analyse(path: BytePath, known: readonly string[], beat: Beat): Promise<Analysis>;
  hash(path: BytePath, beat: Beat): Promise<HashedFile>;
  judge(pair: Extract<Job, { kind: 'judge' }>['pair'], beat: Beat): Promise<Verdict>;
  judgeSketches(pair: Extract<Job, { kind: 'judge-sketches' }>['pair']): Promise<Verdict | undefined>;
  liken(pair: Extract<Job, { kind: 'liken' }>['pair']): Promise<Likeness | undefined>;
  portray(file: Extract<Job, { kind: 'portray' }>['file'], beat: Beat): Promise<SoundPortrait>;
  trace(pair: Extract<Job, { kind: 'trace' }>['pair'], beat: Beat): Promise<Curve>;
}

const BEAT_MS = 250;

/** Serves the parent until it hangs up. */
export function serveJobs(handlers: JobHandlers): void {
  const parent = process.ppid;
  const send = (reply: Reply): void => {
    // Without a channel there is nobody left to tell.
    if (process.connected) process.send?.(reply);
  };
  let last = 0;
  const beat: Beat = (sizeBytes) => {
    const now = Date.now();
    if (now - last < BEAT_MS) return;
    last = now;
    // Decoding blocks the event loop, so "disconnect" would be heard only at the end of the file.
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
    send({ kind: 'beat', sizeBytes, rssBytes: process.memoryUsage.rss() });
  };

  // Ctrl-C goes to the whole terminal; the parent decides what it means.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit(0));
  process.on('message', (job: Job) => {
    last = 0;
    run(handlers, job, beat).then(
      (value) => send({ kind: 'done', value }),
      (error: unknown) => send({ kind: 'failed', error: toSent(error) }),
    );
  });
  send({ kind: 'ready' });
}

async function run(handlers: JobHandlers, job: Job, beat: Beat): Promise<JobResults[keyof JobResults]> {
  switch (job.kind) {
    case 'analyse':
      return handlers.analyse(job.path, job.known, beat);
    case 'hash':
      return handlers.hash(job.path, beat);
    case 'judge':
      return handlers.judge(job.pair, beat);
    case 'judge-sketches':
      return handlers.judgeSketches(job.pair);
    case 'liken':
      return handlers.liken(job.pair);
    case 'portray':
      return handlers.portray(job.file, beat);
    case 'trace':
      return handlers.trace(job.pair, beat);
  }
}
