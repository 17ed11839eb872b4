// node tools/accuracy-kinds.mjs [--half testing|tuning] [--kind NAME,…] [--limit N] [--verbose]
//
// Variants against their originals, kind by kind, judged by the built product (`npm run build` first). Testing is for
// measuring alone; constants are chosen with --half tuning. --verbose shows every wrong pair with its paths and reasons.
import { parseArgs } from 'node:util';
import { kindsNamed } from './accuracy/generate.mjs';
import { HALVES } from './accuracy/originals.mjs';
import { kindHead, kindRow } from './accuracy/report.mjs';
import { runKinds, wrongPairs } from './accuracy/runner.mjs';
import { corpusFolder, prepareMusic } from './corpus/prepare.mjs';

function options() {
  const { values } = parseArgs({
    options: {
      half: { type: 'string', default: 'testing' },
      kind: { type: 'string', multiple: true },
      limit: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  if (!HALVES[values.half]) throw new Error(`--half is ${Object.keys(HALVES).join(' or ')}`);
  return { ...values, limit: values.limit ? Number(values.limit) : undefined };
}

async function main() {
  const { half, kind, limit, verbose } = options();
  const root = corpusFolder();
  const missing = prepareMusic(root);
  if (missing) {
    console.error(`\nSKIPPED: the kinds were not measured: ${missing}.\n`);
    return 3;
  }
  console.log(kindHead());
  await runKinds(kindsNamed(kind), {
    half,
    root,
    limit,
    onKind: (done) => {
      console.log(kindRow(done.figures));
      if (verbose) for (const words of wrongPairs(done)) console.log(words);
    },
  });
  return 0;
}

process.exitCode = await main();
