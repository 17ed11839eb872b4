// What each part of a scan costs: the same files again and again, each time with one part more. The difference of two
// neighbours is the price of the part.
import path from 'node:path';
import { interleaved, measure, medianOf, ratio } from './measure.mjs';
import { DIST, freshScan } from './reprise.mjs';
import { fpcalc } from './scan.mjs';

const SCRIPT = path.join(import.meta.dirname, 'part.mjs');
const MEASURED = ['mp3', 'flac', 'aac', 'opus', 'vorbis', 'wav'];

/** Each step does what the steps before it do, and one thing more. */
const STEPS = {
  'decode to mono PCM of 11,025 Hz': 'decode',
  'fingerprint, one phase': 'decode,one',
  'fingerprint, the other three phases': 'decode,four',
  'hash of the payload': 'decode,four,payload',
  'hash of the samples': 'decode,four,payload,samples',
  'levels and clipping': 'decode,four,payload,samples,levels',
  'evidence of the source': 'decode,four,payload,samples,levels,evidence',
  'hash of all bytes': 'decode,four,payload,samples,levels,evidence,content',
  tags: 'decode,four,payload,samples,levels,evidence,content,tags',
};

const part = (list, files) => measure(process.execPath, [SCRIPT, DIST, list, ...files]);

async function measureFormat({ folder, files, seconds }, rounds) {
  const contenders = {
    fpcalc: () => fpcalc(files),
    start: () => part('none', files),
    ...Object.fromEntries(Object.entries(STEPS).map(([name, list]) => [name, () => part(list, files)])),
    'processes and catalogue': () => freshScan(folder),
  };
  const results = await interleaved(contenders, rounds);
  const names = Object.keys(contenders).filter((name) => name !== 'fpcalc');
  const cost = (name) => (1000 * medianOf(results, name)) / seconds;
  const steps = names.map((name, n) => cost(name) - (n > 0 ? cost(names[n - 1]) : 0));
  const onePhase = ratio(results, 'fingerprint, one phase', 'fpcalc');
  return { names, steps, onePhase, fpcalc: cost('fpcalc'), whole: cost(names.at(-1)) };
}

/** The cost of each part of a scan, by format. */
export async function benchParts({ sounds, rounds }) {
  const formats = [];
  for (const format of MEASURED) {
    formats.push(await measureFormat(sounds[format], rounds));
    console.error(`bench: parts of ${format} done`);
  }
  const row = (label, value) => [label, ...formats.map(value)];
  const rows = [
    ...formats[0].names.map((name, n) => row(name, ({ steps }) => steps[n].toFixed(2))),
    row('**whole scan**', ({ whole }) => whole.toFixed(2)),
    row('fpcalc', (format) => format.fpcalc.toFixed(2)),
    row('**decode and one phase : fpcalc**', ({ onePhase }) => `${onePhase.toFixed(2)} ×`),
  ];
  return {
    title: 'Parts',
    about:
      'CPU milliseconds per second of sound that each part adds, in one process without workers; a few hundredths either way are noise. Bar: decoding and one phase together at most 1.0 × fpcalc for mp3, flac and aac.',
    tables: [{ head: ['', ...MEASURED], rows }],
  };
}
