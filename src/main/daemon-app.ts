/**
 * What the daemon offers to commands: the same App for all of them, with one catalogue and one journal. Commands that
 * only look run beside each other; what writes into the catalogue for long, and what acts upon files, does so in turns.
 */
import type { App, SweepApp } from '#cli';
import type { ResolvedSettings, SettingEntry } from '#config';
import { createTurns, type Turns } from './turns.ts';

export interface DaemonApp extends App, SweepApp {
  /** What the daemon goes by. */
  settingsInForce(): Promise<readonly SettingEntry[]>;
}

/** Whose turn it is. */
export interface DaemonTurns {
  /** To scan and to match. */
  readonly library: Turns;
  /** To act upon files: what is in hand is no left-over of a crash. */
  readonly filing: Turns;
}

export function createDaemonTurns(): DaemonTurns {
  return { library: createTurns(), filing: createTurns() };
}

/** The apps are closed by whoever opened them. */
export function createDaemonApp(
  { entries }: Pick<ResolvedSettings, 'entries'>,
  app: App,
  sweep: SweepApp,
  { library, filing }: DaemonTurns,
): DaemonApp {
  return {
    ...app,
    settingsInForce: async () => entries,
    scan: (paths, options) => library.take(options, () => app.scan(paths, options)),
    match: (options) => library.take(options, () => app.match(options)),
    find: (paths, options) => library.take(options, () => app.find(paths, options)),
    importForeign: (paths, options) => library.take(options, () => app.importForeign(paths, options)),
    planSweep: (request, options) => library.take(options, () => sweep.planSweep(request, options)),
    applyPlan: (plan, options) => filing.take(options, () => app.applyPlan(plan, options)),
    undo: (selection, options) => filing.take(options, () => app.undo(selection, options)),
    emptyTrash: (olderThanMs, options) => filing.take(options, () => app.emptyTrash(olderThanMs, options)),
    [Symbol.asyncDispose]: async () => {},
  };
}
