import { type CommandContext, type CommandRun, hasOption, optionValues, print, printJson, viewOf } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { JournalFilter } from '../filing-app.ts';
import { journalDocument } from '../filing-documents.ts';
import { momentOf } from '../moments.ts';
import { renderJournal } from '../render/filing.ts';
import { counted } from '../terminal/units.ts';

/** What a person sees without asking for more. Chosen: two screens. */
const SHOWN = 50;

export const runJournal: CommandRun = async (context) => {
  const app = await context.openApp();
  const entries = await app.journal(filterOf(context));
  if (hasOption(context, 'json')) {
    printJson(context, journalDocument(entries));
    return EXIT.done;
  }
  const shown = hasOption(context, 'all') ? entries : entries.slice(-SHOWN);
  print(context, renderJournal(shown, viewOf(context, [])));
  const left = entries.length - shown.length;
  if (left > 0) context.talk.say(context.talk.style.faint(`${counted(left, 'older entry', 'older entries')}: --all`));
  return EXIT.done;
};

function filterOf(context: CommandContext): JournalFilter {
  const plan = optionValues(context, 'plan').at(-1);
  const since = optionValues(context, 'since').at(-1);
  return {
    ...(plan !== undefined && { plan }),
    ...(since !== undefined && { since: momentOf('since', since, context.surroundings.now()) }),
  };
}
