import { AppError } from '#kernel';
import { isConfirmed } from '../confirm.ts';
import { type CommandContext, type CommandRun, hasOption, optionValues, print, printJson, viewOf } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { UndoSelection } from '../filing-app.ts';
import { entryReportsDocument, trashDocument } from '../filing-documents.ts';
import { exitCodeOfEntries, filingRun } from '../filing-run.ts';
import { spanOf } from '../moments.ts';
import { pathsOf } from '../operands.ts';
import { renderEntryReports, renderTrash, trashedBytes } from '../render/filing.ts';
import { counted, sizeText } from '../terminal/units.ts';
import { entryNumber, undoAndTell } from './undo.ts';

export const runTrash: CommandRun = async (context) => {
  const [word = '', ...operands] = context.invocation.operands;
  if (word === 'restore') return undoAndTell(context, restored(context, operands));
  if (word !== 'list' && word !== 'empty') {
    throw usage('usage/unknown-action', `"trash" cannot "${word}".`, 'It is one of list, restore, empty.');
  }
  if (operands[0] !== undefined) {
    throw usage('usage/too-many', `"${operands[0]}" is one too many.`, `Write: reprise trash ${word}`);
  }
  return word === 'list' ? list(context) : empty(context);
};

function usage(code: string, message: string, hint: string): AppError {
  return new AppError(code, message, { kind: 'usage', hint });
}

/** Numbers of the list, or the paths that the files came from. */
function restored(context: CommandContext, operands: readonly string[]): UndoSelection {
  if (operands.length === 0) {
    throw usage(
      'usage/too-few',
      '"trash restore" needs to know what.',
      'Name numbers of "reprise trash list", or paths.',
    );
  }
  if (operands.every((word) => /^\d+$/.test(word))) return { kind: 'trashed', numbers: operands.map(entryNumber) };
  return { kind: 'paths', paths: pathsOf(context, operands) };
}

async function list(context: CommandContext): Promise<number> {
  const app = await context.openApp();
  const files = await app.trash();
  if (hasOption(context, 'json')) printJson(context, trashDocument(files));
  else print(context, renderTrash(files, viewOf(context, [])));
  return EXIT.done;
}

/** The only act that ends bytes of a person, so it asks. */
async function empty(context: CommandContext): Promise<number> {
  const span = optionValues(context, 'older-than').at(-1);
  const olderThanMs = span === undefined ? 0 : spanOf('older-than', span);
  const options = filingRun(context);
  const app = await context.openApp();
  const before = context.surroundings.now() - olderThanMs;
  const files = (await app.trash()).filter(({ entry, isThere }) => isThere && entry.at <= before);
  if (files.length > 0 && !options.dryRun) {
    const what = `${counted(files.length, 'file')}, ${sizeText(trashedBytes(files))}`;
    const question = `Delete ${what} for good? This cannot be taken back. [y/N] `;
    if (!(await isConfirmed(context, question, 'Add --yes if the files shall be deleted for good.'))) {
      context.talk.say('Nothing was deleted.');
      return EXIT.done;
    }
  }
  const reports = await app.emptyTrash(olderThanMs, options);
  if (hasOption(context, 'json')) printJson(context, entryReportsDocument(reports, options.dryRun));
  else {
    const did = options.dryRun ? 'would be deleted for good' : 'deleted for good';
    print(context, renderEntryReports(reports, did, viewOf(context, [])));
  }
  return exitCodeOfEntries(reports);
}
