// Fingerprints by fpcalc, for the peers: whole files, both algorithms that they use. Kept between runs.
import fs from 'node:fs';
import path from 'node:path';
import { run } from './programs.mjs';

const ALGORITHMS = [1, 2];
/** What fpcalc 1.5 ends with after every whole MP3, having printed all there is. */
const END_OF_FILE = 3;

/** Opens the store. `of(file)` gives `{ 1: items, 2: items }`: TEST1 and TEST2, as `Uint32Array`s. */
export function openFingerprints(root) {
  const store = path.join(root, 'kinds', 'fingerprints.jsonl');
  fs.mkdirSync(path.dirname(store), { recursive: true });
  const lines = fs.existsSync(store) ? fs.readFileSync(store, 'utf8').split('\n').slice(0, -1) : [];
  const known = new Map(lines.map((line) => JSON.parse(line)).map(({ file, items }) => [file, items]));
  return {
    async of(file) {
      const name = path.relative(root, file);
      if (!known.has(name)) {
        const items = await Promise.all(ALGORITHMS.map((algorithm) => fingerprint(file, algorithm)));
        known.set(name, items.map(toText));
        fs.appendFileSync(store, `${JSON.stringify({ file: name, items: known.get(name) })}\n`);
      }
      return Object.fromEntries(ALGORITHMS.map((algorithm, i) => [algorithm, fromText(known.get(name)[i])]));
    },
  };
}

async function fingerprint(file, algorithm) {
  const argv = ['-raw', '-json', '-length', '0', '-algorithm', String(algorithm), file];
  const printed = await run('fpcalc', argv, { accept: [0, END_OF_FILE] });
  return Uint32Array.from(JSON.parse(printed.toString()).fingerprint);
}

const toText = (items) => Buffer.from(items.buffer).toString('base64');

function fromText(text) {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Uint32Array(bytes.buffer);
}
