/** What the commands that act upon files have in common. */
import type { ApplyReport, EntryReport, ItemReport, Plan } from '#filing';
import type { AppError } from '#kernel';
import { type CommandContext, hasOption, print, printJson, viewOf } from './context.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import type { ApplyRunOptions, FilingRunOptions } from './filing-app.ts';
import { appliedDocument } from './filing-documents.ts';
import { retriesOf, retryDelayOf, threadsOf } from './pace.ts';
import { renderApplied, undoCommand } from './render/filing.ts';

/** Options of a run, from `--dry-run`. */
export function filingRun(context: CommandContext): FilingRunOptions {
  return { ...context.run, dryRun: hasOption(context, 'dry-run') };
}

/** Applies the plan, tells and logs what became of it. @returns the exit code */
export async function applyAndTell(context: CommandContext, plan: Plan): Promise<number> {
  const report = await applyAndLog(context, plan);
  const { dryRun } = filingRun(context);
  if (hasOption(context, 'json')) printJson(context, appliedDocument(report, dryRun));
  else {
    print(context, renderApplied(report, dryRun, viewOf(context, plan.roots)));
    const wasDone = report.items.some(({ outcome }) => outcome === 'done');
    if (wasDone && !dryRun) {
      const { talk } = context;
      talk.say(talk.style.faint(`To take it back: ${undoCommand(plan.id)}`));
      talk.say(talk.style.faint('What was scanned before is told of it by the next "reprise find" or "scan".'));
    }
  }
  return exitCodeOfItems(report);
}

/** Applies the plan and logs what becomes of it. */
export async function applyAndLog(context: CommandContext, plan: Plan): Promise<ApplyReport> {
  const app = await context.openApp();
  const options: ApplyRunOptions = {
    ...filingRun(context),
    ...paceOptions(context),
    onFiled: (report) => logItem(context, report),
  };
  return app.applyPlan(plan, options);
}

/** @throws AppError `usage/bad-value` */
export function paceOptions(context: CommandContext): Pick<ApplyRunOptions, 'threads' | 'retries' | 'retryDelayMs'> {
  const threads = threadsOf(context);
  const retries = retriesOf(context);
  const delay = retryDelayOf(context);
  return {
    ...(threads !== undefined && { threads }),
    ...(retries !== undefined && { retries }),
    ...(delay !== undefined && { retryDelayMs: delay * 1000 }),
  };
}

function logItem({ log }: CommandContext, { item, outcome, now, error, remarks }: ItemReport): void {
  const { n, verb, source, keeper } = item;
  log(error === null ? 'info' : 'warning', `item.${outcome}`, {
    ...{ n, verb, source: source.path },
    ...(now !== null && { now }),
    ...(keeper !== null && { keeper: keeper.path }),
    ...(error !== null && { code: error.code, reason: error.message }),
    ...(remarks.length > 0 && { remarks: remarks.join('; ') }),
  });
}

/** @returns the exit code of a plan that was applied */
export function exitCodeOfItems({ items }: ApplyReport): number {
  const wasDone = items.some(({ outcome }) => outcome === 'done' || outcome === 'done-before');
  return exitCodeOfErrors(
    items.map(({ error }) => error),
    wasDone,
  );
}

/** The same for entries that were taken back or emptied. */
export function exitCodeOfEntries(reports: readonly EntryReport[]): number {
  return exitCodeOfErrors(
    reports.map(({ error }) => error),
    reports.some(({ error }) => error === null),
  );
}

/** A full disk says so; where nothing at all could be done, the first reason; else "some failed". */
function exitCodeOfErrors(errors: readonly (AppError | null)[], wasDone: boolean): number {
  const failed = errors.filter((error) => error !== null);
  const full = failed.find(({ kind }) => kind === 'exhausted');
  if (full !== undefined) return exitCodeOf(full);
  if (failed.length === 0) return EXIT.done;
  return wasDone ? EXIT.someFailed : exitCodeOf(failed[0]);
}
