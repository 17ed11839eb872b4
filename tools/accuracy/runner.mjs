// Runs kinds through the product: makes each pair, asks for its verdict, two at a time.
import { createGenerator } from './generate.mjs';
import { openProduct } from './product.mjs';
import { forEachOf } from './programs.mjs';
import { assess, kindFigures } from './score.mjs';

const IN_FLIGHT = 2;

/**
 * The results of the kinds, in their order: `{ kind, figures, results: [{ id, a, b, verdict }] }`.
 * `onKind` is told each as it is done.
 */
export async function runKinds(kinds, { half, root, limit, onKind = () => {} }) {
  const generator = await createGenerator(half, root);
  await using product = await openProduct(root);
  const done = [];
  for (const kind of kinds) {
    const pairs = await generator.pairsOf(kind, limit);
    const results = await forEachOf(pairs, IN_FLIGHT, async ({ id, make }) => {
      const { a, b } = await make();
      return { id, a, b, verdict: await product.verdict(a, b) };
    });
    done.push({ kind, results, figures: kindFigures(kind, results) });
    onKind(done.at(-1));
  }
  return done;
}

/** What went wrong in a kind, for those who look into it: paths, verdict, reasons, figures. */
export function* wrongPairs({ kind, results }) {
  for (const { a, b, verdict } of results) {
    const judged = assess(kind, verdict);
    const trouble = judged.false ? 'FALSE' : judged.missed ? 'missed' : judged.right ? undefined : 'misnamed';
    if (!trouble) continue;
    const { relation, coherence, overlapSeconds, speedRatio, bitErrorRate, reasons, evidence } = verdict;
    yield [
      `  ${trouble}: ${relation}, coherence ${coherence}, overlap ${overlapSeconds} s, speed ${speedRatio}, BER ${bitErrorRate}`,
      `    a ${a}`,
      `    b ${b}`,
      ...reasons.map((reason) => `    ${reason}`),
      ...(evidence ? [`    ${JSON.stringify(evidence)}`] : []),
    ].join('\n');
  }
}
