/** Threads that search, started when they are needed. Each does one job at a time; jobs wait for a free one. */
import { Worker } from 'node:worker_threads';
import type { SearchThreads } from '#catalogue';
import { fromSent, invariant } from '#kernel';
import { packPrints } from './packed-prints.ts';
import { END, type Job, type JobResults, type Reply, type ThreadStart } from './protocol.ts';

export interface ThreadOptions {
  /** The program of a thread: `searcher.js`, or `searcher.ts` in development. */
  readonly entry: string;
  readonly width: number;
  /** The folder of the search index. */
  readonly folder: string;
  /** What the threads share. */
  readonly memory: WebAssembly.Memory;
}

interface Thread {
  run<K extends Job['kind']>(job: Extract<Job, { kind: K }>, transfer?: ArrayBuffer[]): Promise<JobResults[K]>;
  end(): Promise<unknown>;
}

export function startSearchThreads(options: ThreadOptions): SearchThreads {
  const { entry, width, folder, memory } = options;
  const all: Thread[] = [];
  const idle: Thread[] = [];
  const waiting: ((thread: Thread) => void)[] = [];
  const free = async (): Promise<Thread> => {
    const thread = idle.pop();
    if (thread) return thread;
    if (all.length < width) return start();
    return new Promise((resolve) => waiting.push(resolve));
  };
  const start = (): Thread => {
    const thread = startThread(entry, { folder, memory });
    all.push(thread);
    return thread;
  };
  const giveBack = (thread: Thread): void => {
    const next = waiting.shift();
    if (next) next(thread);
    else idle.push(thread);
  };
  const run = async <K extends Job['kind']>(
    job: Extract<Job, { kind: K }>,
    transfer: ArrayBuffer[] = [],
  ): Promise<JobResults[K]> => {
    const thread = await free();
    try {
      return await thread.run<K>(job, transfer);
    } finally {
      giveBack(thread);
    }
  };

  return {
    width,
    index: (name, method, sounds) => run<'index'>({ kind: 'index', name, method, sounds }),
    merge: (name, method, from) => run<'merge'>({ kind: 'merge', name, method, from }),
    async open(terms, jobs) {
      while (all.length < Math.min(width, jobs)) idle.push(start());
      await Promise.all(all.map((thread, i) => thread.run<'open'>({ kind: 'open', terms, loads: i === 0 })));
    },
    async load(part) {
      const [loader] = all;
      invariant(loader && idle.length === all.length, 'a part is loaded while nobody asks');
      const loaded = await loader.run<'load'>({ kind: 'load', part });
      await Promise.all(all.map((thread) => thread.run<'look-at'>({ kind: 'look-at', loaded })));
    },
    ask(sounds) {
      const prints = packPrints(sounds);
      return run<'ask'>({ kind: 'ask', prints }, [prints]);
    },
    screen({ sounds, lines }) {
      const prints = packPrints(sounds);
      return run<'screen'>({ kind: 'screen', prints, lines }, [prints]);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((thread) => thread.end()));
    },
  };
}

function startThread(entry: string, start: ThreadStart): Thread {
  const worker = new Worker(entry, {
    workerData: start,
    execArgv: entry.endsWith('.ts') ? ['--conditions=source', '--disable-warning=ExperimentalWarning'] : [],
  });
  // A thread that waits keeps no process alive.
  worker.unref();
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  let isBusy = false;
  return {
    run: (job, transfer = []) =>
      new Promise((resolve, reject) => {
        const settle = (outcome: () => void): void => {
          worker.off('error', onError);
          worker.off('exit', onExit);
          worker.off('message', onReply);
          worker.unref();
          isBusy = false;
          outcome();
        };
        const onError = (error: Error): void => settle(() => reject(error));
        // Else whoever waits for a thread that was ended would wait for ever.
        const onExit = (): void => settle(() => reject(new Error('A thread of the search ended over its job.')));
        const onReply = (reply: Reply): void =>
          settle(() => ('error' in reply ? reject(fromSent(reply.error)) : resolve(reply.value as never)));
        worker.on('error', onError).on('exit', onExit).on('message', onReply);
        worker.ref();
        isBusy = true;
        worker.postMessage(job, transfer);
      }),
    // Nobody waits for a job that is not wanted any more. An idle thread ends by itself: to end it from outside, while
    // WebAssembly is compiled or thrown away in another one, can take the whole process with it.
    async end() {
      if (isBusy) return worker.terminate();
      worker.ref();
      worker.postMessage(END);
      return ended;
    },
  };
}
