/** What the commands about filing print for programs. */
import type { ApplyReport, Entry, EntryReport } from '#filing';
import type { TrashedFile } from './filing-app.ts';
import { trashedBytes } from './render/filing.ts';

/** `apply --json`. */
export function appliedDocument({ plan, items }: ApplyReport, dryRun: boolean): object {
  const count = (outcome: string): number => items.filter((item) => item.outcome === outcome).length;
  return {
    ...{ v: 1, plan: plan.id, dryRun, done: count('done'), doneBefore: count('done-before') },
    ...{ skipped: count('skipped'), failed: count('failed') },
    items: items.map(({ item, outcome, now, error, remarks }) => ({
      ...{ n: item.n, verb: item.verb, source: item.source.path, outcome, now },
      ...{ code: error?.code ?? null, message: error?.message ?? null, remarks },
    })),
  };
}

/** `undo --json`, `trash restore --json` and `trash empty --json`. */
export function entryReportsDocument(reports: readonly EntryReport[], dryRun: boolean): object {
  const failed = reports.filter(({ error }) => error !== null).length;
  return {
    ...{ v: 1, dryRun, done: reports.length - failed, failed },
    entries: reports.map(({ entry, error }) => ({
      ...{ n: entry.n, plan: entry.plan, verb: entry.verb, source: entry.from },
      ...{ code: error?.code ?? null, message: error?.message ?? null },
    })),
  };
}

/** `journal --json`. */
export function journalDocument(entries: readonly Entry[]): object {
  return {
    v: 1,
    entries: entries.map(({ n, at, plan, item, verb, state, from, to, keeper, replacement, concerns, reason }) => ({
      ...{ n, at: new Date(at).toISOString(), plan, item, verb, state, source: from, destination: to },
      ...{ keeper, ...(replacement !== undefined && { replacement: replacement.path }), concerns, reason },
    })),
  };
}

/** `trash list --json`. */
export function trashDocument(files: readonly TrashedFile[]): object {
  return {
    v: 1,
    bytes: trashedBytes(files),
    files: files.map(({ entry, isThere }) => ({
      ...{ n: entry.n, path: entry.from, keptAt: entry.to, sizeBytes: entry.was.sizeBytes },
      ...{ since: new Date(entry.at).toISOString(), plan: entry.plan, verb: entry.verb, isThere },
    })),
  };
}
