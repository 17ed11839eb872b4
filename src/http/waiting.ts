/**
 * A signal for one request, which fires when any of several does. Disposed of, it lets go of those that live on: what
 * `AbortSignal.any` makes stays in memory as long as its sources where somebody listened.
 */
export interface Waiting extends Disposable {
  readonly signal: AbortSignal;
}

/** @param seconds after which it fires by itself */
export function waitingFor(sources: readonly AbortSignal[], seconds?: number): Waiting {
  const own = new AbortController();
  const stop = (): void => own.abort();
  for (const source of sources) {
    if (source.aborted) stop();
    else source.addEventListener('abort', stop);
  }
  const timer = seconds === undefined ? undefined : setTimeout(stop, seconds * 1000);
  return {
    signal: own.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const source of sources) source.removeEventListener('abort', stop);
      // Whoever still listens is told that nobody waits any more.
      stop();
    },
  };
}
