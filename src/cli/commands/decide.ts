import { AppError, type BytePath } from '#kernel';
import type { DecisionWord } from '#matching';
import type { Decided } from '../app.ts';
import { type CommandContext, type CommandRun, hasOption, print, printJson, viewOf } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { pathsOf } from '../operands.ts';
import { decidedNotices, renderDecided } from '../render/decisions.ts';

const WORDS: readonly DecisionWord[] = ['same', 'different', 'ask'];

export const runDecide: CommandRun = async (context) => {
  const [a = '', b = '', text = ''] = context.invocation.operands;
  const word = wordOf(text);
  const app = await context.openApp();
  const [one, other] = pathsOf(context, [a, b]) as [BytePath, BytePath];
  showDecided(context, await app.decide(one, other, word, context.run));
  return EXIT.done;
};

function wordOf(text: string): DecisionWord {
  const word = WORDS.find((known) => known === text);
  if (word) return word;
  throw new AppError('usage/bad-value', `"${text}" is no decision.`, {
    kind: 'usage',
    hint: `Say one of ${WORDS.join(', ')} after the two files: reprise decide A B same.`,
  });
}

/** What a word did, and what to know about it. */
export function showDecided(context: CommandContext, decided: Decided): void {
  const { talk } = context;
  const view = viewOf(context, [context.surroundings.machine().workingFolder as BytePath]);
  if (hasOption(context, 'json')) printJson(context, { v: 1, ...decided });
  else print(context, renderDecided(decided, view));
  for (const line of decidedNotices(decided, view)) talk.say(talk.style.warning(line));
  const { n, word, a, b } = decided;
  if (n !== null) context.log('info', 'decision.recorded', { n, word, a: a ?? '', b: b ?? '' });
}
