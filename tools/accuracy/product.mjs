// The built product as a library: two files in, a verdict out. Verdicts are kept under CORPUS/kinds/verdicts by a hash
// of the product's code, so that a run which was interrupted goes on where it stopped, and no verdict outlives a change.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const dist = path.resolve(import.meta.dirname, '../../dist');
const IN_FLIGHT = 2;

/** Modules whose code can change a verdict; the rest reads arguments and prints. */
const JUDGING = [
  'audio',
  'fingerprint',
  'signal',
  'matching',
  'catalogue',
  'adapters/decoder',
  'adapters/workers',
  'main',
];

function codeHash() {
  const hash = createHash('sha256');
  for (const module of JUDGING) {
    const folder = path.join(dist, module);
    const files = fs.readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.js'));
    for (const file of files.sort()) hash.update(fs.readFileSync(path.join(folder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Opens the product of this checkout as built. `verdict(a, b)` gives what `compare` says of two files;
 * at most two should be asked for at once. @throws Error when nothing is built
 */
export async function openProduct(root) {
  const { createApp } = await import(path.join(dist, 'main/wire.js'));
  const { loadSettings } = await import(path.join(dist, 'config/index.js'));
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'reprise-kinds-'));
  const machine = { cores: IN_FLIGHT, availableBytes: 2 ** 31, homeFolder: scratch, workingFolder: scratch };
  const environment = { REPRISE_WORKERS: String(IN_FLIGHT) };
  const resolved = await loadSettings({ flags: new Map(), environment, machine }, { read: async () => undefined });
  const app = await createApp(resolved);
  const run = { signal: new AbortController().signal, progress: () => {}, onItem: () => {} };
  const store = path.join(root, 'kinds', 'verdicts', `${codeHash()}.jsonl`);
  const known = readVerdicts(store);
  return {
    async verdict(a, b) {
      const key = [a, b].map((file) => path.relative(root, file)).join('|');
      const before = known.get(key);
      if (before) return before;
      const { verdict } = await app.compare(a, b, run);
      known.set(key, verdict);
      fs.appendFileSync(store, `${JSON.stringify({ key, verdict })}\n`);
      return verdict;
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      fs.rmSync(scratch, { recursive: true });
    },
  };
}

function readVerdicts(store) {
  fs.mkdirSync(path.dirname(store), { recursive: true });
  if (!fs.existsSync(store)) return new Map();
  const lines = fs.readFileSync(store, 'utf8').split('\n').slice(0, -1);
  return new Map(lines.map((line) => JSON.parse(line)).map(({ key, verdict }) => [key, verdict]));
}
