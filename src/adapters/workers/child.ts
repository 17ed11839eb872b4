/** One child process as its parent sees it: takes a job, is watched while it works, and dies when it must. */
import { type ChildProcess, fork } from 'node:child_process';
import { AppError, fromSent } from '#kernel';
import { capMs, type Limits, residentBytes } from './limits.ts';
import { type Job, type JobResults, keptPaths, type Reply } from './protocol.ts';

export interface ChildOptions extends Limits {
  /** The program of the child: `worker.js`, or `worker.ts` in development. */
  readonly entry: string;
}

/** Why a child died while it worked on a file. */
export type DeathCode = 'decode/timeout' | 'decode/memory' | 'decode/crashed';

/** The child died over its job. */
export class ChildDeath extends Error {
  readonly code: DeathCode;

  constructor(code: DeathCode, message: string) {
    super(message);
    this.code = code;
  }

  /** The same for callers that have no other way to report it. */
  toAppError(): AppError {
    return new AppError(this.code, this.message, { kind: 'corrupt', cause: this });
  }
}

export interface Child {
  readonly jobs: number;
  /** Files that the child may still remember. */
  readonly recent: readonly string[];
  /** One at a time. @throws ChildDeath, AppError, or a bug's error */
  run<K extends Job['kind']>(job: Extract<Job, { kind: K }>, signal?: AbortSignal): Promise<JobResults[K]>;
  /** Lets it go: it ends by itself. */
  release(): void;
  kill(): void;
  readonly ended: Promise<void>;
}

const WATCH_MS = 500;
const REMEMBERED = 16;
const TAIL_CHARS = 2000;

/** Starts a child. It is of use at once; jobs wait until it is ready. */
export function startChild(options: ChildOptions, onEnd: () => void): Child {
  try {
    return childOf(forkFor(options), options, onEnd);
  } catch (error) {
    // Later, as with every other end: the caller does not hold the child yet.
    queueMicrotask(onEnd);
    return stillborn(error);
  }
}

/** @throws the system's error, for reasons that "error" does not tell */
function forkFor(options: ChildOptions): ChildProcess {
  return fork(options.entry, [], {
    serialization: 'advanced',
    // A group of its own: Ctrl-C does not reach it, and helpers it started die with it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [
      ...(options.entry.endsWith('.ts') ? ['--conditions=source', '--disable-warning=ExperimentalWarning'] : []),
      `--max-old-space-size=${Math.ceil(options.memoryBytes / 2 ** 20)}`,
    ],
  });
}

/** A child that never was. */
function stillborn(error: unknown): Child {
  return {
    jobs: 0,
    recent: [],
    ended: Promise.resolve(),
    run: () => Promise.reject(refused(error)),
    release() {},
    kill() {},
  };
}

function childOf(forked: ChildProcess, options: ChildOptions, onEnd: () => void): Child {
  const errors = tailOf(forked);
  let jobs = 0;
  let isReady = false;
  let recent: readonly string[] = [];
  let refusal: Error | undefined;
  const ended = new Promise<void>((resolve) => {
    forked.once('exit', () => {
      onEnd();
      resolve();
    });
    // A process that the system refuses never exits. One that runs and cannot be told something does.
    forked.on('error', (error) => {
      if (forked.pid !== undefined || refusal) return;
      refusal = error;
      letGo(forked);
      onEnd();
      resolve();
    });
  });
  forked.once('message', () => {
    isReady = true;
  });
  const kill = (): void => killGroup(forked);

  return {
    get jobs() {
      return jobs;
    },
    get recent() {
      return recent;
    },
    ended,
    kill,
    async run(job, signal) {
      jobs++;
      recent = [...keptPaths(job), ...recent].slice(0, REMEMBERED);
      if (refusal) throw refused(refusal);
      hold(forked, true);
      try {
        return (await converse(forked, job, options, signal, () => (isReady ? undefined : errors()))) as never;
      } finally {
        hold(forked, false);
      }
    },
    release: () => letGo(forked),
  };
}

function letGo(forked: ChildProcess): void {
  if (forked.connected) forked.disconnect();
}

/** An idle child must not keep the parent alive. */
function hold(forked: ChildProcess, isHeld: boolean): void {
  const channel = forked.channel;
  if (isHeld) {
    forked.ref();
    channel?.ref();
  } else {
    forked.unref();
    channel?.unref();
  }
}

