import type { BytePath } from '#kernel';
import { type CommandRun, hasOption, print, printJson, viewOf } from '../context.ts';
import { verdictDocument } from '../documents.ts';
import { EXIT } from '../exit-codes.ts';
import { pathsOf } from '../operands.ts';
import { renderVerdict } from '../render/verdict.ts';

export const runCompare: CommandRun = async (context) => {
  const app = await context.openApp();
  const [a, b] = pathsOf(context, context.invocation.operands) as [BytePath, BytePath];
  const verdict = await app.compare(a, b, context.run);
  if (hasOption(context, 'json')) printJson(context, verdictDocument(a, b, verdict));
  else print(context, renderVerdict(a, b, verdict, viewOf(context, []), context.talk.verbosity > 0));
  return EXIT.done;
};
