// The committed results, and the page that tells them.
import fs from 'node:fs';
import path from 'node:path';
import { growthOf, pageOf } from './page.mjs';
import { logPlot } from './plot.mjs';

const docs = path.resolve(import.meta.dirname, '../../docs');
const file = path.join(docs, 'scale-results.json');

export const readResults = () => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {});

/** Writes docs/scale-results.json and from it the page and its pictures. */
export function writeResults(results) {
  fs.writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
  fs.writeFileSync(path.join(docs, 'scale.md'), pageOf(results));
  const sizes = (results.sizes ?? []).filter((size) => size.all);
  if (sizes.length > 1) fs.writeFileSync(path.join(docs, 'scale-growth.svg'), growthPlot(sizes));
  if (results.statistics) fs.writeFileSync(path.join(docs, 'scale-codes.svg'), codesPlot(results.statistics));
}

const MIB = 2 ** 20;

function growthPlot(sizes) {
  const most = growthOf(sizes).workers;
  const line = (name, figure) => ({
    name,
    points: sizes.flatMap((size) => (size.all[most] ? [[size.tracks, figure(size)]] : [])),
  });
  return logPlot({
    title: 'All pairs of a library',
    across: 'tracks',
    lines: [
      line('seconds of processor', ({ all }) => all[most].cpu),
      line(`seconds, ${most} at a time`, ({ all }) => all[most].seconds),
      line('MiB of memory at most', ({ all }) => all[most].peakBytes / MIB),
      line('candidate pairs not planted', ({ all }) => all[most].score.falsePairs),
    ],
  });
}

const codesPlot = ({ real, made }) =>
  logPlot({
    title: 'Postings of a 24-bit code',
    across: 'rank of the code, the most frequent first',
    keyAt: 'right',
    lines: [
      { name: `real tracks (${real.tracks})`, points: real.postingsByRank },
      { name: `made tracks (${made.tracks})`, points: made.postingsByRank },
    ],
  });
