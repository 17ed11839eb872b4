// node --conditions=source tools/sketch-check.mts LIBRARY
//
// Holds what sketches decide against the judge that decodes, on every candidate pair of a library. Prints how often they
// decide, by the judge's relation, and what a pair takes either way. Exit code 1: they disagree on a pair.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openCatalogue } from '../src/adapters/sqlite/index.ts';
import { createSoundWorkers } from '../src/adapters/workers/index.ts';
import { match } from '../src/catalogue/match.ts';
import type { SoundWorkers } from '../src/catalogue/ports.ts';
import { displayPath, noProgress, pathFromBytes, systemClock } from '../src/kernel/index.ts';
import { openSearch } from '../src/main/wire.ts';
import type { Verdict } from '../src/matching/index.ts';

const PARTLY_DONE = 3;
const root = path.resolve(import.meta.dirname, '..');
const library = process.argv[2];
if (library === undefined) throw new Error('Which library?');
const data = mkdtempSync(path.join(tmpdir(), 'reprise-sketch-'));
const tally = new Map<string, { pairs: number; same: number; different: number }>();
const time = { sketches: 0, sounds: 0 };
let disagreements = 0;

await using real = createSoundWorkers({
  entry: path.join(root, 'dist/program/worker.js'),
  width: 1,
  filesPerChild: Number.POSITIVE_INFINITY,
  producer: '',
  secondsPerFile: 300,
  memoryBytes: 2 ** 30,
});
// One pair at a time: what the sketches said last is about the pair that is decoded next.
let said: Verdict | undefined;
const timed = async <T,>(what: keyof typeof time, work: Promise<T>): Promise<T> => {
  const start = performance.now();
  const result = await work;
  time[what] += performance.now() - start;
  return result;
};
const workers: Pick<SoundWorkers, 'width' | 'judge' | 'judgeSketches' | 'liken'> = {
  width: 1,
  liken: async () => undefined,
  judgeSketches: async (pair, options) => {
    said = await timed('sketches', real.judgeSketches(pair, options));
    return undefined;
  },
  judge: async (pair, options) => {
    const verdict = await timed('sounds', real.judge(pair, options));
    const row = tally.get(verdict.relation) ?? { pairs: 0, same: 0, different: 0 };
    tally.set(verdict.relation, row);
    row.pairs++;
    if (said?.relation === 'same-recording') row.same++;
    else if (said) row.different++;
    if (said && (said.relation !== verdict.relation || said.truncated !== verdict.truncated)) {
      disagreements++;
      console.error(
        `${said.relation}, judged ${verdict.relation}: ${displayPath(pair.a.path)} | ${displayPath(pair.b.path)}`,
      );
    }
    return verdict;
  },
};

try {
  const scan = [path.join(root, 'dist/program/cli.js'), 'scan', library, '--data', data, '--no-progress'];
  const { status } = spawnSync(process.execPath, scan, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0 && status !== PARTLY_DONE) throw new Error(`scan ended with ${status}`);
  const file = pathFromBytes(Buffer.from(path.join(data, 'catalogue.sqlite')));
  await using store = await openCatalogue(file, { clock: systemClock, owner: 'sketch-check' });
  const search = openSearch({
    data: pathFromBytes(Buffer.from(data)),
    workers: 2,
    match: { expectedFalse: 0, memoryMegabytes: 1024 },
  });
  await match(
    { store, workers, search, clock: systemClock },
    { signal: new AbortController().signal, progress: noProgress },
  );
} finally {
  rmSync(data, { recursive: true, force: true });
}
console.table(Object.fromEntries([...tally].sort()));
const pairs = [...tally.values()].reduce((sum, row) => sum + row.pairs, 0);
const each = (total: number): string => `${(total / pairs).toFixed(1)} ms`;
console.log(
  `${pairs} pairs, ${disagreements} disagreements; by sketches ${each(time.sketches)} a pair, by sounds ${each(time.sounds)}`,
);
process.exitCode = disagreements > 0 ? 1 : 0;
