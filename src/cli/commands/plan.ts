import { planDocument } from '#filing';
import { AppError } from '#kernel';
import { type CommandRun, hasOption, print, printJson, viewOf } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { renderPlan } from '../render/plan.ts';
import { planIn } from './apply.ts';

export const runPlan: CommandRun = async (context) => {
  const [word = '', file = ''] = context.invocation.operands;
  if (word !== 'show') {
    throw new AppError('usage/unknown-action', `"plan" cannot "${word}".`, {
      kind: 'usage',
      hint: 'Write: reprise plan show PLAN',
    });
  }
  const plan = await planIn(context, file);
  if (hasOption(context, 'json')) printJson(context, planDocument(plan));
  else print(context, renderPlan(plan, plan.items.length, viewOf(context, plan.roots)));
  return EXIT.done;
};
