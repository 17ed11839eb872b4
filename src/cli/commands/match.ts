import type { App } from '../app.ts';
import { type CommandContext, type CommandRun, hasOption, print, printJson } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { type WantedExport, wantedExport } from '../pair-export.ts';
import { wantedPicture } from '../picture.ts';
import { renderHistogram } from '../render/histogram.ts';
import { matchSentence, pairFailures } from '../render/reports.ts';
import { countSimilarity, noSimilarities, type Similarities, totalsOf } from '../similarities.ts';

export const runMatch: CommandRun = async (context) => {
  const [picture, wanted] = [await wantedPicture(context), await wantedExport(context)];
  const wantsHistogram = hasOption(context, 'histogram');
  const app = await context.openApp();
  const report = await app.match({ ...context.run, speeds: hasOption(context, 'speeds') });
  const counts = picture || wanted || wantsHistogram ? await goThrough(app, context, wanted) : undefined;
  const shown = wantsHistogram ? counts : undefined;
  if (wanted?.isPrinted) context.talk.say(matchSentence(report));
  else if (hasOption(context, 'json')) printJson(context, { v: 1, ...report, ...(shown && histogramFields(shown)) });
  else print(context, [matchSentence(report), ...(shown ? ['', ...renderHistogram(shown, context.style)] : [])]);
  if (picture && counts) {
    const { drawHistogram } = await import('#picture');
    const { histogramPicture } = await import('../render/histogram-picture.ts');
    picture.write(drawHistogram(histogramPicture(counts)));
  }
  for (const line of pairFailures(report)) context.talk.say(context.talk.style.warning(line));
  return report.failures.length > 0 ? EXIT.someFailed : EXIT.done;
};

/** Reads every recorded pair once: into the export, where one is wanted, and into the histogram. */
async function goThrough(app: App, context: CommandContext, wanted: WantedExport | undefined): Promise<Similarities> {
  const counts = noSimilarities();
  using sink = wanted?.open();
  for await (const pairs of app.pairs(context.run)) {
    for (const pair of pairs) countSimilarity(counts, pair);
    sink?.add(pairs);
  }
  sink?.finish();
  return counts;
}

function histogramFields(counts: Similarities): object {
  return { histogram: totalsOf(counts), histogramByKind: counts };
}
