/** Filing behind the commands: opens the journal when it is first needed, and sees to what a crash left open. */
import type { ApplyRunOptions, FilingApp, FilingRunOptions, JournalFilter, TrashedFile, UndoSelection } from '#cli';
import type { Settings } from '#config';
import {
  applyPlan,
  type Entry,
  type EntryReport,
  emptyTrash,
  type FileActs,
  type FilingParts,
  type Journal,
  type Pace,
  recover,
  type TagParts,
  takeBack,
  trashEntries,
} from '#filing';
import { AppError, type BytePath, type Clock, displayPath } from '#kernel';

export interface FilingAppParts {
  readonly settings: Pick<Settings, 'filing'>;
  readonly acts: FileActs;
  readonly tags: TagParts;
  readonly clock: Clock;
  readonly wait: FilingParts['wait'];
  /** @throws AppError `journal/…` */
  openJournal(): Promise<Journal>;
}

/** How many files are worked upon at once. Chosen: copies and comparisons wait for two disks; renames are done before the next begins. */
const WIDTH = 4;

const DAY_MS = 86_400_000;

/** The commands about filing, and what others need to file by themselves. */
export interface OpenFiling extends FilingApp, AsyncDisposable {
  /** With the journal open. */
  parts(): Promise<FilingParts>;
}

export function createFilingApp(parts: FilingAppParts): OpenFiling {
  const { settings, acts, tags, clock, wait } = parts;
  let opened: Promise<Journal> | undefined;
  const journal = (): Promise<Journal> => {
    opened ??= parts.openJournal();
    return opened;
  };
  const filingParts = async (): Promise<FilingParts> => ({ acts, journal: await journal(), tags, clock, wait });
  const ready = async ({ dryRun }: FilingRunOptions): Promise<FilingParts> => {
    const filing = await filingParts();
    // What recovery does would be something done, too.
    if (!dryRun) assertClear(await recover(filing));
    return filing;
  };
  const pace: Pace = {
    width: WIDTH,
    retries: settings.filing.retries,
    retryDelayMs: settings.filing.retryDelaySeconds * 1000,
  };
  return {
    parts: filingParts,
    async applyPlan(plan, options) {
      assertThere(settings.filing.protected, acts);
      const filing = await ready(options);
      const report = await applyPlan(plan, filing, {
        ...options,
        onItem: options.onFiled,
        pace: paceOf(pace, options),
        protectedPaths: settings.filing.protected,
      });
      const { trashDays } = settings.filing;
      if (trashDays !== null && !options.dryRun) await emptyOlder(filing, trashDays * DAY_MS, { ...options, pace });
      return report;
    },
    async undo(selection, options) {
      const filing = await ready(options);
      return takeBack(selected(filing.journal, selection), filing, { ...options, pace });
    },
    async journal({ plan, since }: JournalFilter) {
      const filter = { ...(plan !== undefined && { plan }), ...(since !== undefined && { since }) };
      return (await journal()).entries(filter);
    },
    async trash() {
      return trashEntries(await journal()).map(
        (entry): TrashedFile => ({ entry, isThere: acts.state(entry.to) !== undefined }),
      );
    },
    async emptyTrash(olderThanMs, options) {
      return emptyOlder(await ready(options), olderThanMs, { ...options, pace });
    },
    async [Symbol.asyncDispose]() {
      (await opened?.catch(() => undefined))?.[Symbol.dispose]();
    },
  };
}

/** A misspelt name would protect nothing, and nobody would know. @throws AppError `filing/protected-missing` */
function assertThere(protectedPaths: readonly BytePath[], acts: FileActs): void {
  const missing = protectedPaths.find((path) => acts.state(path) === undefined);
  if (missing === undefined) return;
  throw new AppError('filing/protected-missing', `${displayPath(missing)} is to be protected and is not there.`, {
    kind: 'refused',
    hint: 'Connect its disk, or correct the setting filing.protected.',
  });
}

