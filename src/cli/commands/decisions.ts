import { AppError, type BytePath } from '#kernel';
import { type CommandContext, type CommandRun, hasOption, print, printJson, viewOf } from '../context.ts';
import { jsonOf } from '../documents.ts';
import { EXIT } from '../exit-codes.ts';
import { pathsOf } from '../operands.ts';
import { importNotices, importSentence, overruledSentences, renderDecisions } from '../render/decisions.ts';
import { safeText } from '../terminal/safe-text.ts';
import { counted } from '../terminal/units.ts';
import { showDecided } from './decide.ts';

interface Action {
  /** What stands behind its name: `FILE`. */
  readonly form: string;
  /** How many operands it takes, both ends included. */
  readonly count: readonly [min: number, max: number];
  readonly run: (context: CommandContext, operands: readonly string[]) => Promise<number>;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  list: { form: '', count: [0, 0], run: list },
  revoke: { form: 'N, or A B', count: [1, 2], run: revoke },
  export: { form: 'FILE', count: [1, 1], run: exportTo },
  import: { form: 'FILE', count: [1, 1], run: importFrom },
};

export const runDecisions: CommandRun = async (context) => {
  const [word = '', ...operands] = context.invocation.operands;
  const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
  if (!action) {
    throw usage(
      'usage/unknown-action',
      `"decisions" cannot "${word}".`,
      `It is one of ${Object.keys(ACTIONS).join(', ')}.`,
    );
  }
  const [min, max] = action.count;
  const form = `Write: reprise decisions ${word} ${action.form}`.trimEnd();
  if (operands.length < min) throw usage('usage/too-few', `"decisions ${word}" needs more.`, form);
  if (operands.length > max) throw usage('usage/too-many', `"${operands[max]}" is one too many.`, form);
  return action.run(context, operands);
};

function usage(code: string, message: string, hint: string): AppError {
  return new AppError(code, message, { kind: 'usage', hint });
}

async function list(context: CommandContext): Promise<number> {
  const app = await context.openApp();
  const document = await app.decisions(context.run);
  if (hasOption(context, 'json')) printJson(context, document);
  else print(context, renderDecisions(document, viewOf(context, [])));
  return EXIT.done;
}

async function revoke(context: CommandContext, operands: readonly string[]): Promise<number> {
  const app = await context.openApp();
  const [one = '', other] = operands;
  if (other === undefined) showDecided(context, await app.revokeDecision(numberOf(one), context.run));
  else {
    const [a, b] = pathsOf(context, [one, other]) as [BytePath, BytePath];
    showDecided(context, await app.revokePair(a, b, context.run));
  }
  return EXIT.done;
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  const hint = 'Name a number of "reprise decisions list", or two files.';
  throw usage('usage/bad-value', `"${text}" is no number of a decision.`, hint);
}

async function exportTo(context: CommandContext, [target = '']: readonly string[]): Promise<number> {
  const app = await context.openApp();
  const document = await app.exportDecisions(context.run);
  if (target === '-') {
    printJson(context, document);
    return EXIT.done;
  }
  const [path] = pathsOf(context, [target]) as [BytePath];
  const file = await context.surroundings.openTextFile(path, 'exclusive');
  try {
    file.write(jsonOf(document));
  } finally {
    file.close();
  }
  const count = document.decisions.length;
  if (hasOption(context, 'json')) printJson(context, { v: 1, file: path, decisions: count });
  else print(context, [`Wrote ${counted(count, 'decision')}, all that was ever said, to ${safeText(path)}.`]);
  return EXIT.done;
}

/** Ends with "some failed" where an entry was not taken. */
async function importFrom(context: CommandContext, [source = '']: readonly string[]): Promise<number> {
  const [path] = source === '-' ? [] : pathsOf(context, [source]);
  const text = await context.surroundings.readText(path);
  const app = await context.openApp();
  const report = await app.importDecisions(text, context.run);
  if (hasOption(context, 'json')) printJson(context, { v: 1, ...report });
  else print(context, [importSentence(report)]);
  const { talk, log } = context;
  for (const { entry, code, message } of report.failures) log('warning', 'import.failed', { entry, code, message });
  // Also with --quiet: what was not taken is an error.
  for (const line of importNotices(report)) talk.say(talk.style.warning(line), -1);
  for (const line of overruledSentences(report.overruled)) talk.say(talk.style.warning(line));
  return report.failures.length > 0 ? EXIT.someFailed : EXIT.done;
}
