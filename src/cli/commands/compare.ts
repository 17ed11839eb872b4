import type { PairPortrait } from '#catalogue';
import type { BytePath } from '#kernel';
import type { ExplainedVerdict } from '../app.ts';
import { type CommandContext, type CommandRun, hasOption, print, printJson, viewOf } from '../context.ts';
import { comparisonDocument } from '../documents.ts';
import { EXIT } from '../exit-codes.ts';
import { pathsOf } from '../operands.ts';
import { wantedPicture } from '../picture.ts';
import { renderVerdict } from '../render/verdict.ts';

export const runCompare: CommandRun = async (context) => {
  const picture = await wantedPicture(context);
  const app = await context.openApp();
  const [a, b] = pathsOf(context, context.invocation.operands) as [BytePath, BytePath];
  let portrait: PairPortrait | undefined;
  const onPortrait = (measured: PairPortrait): void => {
    portrait = measured;
  };
  const { verdict, evidence } = await app.compare(a, b, { ...context.run, ...(picture && { onPortrait }) });
  show(context, a, b, { verdict, evidence });
  if (picture && portrait) {
    const { drawPair } = await import('#picture');
    const { pairPicture } = await import('../render/pictures.ts');
    picture.write(drawPair(pairPicture(a, b, verdict, portrait)));
  }
  return EXIT.done;
};

function show(context: CommandContext, a: BytePath, b: BytePath, explained: ExplainedVerdict): void {
  if (hasOption(context, 'json')) printJson(context, comparisonDocument(a, b, explained));
  else print(context, renderVerdict(a, b, explained, viewOf(context, []), context.talk.verbosity > 0));
}