function paceOf(pace: Pace, { threads, retries, retryDelayMs }: ApplyRunOptions): Pace {
  return {
    width: threads ?? pace.width,
    retries: retries ?? pace.retries,
    retryDelayMs: retryDelayMs ?? pace.retryDelayMs,
  };
}

function emptyOlder(
  filing: FilingParts,
  olderThanMs: number,
  options: FilingRunOptions & { readonly pace: Pace },
): Promise<readonly EntryReport[]> {
  const before = filing.clock.now() - olderThanMs;
  const old = trashEntries(filing.journal).filter(({ at, to }) => at <= before && filing.acts.state(to) !== undefined);
  return emptyTrash(old, filing, options);
}

/** Nothing new begins while a person has to look at something. @throws AppError `filing/unclear` */
function assertClear(recovered: readonly Entry[]): void {
  const unclear = recovered.find(({ state }) => state === 'unclear');
  if (unclear === undefined) return;
  const { n, from, to } = unclear;
  const places = `${displayPath(from)} or ${displayPath(to)}`;
  throw new AppError('filing/unclear', `Entry ${n} was interrupted, and what it was about is neither at ${places}.`, {
    kind: 'conflict',
    hint: 'Somebody else has moved it since. Look for it; running the command again goes on without it.',
  });
}

/** The entries that a person means, which may be none that can be taken back. */
function selected(journal: Journal, selection: UndoSelection): readonly Entry[] {
  switch (selection.kind) {
    case 'entries':
      return selection.numbers.map((n) => journal.entries({ numbers: [n] })[0] ?? fail(noSuchEntry(n)));
    case 'trashed': {
      const trashed = new Map(trashEntries(journal).map((entry) => [entry.n, entry]));
      return selection.numbers.map((n) => trashed.get(n) ?? fail(notAmongTrash(n)));
    }
    case 'paths': {
      const trashed = trashEntries(journal);
      return selection.paths.map((path) => trashedFrom(trashed, path));
    }
    case 'plan':
      return standing(journal.entries({ plan: selection.id, states: ['done'] }), noSuchPlan(selection.id));
    case 'since':
      return standing(journal.entries({ since: selection.at, states: ['done'] }), nothingToUndo());
    case 'last': {
      const acts = standing(journal.entries({ states: ['done'] }), nothingToUndo());
      return acts.filter(({ plan }) => plan === acts.at(-1)?.plan);
    }
  }
}

function standing(entries: readonly Entry[], none: AppError): readonly Entry[] {
  const acts = entries.filter(({ concerns }) => concerns === null);
  return acts.length > 0 ? acts : fail(none);
}

/** The last that was put into the trash from there, or lies there now. */
function trashedFrom(trashed: readonly Entry[], path: BytePath): Entry {
  return trashed.findLast(({ from, to }) => from === path || to === path) ?? fail(notInTrash(path));
}

function fail(error: AppError): never {
  throw error;
}

function noSuchEntry(n: number): AppError {
  const hint = '"reprise journal" lists what was done.';
  return new AppError('undo/missing', `The journal has no entry ${n}.`, { kind: 'missing', hint });
}

function notAmongTrash(n: number): AppError {
  const hint = '"reprise trash list" says what is in it.';
  return new AppError('trash/missing', `The trash holds nothing of entry ${n}.`, { kind: 'missing', hint });
}

function noSuchPlan(id: string): AppError {
  const hint = '"reprise journal" lists the plans that were applied.';
  return new AppError('plan/missing', `Nothing of a plan ${id} is done.`, { kind: 'missing', hint });
}

function nothingToUndo(): AppError {
  return new AppError('undo/nothing', 'There is nothing to take back.', { kind: 'missing' });
}

function notInTrash(path: BytePath): AppError {
  return new AppError('trash/missing', `Nothing in the trash came from ${displayPath(path)}.`, {
    kind: 'missing',
    hint: '"reprise trash list" says what is in it.',
  });
}
