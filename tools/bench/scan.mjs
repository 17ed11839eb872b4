// The scan of long files: against the fingerprinter and the decoder people know, with one and two workers, in memory.
import path from 'node:path';
import { interleaved, measure, median, medianOf, ratio } from './measure.mjs';
import { freshScan } from './reprise.mjs';

/** Debian's takes the end of a file for an error, yet prints the whole fingerprint; without `-ignore-errors` it would stop there. */
export const fpcalc = (files) => measure('fpcalc', ['-ignore-errors', '-length', '0', ...files], { accept: [0, 3] });

/** The plainest decoding: every sample is made, none is kept. */
const decode = (files) => {
  const each = 'for f; do ffmpeg -nostdin -v error -threads 1 -i "$f" -map 0:a:0 -f null - || exit 1; done';
  return measure('sh', ['-c', each, 'sh', ...files]);
};

const milli = (seconds) => (1000 * seconds).toFixed(2);
const times = (value) => `${value.toFixed(2)} ×`;

/** CPU per second of sound, by format. */
export async function benchScan({ sounds, rounds }) {
  const rows = [];
  for (const [format, { folder, files, seconds }] of Object.entries(sounds)) {
    const results = await interleaved(
      { fpcalc: () => fpcalc(files), ffmpeg: () => decode(files), scan: () => freshScan(folder) },
      rounds,
    );
    const cost = (name) => milli(medianOf(results, name) / seconds);
    rows.push([
      format,
      cost('ffmpeg'),
      cost('fpcalc'),
      cost('scan'),
      times(ratio(results, 'scan', 'fpcalc')),
      times(ratio(results, 'scan', 'ffmpeg')),
    ]);
    console.error(`bench: scan ${format} done`);
  }
  return {
    title: 'Scan',
    about:
      'CPU milliseconds per second of sound. `fpcalc -length 0` decodes and makes one fingerprint; `ffmpeg -f null` only decodes; a scan decodes, makes the fingerprint at four phases, hashes bytes, payload and samples, measures levels and integrity, reads tags and writes the catalogue, starting included. Bar: at most 2.0 × fpcalc.',
    tables: [{ head: ['format', 'ffmpeg', 'fpcalc', 'scan', 'scan : fpcalc', 'scan : ffmpeg'], rows }],
  };
}

/** All long files at once, with one worker and with two. */
export async function benchWorkers({ sounds, rounds }) {
  const all = path.dirname(sounds.mp3.folder);
  const results = await interleaved(
    { one: () => freshScan(all, { workers: 1 }), two: () => freshScan(all, { workers: 2 }) },
    rounds,
  );
  const seconds = Object.values(sounds).reduce((sum, each) => sum + each.seconds, 0);
  const row = (label, name) => [
    label,
    medianOf(results, name, 'elapsed').toFixed(1),
    medianOf(results, name).toFixed(1),
    `${Math.round(seconds / medianOf(results, name, 'elapsed'))} ×`,
  ];
  return {
    title: 'Workers',
    about: `All of them together, ${(seconds / 3600).toFixed(1)} hours of sound. Two workers are ${times(ratio(results, 'one', 'two', 'elapsed'))} as fast as one. Bar: 1.8 ×.`,
    tables: [
      { head: ['workers', 'elapsed s', 'CPU s', 'faster than listening'], rows: [row('1', 'one'), row('2', 'two')] },
    ],
  };
}

/** Peak memory of the whole tree of processes. */
export async function benchMemory({ sounds, library, rounds }) {
  const all = path.dirname(sounds.mp3.folder);
  const rows = [];
  for (const [label, folder] of [
    ['long files', all],
    ['dev library', library],
  ]) {
    for (const workers of [1, 2]) {
      const runs = [];
      for (let round = 0; round < Math.min(2, rounds); round++)
        runs.push((await freshScan(folder, { workers, memory: true })).memory);
      const figure = (field) => Math.round(median(runs.map((run) => run[field])));
      rows.push([
        `${label}, ${workers} worker${workers > 1 ? 's' : ''}`,
        figure('rss'),
        figure('pss'),
        runs[0].course.map(Math.round).join(' '),
      ]);
    }
  }
  return {
    title: 'Memory',
    about:
      'Peak MiB of the whole tree of processes during a scan: the sum of resident sets, and with shared pages counted once; then the peaks within each tenth of the run. Bar: 700 MB, and flat.',
    tables: [{ head: ['scan of', 'resident', 'shared once', 'course'], rows }],
  };
}
