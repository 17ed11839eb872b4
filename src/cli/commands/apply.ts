import { type Plan, readPlan } from '#filing';
import { AppError, type BytePath, displayPath } from '#kernel';
import type { CommandContext, CommandRun } from '../context.ts';
import { applyAndTell } from '../filing-run.ts';
import { pathsOf } from '../operands.ts';

export const runApply: CommandRun = async (context) => {
  const [file = ''] = context.invocation.operands;
  return applyAndTell(context, await planIn(context, file));
};

/** Reads a plan's file; `-` is standard input. @throws AppError `files/…`, `plan/…`, which name it */
export async function planIn(context: CommandContext, file: string): Promise<Plan> {
  const [path] = file === '-' ? [] : (pathsOf(context, [file]) as [BytePath]);
  const text = await context.surroundings.readText(path);
  try {
    return readPlan(text);
  } catch (error) {
    if (!(error instanceof AppError) || path === undefined) throw error;
    const { code, kind, hint, cause, message } = error;
    const named = `${displayPath(path)}: ${message}`;
    throw new AppError(code, named, { kind, ...(hint !== undefined && { hint }), cause });
  }
}
