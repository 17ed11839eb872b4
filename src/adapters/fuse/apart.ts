/** The command of this process done by another, which goes on when this one ends. */
import { spawn } from 'node:child_process';
import { fromSent, type SentError, toSent } from '#kernel';

/** What a process that mounts tells the one that has started it. */
type Outset = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly error: SentError };

/**
 * Ends as soon as the other has it going.
 * @param word the option that makes the other do it itself
 * @throws whatever the other could not begin for
 */
export async function runApart(word: string, signal: AbortSignal): Promise<void> {
  const [, program = '', ...given] = process.argv;
  // In front: a word behind `--` would be no option.
  const child = spawn(process.execPath, [...process.execArgv, program, word, ...given], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // It is to outlive who started this one.
    env: { ...process.env, REPRISE_LAUNCHER: '' },
  });
  const { promise, resolve } = Promise.withResolvers<Outset>();
  child.once('message', (message) => resolve(message as Outset));
  child.once('exit', (code) => resolve({ kind: 'failed', error: { message: `The mount ended with ${code}.` } }));
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  const outset = await promise;
  signal.removeEventListener('abort', stop);
  if (outset.kind === 'failed') throw fromSent(outset.error);
  child.disconnect();
  child.unref();
}

/** Tells the process that waits in {@link runApart}, where there is one: it is going, or it is not. */
export function tellStarter(failure?: unknown): void {
  const outset: Outset = failure === undefined ? { kind: 'ready' } : { kind: 'failed', error: toSent(failure) };
  // It may have been stopped meanwhile.
  if (process.connected) process.send?.(outset);
}
