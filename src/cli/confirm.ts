/** Acts that a person has to agree to. */
import { AppError } from '#kernel';
import { type CommandContext, hasOption } from './context.ts';

/** Where nobody can be asked, `--yes` must stand for the answer. @param hint what to add it for. @throws AppError `usage/needs-yes` */
export function assertCanConfirm(context: CommandContext, hint: string): void {
  if (hasOption(context, 'yes') || context.surroundings.ask !== undefined) return;
  throw new AppError('usage/needs-yes', 'Nobody is there to be asked.', { kind: 'usage', hint });
}

/** Asks, unless `--yes` has answered. Everything but a yes is a no. @throws AppError `usage/needs-yes` */
export async function isConfirmed(context: CommandContext, question: string, hint: string): Promise<boolean> {
  assertCanConfirm(context, hint);
  if (hasOption(context, 'yes')) return true;
  context.talk.clear();
  return /^y(es)?$/i.test(((await context.surroundings.ask?.(question)) ?? '').trim());
}
