import type { App, JudgedPair } from '../app.ts';
import { type CommandContext, type CommandRun, hasOption, optionValues, print, printJson } from '../context.ts';
import { jsonLineOf, pairDocument } from '../documents.ts';
import { EXIT } from '../exit-codes.ts';
import { pathsOf } from '../operands.ts';
import { renderHistogram } from '../render/histogram.ts';
import { matchSentence, pairFailures } from '../render/reports.ts';

/** Similarities in steps of 5 per cent; the last counts pairs of which it is not known. */
const STEPS = 20;

export const runMatch: CommandRun = async (context) => {
  const app = await context.openApp();
  const report = await app.match(context.run);
  const target = optionValues(context, 'export').at(-1);
  const wantsHistogram = hasOption(context, 'histogram');
  const histogram = target !== undefined || wantsHistogram ? await goThrough(app, context, target) : undefined;
  const shown = wantsHistogram ? histogram : undefined;
  if (hasOption(context, 'json')) printJson(context, { v: 1, ...report, ...(shown && { histogram: shown }) });
  else print(context, [matchSentence(report), ...(shown ? ['', ...renderHistogram(shown, context.style)] : [])]);
  for (const line of pairFailures(report)) context.talk.say(context.talk.style.warning(line));
  return report.failures.length > 0 ? EXIT.someFailed : EXIT.done;
};

/** Reads every judged pair once: into the file, where one is wanted, and into the histogram. */
async function goThrough(app: App, context: CommandContext, target: string | undefined): Promise<number[]> {
  const counts = new Array<number>(STEPS + 1).fill(0);
  const [path] = target === undefined ? [] : pathsOf(context, [target]);
  const file = path === undefined ? undefined : await context.surroundings.openTextFile(path, 'exclusive');
  try {
    for await (const pairs of app.pairs(context.run)) {
      for (const pair of pairs) count(counts, pair);
      file?.write(pairs.map((pair) => jsonLineOf(pairDocument(pair))).join(''));
    }
  } finally {
    file?.close();
  }
  return counts;
}

function count(counts: number[], { verdict }: JudgedPair): void {
  const { similarity } = verdict;
  const step = similarity === null ? STEPS : Math.min(STEPS - 1, Math.floor(similarity * STEPS));
  counts[step] = (counts[step] ?? 0) + 1;
}
