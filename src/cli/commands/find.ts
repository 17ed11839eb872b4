import type { GroupsDocument } from '#review';
import type { FindReport } from '../app.ts';
import { type CommandContext, type CommandRun, hasOption, print, printJson, viewOf } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { pathsOf } from '../operands.ts';
import { renderFailures } from '../render/failures.ts';
import { renderGroups, renderTotals } from '../render/groups.ts';
import { matchSentence, pairFailures, scanSentence } from '../render/reports.ts';

/** How many groups a person wants to see before being asked. */
const SHOWN_GROUPS = 20;

export const runFind: CommandRun = async (context) => {
  const app = await context.openApp();
  const paths = pathsOf(context, context.invocation.operands);
  const report = await app.find(paths, { ...context.run, againstAll: hasOption(context, 'against-all') });
  const { groups: document } = report;
  if (hasOption(context, 'json')) printJson(context, document);
  else show(context, report, paths.length > 0 ? paths : context.resolved.settings.roots);
  return exitCodeFor(context, report);
};

function show(context: CommandContext, { scan, match, groups }: FindReport, roots: CommandPaths): void {
  const { talk, log } = context;
  const view = viewOf(context, roots);
  const limit = hasOption(context, 'all') ? groups.groups.length : SHOWN_GROUPS;
  for (const line of [scanSentence(scan), matchSentence(match)]) {
    talk.say(talk.style.faint(line));
    log('info', 'stage.done', { summary: line });
  }
  talk.say('');
  const shown = Math.min(limit, groups.groups.length);
  print(context, [...renderGroups(groups, limit, view), ...renderTotals(groups, shown, view)]);
  for (const line of renderFailures(groups.failures, talk.verbosity > 0, { ...view, style: talk.style }))
    talk.say(line);
  for (const line of pairFailures(match)) talk.say(talk.style.warning(line));
  for (const line of nextSteps(groups, shown)) talk.say(talk.style.faint(line));
}

type CommandPaths = CommandContext['resolved']['settings']['roots'];

function nextSteps({ groups }: GroupsDocument, shown: number): string[] {
  if (groups.length === 0) return [];
  return [
    '',
    'Nothing was changed. What next:',
    ...(shown < groups.length ? ['  reprise find --all …     print every group'] : []),
    '  reprise compare A B      why two files are, or are not, the same',
    '  reprise info FILE        all about one file',
    '  reprise groups           the whole catalogue; --under, --min-bytes, --relation',
    '  reprise keep             which of these could go, and why; changes nothing by itself',
  ];
}

/** What could not be done weighs more than duplicates that were found. */
function exitCodeFor(context: CommandContext, { groups: { groups, failures }, match }: FindReport): number {
  if (failures.length + match.failures.length > 0) return EXIT.someFailed;
  return groups.length > 0 && hasOption(context, 'fail-on-found') ? EXIT.found : EXIT.done;
}
