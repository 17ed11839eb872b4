/** Threads that list and read, started when there is work for them. Each does one job at a time; jobs wait for a free one. */
import { Worker } from 'node:worker_threads';
import { fromSent } from '#kernel';
import type { ListedFolders, Readings, TwinReader } from '#sweep';
import { END, type Job, type Reply } from './protocol.ts';

export interface TwinThreadOptions {
  /** The program of a thread: `sweeper.js`, or `sweeper.ts` in development. */
  readonly entry: string;
  /** How many threads at most. */
  readonly width: number;
}

export function startTwinThreads({ entry, width }: TwinThreadOptions): TwinReader {
  // Some at once: they load while the first folder is looked at.
  const all = Array.from({ length: Math.min(width, 2) }, () => startThread(entry));
  const idle = [...all];
  const waiting: ((thread: Thread) => void)[] = [];
  const free = (): Thread | Promise<Thread> => {
    const thread = idle.pop();
    if (thread) return thread;
    if (all.length >= width) return new Promise((resolve) => waiting.push(resolve));
    const started = startThread(entry);
    all.push(started);
    return started;
  };
  const run = async <T>(job: Job): Promise<T> => {
    const thread = await free();
    try {
      return (await thread.run(job)) as T;
    } finally {
      const next = waiting.shift();
      if (next) next(thread);
      else idle.push(thread);
    }
  };
  return {
    width,
    list: (folders, filter) => run<ListedFolders>({ kind: 'list', folders, filter }),
    read: ({ paths, ...files }, how) => run<Readings>({ kind: 'read', paths: paths.join('\0'), ...files, how }),
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((thread) => thread.end()));
    },
  };
}

interface Thread {
  run(job: Job): Promise<unknown>;
  end(): Promise<unknown>;
}

function startThread(entry: string): Thread {
  const worker = new Worker(entry, {
    execArgv: entry.endsWith('.ts') ? ['--conditions=source', '--disable-warning=ExperimentalWarning'] : [],
  });
  // A thread that waits keeps no process alive.
  worker.unref();
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  let isBusy = false;
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        const settle = (outcome: () => void): void => {
          worker.off('error', onError).off('exit', onExit).off('message', onReply);
          worker.unref();
          isBusy = false;
          outcome();
        };
        const onError = (error: Error): void => settle(() => reject(error));
        // Else whoever waits for a thread that was ended would wait for ever.
        const onExit = (): void => settle(() => reject(new Error('A thread of the sweep ended over its job.')));
        const onReply = (reply: Reply): void =>
          settle(() => ('error' in reply ? reject(fromSent(reply.error)) : resolve(reply.value)));
        worker.on('error', onError).on('exit', onExit).on('message', onReply);
        worker.ref();
        isBusy = true;
        worker.postMessage(job);
      }),
    // Nobody waits for a job that is not wanted any more.
    async end() {
      if (isBusy) return worker.terminate();
      worker.ref();
      worker.postMessage(END);
      return ended;
    },
  };
}