function killGroup(forked: ChildProcess): void {
  const { pid } = forked;
  if (pid === undefined || forked.exitCode !== null || forked.signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // No group of that number (any more): the process itself will do.
    forked.kill('SIGKILL');
  }
}

function tailOf(forked: ChildProcess): () => string {
  let text = '';
  forked.stderr?.on('data', (data: Buffer) => {
    text = (text + data.toString()).slice(-TAIL_CHARS);
  });
  (forked.stderr as unknown as { unref?: () => void })?.unref?.();
  return () => text.trim();
}

/**
 * Gives the child a job and waits for the answer or its end. `startTrouble` tells what it said when it did not
 * even start, which is trouble of the installation, not of the file.
 */
function converse(
  forked: ChildProcess,
  job: Job,
  limits: Limits,
  signal: AbortSignal | undefined,
  startTrouble: () => string | undefined,
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  let death: ChildDeath | Error | undefined;
  let started = Date.now();
  let lastSign = started;
  let sizeBytes = 0;

  const kill = (reason: ChildDeath | Error): void => {
    death ??= reason;
    killGroup(forked);
  };
  const onMessage = (reply: Reply): void => {
    lastSign = Date.now();
    if (reply.kind === 'ready') started = lastSign;
    else if (reply.kind === 'beat') {
      sizeBytes = reply.sizeBytes;
      if (reply.rssBytes > limits.memoryBytes) kill(tooLarge(limits));
    } else if (reply.kind === 'done') resolve(reply.value);
    else reject(fromSent(reply.error));
  };
  const onExit = (code: number | null, sent: NodeJS.Signals | null): void => {
    const trouble = startTrouble();
    // Killed before it was ready, it never saw the file.
    if (trouble !== undefined && !(death instanceof AppError)) reject(notStarted(trouble));
    else if (death) reject(death);
    else reject(new ChildDeath('decode/crashed', `The decoder crashed on the file (${sent ?? `exit code ${code}`}).`));
  };
  const onError = (error: Error): void => {
    if (forked.pid === undefined) reject(refused(error));
  };
  const onAbort = (): void => kill(new AppError('run/cancelled', 'The run was interrupted.', { kind: 'cancelled' }));
  const watch = setInterval(() => {
    const now = Date.now();
    if (now - lastSign > limits.secondsPerFile * 1000 || now - started > capMs(limits, sizeBytes))
      kill(tooSlow(limits));
    else if ((residentBytes(forked.pid ?? 0) ?? 0) > limits.memoryBytes) kill(tooLarge(limits));
  }, WATCH_MS);

  forked.on('message', onMessage);
  forked.once('exit', onExit);
  forked.on('error', onError);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (forked.exitCode !== null || forked.signalCode !== null) onExit(forked.exitCode, forked.signalCode);
  else if (signal?.aborted) onAbort();
  // Without a process there may be no channel either; "error" says why.
  else if (forked.pid !== undefined)
    forked.send(job, (error) => error && kill(new ChildDeath('decode/crashed', 'The decoder went away.')));
  return promise.finally(() => {
    clearInterval(watch);
    forked.off('message', onMessage);
    forked.off('exit', onExit);
    forked.off('error', onError);
    signal?.removeEventListener('abort', onAbort);
  });
}

function tooSlow({ secondsPerFile }: Limits): ChildDeath {
  return new ChildDeath('decode/timeout', `The decoder hung: no progress for ${secondsPerFile} s, or far too little.`);
}

function tooLarge({ memoryBytes }: Limits): ChildDeath {
  const limit = Math.round(memoryBytes / 2 ** 20);
  return new ChildDeath(
    'decode/memory',
    `The decoder wanted more than the ${limit} MiB of memory that a file may take.`,
  );
}

function notStarted(detail: string): AppError {
  return new AppError('workers/not-started', 'The process that decodes sounds does not start.', {
    kind: 'unavailable',
    hint: 'Run "reprise doctor"; if that does not help, install Reprise again.',
    cause: detail,
  });
}

/** The system gave no process. That is no trouble of a file, so nothing may be recorded about any. */
function refused(error: unknown): AppError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new AppError('workers/not-started', `The process that decodes sounds does not start (${code ?? message}).`, {
    kind: 'unavailable',
    hint: 'Allow more processes and open files ("ulimit -u", "ulimit -n"), or use fewer workers.',
    cause: error,
  });
}
