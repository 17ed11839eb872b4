/** The daemon of a workplace as a process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { PRODUCT, type Workplace } from './product.ts';

export interface DaemonProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** What it has logged until now, a line an event. */
  log(): readonly DaemonEvent[];
  /** Resolves when it has logged such an event. Rejects where it ends before. */
  until(event: string): Promise<DaemonEvent>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  stderr(): string;
}

export interface DaemonEvent {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: string | number;
}

/** Starts it and waits until it listens. Ends it when disposed of. */
export async function startDaemon(place: Workplace, ...args: string[]): Promise<DaemonProcess> {
  const daemon = spawnDaemon(place, { args });
  await daemon.until('daemon.listening');
  return daemon;
}

export interface DaemonCommand {
  /** By default `serve`, at any free port. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
}

export function spawnDaemon(
  { environment, data }: Workplace,
  { command = ['serve', '--port', '0'], args = [] }: DaemonCommand = {},
): DaemonProcess {
  const child = spawn(process.execPath, [...PRODUCT, ...command, '--data', data, ...args], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  const waiting = new Set<() => void>();
  child.stderr.on('data', (piece) => {
    told += piece;
    for (const look of waiting) look();
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  const log = (): DaemonEvent[] =>
    told
      .split('\n')
      .slice(0, -1)
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as DaemonEvent] : []));
  const until = async (event: string): Promise<DaemonEvent> => {
    const found = Promise.withResolvers<DaemonEvent>();
    const look = (): void => {
      const seen = log().find((each) => each.event === event);
      if (seen) found.resolve(seen);
    };
    waiting.add(look);
    look();
    void ended.then(() => found.reject(new Error(`The daemon ended: ${told}`)));
    return found.promise.finally(() => waiting.delete(look));
  };
  return {
    ...{ child, log, until, ended, stderr: () => told },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
