// npm run fakes -- [--half tuning|testing] [--limit N] [--record] [--verbose]
//   How many genuine lossless files are called made from a lossy one, of which none may be, and how many fakes are seen.
//   Constants are chosen on "tuning"; --record writes the section of docs/accuracy.md from "testing".
//
// Exit code 1: a genuine file is accused. 3: the music cannot be had here, which is said loudly.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { kindsOf } from './accuracy/fakes.mjs';
import { forEachOf } from './accuracy/programs.mjs';
import { record } from './accuracy/record.mjs';
import { table } from './accuracy/report.mjs';
import { corpusFolder, prepareMusic } from './corpus/prepare.mjs';

const dist = path.resolve(import.meta.dirname, '../dist');
const NOT_HAD = 3;
const IN_FLIGHT = 2;
const DEEP_DB = 40;

/** What a scan measures of a file, by the product as it is built. */
async function openMeter() {
  const [{ createNodeAvDecoder, createFfmpegDecoder }, { openFile }, { createEvidenceMeter }, audio] =
    await Promise.all(
      ['adapters/decoder', 'adapters/files', 'signal', 'audio'].map(
        (module) => import(path.join(dist, module, 'index.js')),
      ),
    );
  const decoder = (await createNodeAvDecoder()) ?? (await createFfmpegDecoder());
  return async (file) => {
    using handle = openFile(file);
    const meter = createEvidenceMeter();
    const { stream } = await decoder.decode(handle, { samples: (block) => meter.push(block) });
    const evidence = meter.finish(stream);
    return {
      ...evidence,
      wall: evidence.bands && audio.wallOf(evidence.bands),
      used: audio.usedResolution({ stream, evidence }),
    };
  };
}

function row({ name, results }) {
  const count = (is) => results.filter(is).length;
  const depths = results.map(({ wall }) => wall?.depthDb ?? 0).sort((a, b) => a - b);
  return [
    name,
    results.length,
    count(({ codedAs }) => codedAs !== null),
    count(({ wall }) => (wall?.depthDb ?? 0) >= DEEP_DB),
    `${depths[depths.length >> 1]} (${depths[0]} – ${depths.at(-1)})`,
  ];
}

const HEAD = ['files', 'called fake', `wall of ${DEEP_DB} dB`, 'depth of the wall, dB: middle (least – most)'];

async function main() {
  const { values } = parseArgs({
    options: {
      half: { type: 'string', default: 'testing' },
      limit: { type: 'string' },
      record: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  const missing = prepareMusic();
  if (missing) {
    console.error(`\nSKIPPED: genuine and fake lossless files were not measured: ${missing}.\n`);
    return NOT_HAD;
  }
  const measure = await openMeter();
  const done = [];
  for (const kind of kindsOf(values.half, corpusFolder(), values.limit && Number(values.limit))) {
    const results = await forEachOf(kind.files, IN_FLIGHT, async (make) => {
      const file = await make();
      return { file, ...(await measure(file)) };
    });
    done.push({ ...kind, results });
    console.log(row(done.at(-1)).join(' | '));
    if (values.verbose)
      for (const one of results) if ((one.codedAs === null) === kind.isFake) console.log(`  ${one.file}`);
  }
  const [genuine, fakes] = [false, true].map((isFake) => done.filter((kind) => kind.isFake === isFake));
  const files = genuine.flatMap(({ results }) => results);
  const accused = files.filter(({ codedAs }) => codedAs !== null);
  const text = [
    `### fakes: ${files.length} genuine lossless files, ${accused.length} called fake`,
    'Music of the testing half that was never lossy (`npm run fakes -- --record`). A file is called fake when its samples lie on the grid of a lossy coder; a wall alone, however deep, proves nothing, as the genuine ones below show.',
    table(['genuine', ...HEAD], genuine.map(row)),
    'Coded, decoded and written as FLAC of 16 bits. What is not called fake stays undecided.',
    table(['fake', ...HEAD], fakes.map(row)),
  ].join('\n\n');
  console.log(`\n${text}`);
  if (values.record) record({ fakes: text });
  return accused.length > 0 ? 1 : 0;
}

process.exitCode = await main();
