import { type CommandRun, hasOption, print, printJson, viewOf } from '../context.ts';
import { scanDocument } from '../documents.ts';
import { EXIT } from '../exit-codes.ts';
import { pathsOf } from '../operands.ts';
import { renderFailures } from '../render/failures.ts';
import { scanSentence } from '../render/reports.ts';

export const runScan: CommandRun = async (context) => {
  const { talk, invocation, resolved } = context;
  const app = await context.openApp();
  const paths = pathsOf(context, invocation.operands);
  const report = await app.scan(paths, context.run);
  const view = viewOf(context, paths.length > 0 ? paths : resolved.settings.roots);
  if (hasOption(context, 'json')) printJson(context, scanDocument(report));
  else {
    print(context, [scanSentence(report)]);
    const lines = renderFailures(report.failures, talk.verbosity > 0, { ...view, style: talk.style });
    for (const line of lines) talk.say(line);
  }
  return report.failed > 0 ? EXIT.someFailed : EXIT.done;
};
