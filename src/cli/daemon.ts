/** What the command line asks of the daemon that it starts. */
import type { Environment } from '#config';
import type { Log } from './log-type.ts';

export interface DaemonOptions {
  readonly log: Log;
  /** Over HTTP, too? */
  readonly isOnNetwork: boolean;
  /** Where secrets may stand. */
  readonly environment: Environment;
}

/** A daemon that has taken the catalogue. Disposing of it closes everything. */
export interface Daemon extends AsyncDisposable {
  /** Where it can be reached, for people: sockets and addresses. */
  readonly places: readonly string[];
  /**
   * Works until the signal; then takes nothing new and finishes or gives back what is in hand.
   * @returns `false` where something did not end in time, and is given up
   */
  run(signal: AbortSignal): Promise<boolean>;
}
