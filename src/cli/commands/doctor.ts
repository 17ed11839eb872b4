import { type CommandRun, hasOption, print, printJson } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { renderDiagnosis } from '../render/reports.ts';

/** Ends with "some failed" where something is bad, so that a script can ask. */
export const runDoctor: CommandRun = async (context) => {
  const diagnosis = await context.surroundings.diagnose(context.resolved);
  if (hasOption(context, 'json')) printJson(context, { v: 1, ...diagnosis });
  else print(context, renderDiagnosis(diagnosis, context.style));
  return diagnosis.checks.some(({ state }) => state === 'bad') ? EXIT.someFailed : EXIT.done;
};
