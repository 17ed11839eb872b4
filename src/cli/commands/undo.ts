import { AppError } from '#kernel';
import { type CommandContext, type CommandRun, hasOption, optionValues, print, printJson, viewOf } from '../context.ts';
import type { UndoSelection } from '../filing-app.ts';
import { entryReportsDocument } from '../filing-documents.ts';
import { exitCodeOfEntries, filingRun } from '../filing-run.ts';
import { momentOf } from '../moments.ts';
import { renderEntryReports } from '../render/filing.ts';

export const runUndo: CommandRun = async (context) => undoAndTell(context, selectionOf(context));

/** Takes back what is selected and tells. @returns the exit code */
export async function undoAndTell(context: CommandContext, selection: UndoSelection): Promise<number> {
  const options = filingRun(context);
  const app = await context.openApp();
  const reports = await app.undo(selection, options);
  for (const { entry, error } of reports) {
    const fields = {
      n: entry.n,
      source: entry.from,
      ...(error !== null && { code: error.code, reason: error.message }),
    };
    context.log(error === null ? 'info' : 'warning', error === null ? 'entry.undone' : 'entry.kept', fields);
  }
  if (hasOption(context, 'json')) printJson(context, entryReportsDocument(reports, options.dryRun));
  else {
    const did = options.dryRun ? 'could be taken back' : 'back in place';
    print(context, renderEntryReports(reports, did, viewOf(context, [])));
  }
  return exitCodeOfEntries(reports);
}

function selectionOf(context: CommandContext): UndoSelection {
  const numbers = context.invocation.operands.map(entryNumber);
  const plan = optionValues(context, 'plan').at(-1);
  const since = optionValues(context, 'since').at(-1);
  const said = [numbers.length > 0, plan !== undefined, since !== undefined].filter(Boolean);
  if (said.length > 1) {
    throw new AppError('usage/contradiction', 'Name entries, a plan or a time: one of them.', { kind: 'usage' });
  }
  if (numbers.length > 0) return { kind: 'entries', numbers };
  if (plan !== undefined) return { kind: 'plan', id: plan };
  if (since !== undefined) return { kind: 'since', at: momentOf('since', since, context.surroundings.now()) };
  return { kind: 'last' };
}

/** @throws AppError `usage/bad-value` */
export function entryNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new AppError('usage/bad-value', `"${text}" is no number of an entry.`, {
    kind: 'usage',
    hint: 'Name a number of "reprise journal".',
  });
}
