// What ten million recorded comparisons cost: written commit by commit, opened again, weighed and grouped.
import path from 'node:path';
import { measure } from './measure.mjs';
import { DIST, withData } from './reprise.mjs';

const SCRIPT = path.join(import.meta.dirname, 'comparisons-part.mjs');
const COMETA = { elapsed: 36.6, bytes: 840 };

async function part(half, file) {
  return JSON.parse((await measure(process.execPath, [SCRIPT, DIST, half, file])).stdout);
}

/** Ten million comparisons of a million sounds. */
export async function benchComparisons() {
  return withData(async (data) => {
    const file = path.join(data, 'catalogue.sqlite');
    const { written, bytes } = await part('write', file);
    const read = await part('read', file);
    const row = (label, { elapsed, cpu, rss }) => [label, elapsed.toFixed(1), cpu.toFixed(1), Math.round(rss)];
    const { loaded, weighed, grouped, rated } = read;
    const sum = (field) => [loaded, weighed, grouped, rated].reduce((total, step) => total + step[field], 0);
    return {
      title: 'Recorded comparisons',
      about: `${read.records.toLocaleString('en')} comparisons of a million sounds, three in ten of them the same recording, in groups of seven; sounds are made up, for nothing is decoded here. Commits of a thousand. On disk ${bytes.toFixed(2)} bytes a comparison, in memory 24 beside the sounds' names. Cometa needed ${COMETA.elapsed} s and ${COMETA.bytes} bytes a comparison to load as many alone, on its author's machine. CPU counts: what else the machine had to do shows in the elapsed time. Bars: 24 bytes and 2 %, read and grouped in 30 s of CPU and 1.5 GB.`,
      tables: [
        {
          head: ['', 'elapsed s', 'CPU s', 'RSS afterwards, MiB'],
          rows: [
            row('written', written),
            row('opened and read', loaded),
            row('weighed against chance', weighed),
            row('grouped', grouped),
            row('false rates of the groups', rated),
            [
              '**read, weighed and grouped**',
              sum('elapsed').toFixed(1),
              sum('cpu').toFixed(1),
              `${Math.round(read.peak)} at most`,
            ],
          ],
        },
      ],
    };
  });
}
