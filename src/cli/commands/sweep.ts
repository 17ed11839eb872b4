import type { SweepReport, SweepRequest } from '#sweep';
import { type CommandContext, type CommandRun, viewOf } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { threadsOf } from '../pace.ts';
import { propose, wantedPlanFile } from '../propose.ts';
import { renderFailures } from '../render/failures.ts';
import { skippedLines, sweepSentence } from '../render/sweep.ts';
import { sweepRequest } from '../sweep-request.ts';

export const runSweep: CommandRun = async (context) => {
  const { talk, log } = context;
  const request = sweepRequest(context);
  const threads = threadsOf(context);
  const file = await wantedPlanFile(context);
  const report = await plan(context, request, threads);
  const { summary, skipped, failures } = report;
  talk.say(talk.style.faint(sweepSentence(summary)));
  const figures = Object.entries(summary).filter(([, figure]) => figure !== null) as [string, number][];
  log('info', 'sweep.planned', { plan: report.plan.id, ...Object.fromEntries(figures) });
  for (const { path, code, message } of failures) log('warning', 'file.failed', { path, code, reason: message });
  const { references, sources, output } = request;
  const roots = [...references, ...sources, ...(output === null ? [] : [output])];
  const view = { ...viewOf(context, roots), style: talk.style };
  const notes = [
    ...skippedLines(skipped, talk.verbosity > 0, view),
    ...renderFailures(failures, talk.verbosity > 0, view),
  ];
  const more = { summary, skipped, failures };
  const code = await propose(context, { plan: report.plan, more, notes, roots }, file);
  return code === EXIT.done && failures.length > 0 ? EXIT.someFailed : code;
};

/** The library is closed again before anything is applied. */
async function plan(
  { surroundings, resolved, run, talk }: CommandContext,
  request: SweepRequest,
  threads: number | undefined,
): Promise<SweepReport> {
  await using app = await surroundings.createSweepApp(resolved, talk.warn);
  return await app.planSweep(request, {
    ...run,
    ...(threads !== undefined && { threads }),
    onTrouble: talk.warn,
  });
}
