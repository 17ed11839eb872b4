// How fast a file in ten thousand pieces is read out of a store: from end to end, and 16 KiB here and there, beside the
// same bytes in a plain file and beside a file of the store that lies in few pieces. In one process, by the tree of names
// that a mount is to serve; everything is in the disk's cache, so what is measured is work, not the disk.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomOf } from '../accuracy/random.mjs';
import { makeScattered, stationSongs } from './store-material.mjs';
import { canStore, createStore, REPRISE } from './store-peers.mjs';

const PIECE = 128 << 10;
const RANDOM = { reads: 4000, bytes: 16 << 10 };
const KIB = 1024;

async function openTree(folder) {
  const [{ createBlobReader, createContentReader, createTree }, adapters] = await Promise.all([
    import('../../dist/store/index.js'),
    import('../../dist/adapters/store/index.js'),
  ]);
  const files = adapters.openStoreFiles(folder);
  const database = adapters.openStoreDatabase(folder, 1000);
  const contents = createContentReader(database, createBlobReader(files, database.blob));
  return createTree({ files, database, contents, nowNs: () => 0n });
}

/** Wall and processor seconds of reading these ranges. */
function timed(read, ranges) {
  const into = new Uint8Array(PIECE);
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  let bytes = 0;
  for (const [at, length] of ranges) bytes += read(at, into.subarray(0, length));
  const { user, system } = process.cpuUsage(cpu);
  return { bytes, wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

function rangesOf(size, random) {
  const through = Array.from({ length: Math.ceil(size / PIECE) }, (_, n) => [n * PIECE, PIECE]);
  const here = Array.from({ length: RANDOM.reads }, () => [Math.floor(random() * (size - RANDOM.bytes)), RANDOM.bytes]);
  return { through, here };
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

export async function benchStoreReads({ originals, folder, rounds }) {
  if (!canStore()) throw new Error('this build of Reprise has no store');
  const scratch = fs.mkdtempSync(path.join(tmpdir(), 'reprise-reads-'));
  try {
    const songs = await stationSongs(originals, folder);
    makeScattered(scratch, { songs });
    const store = createStore(REPRISE, path.join(scratch, 'store'));
    await store.add(path.join(scratch, 'songs'));
    await store.add(path.join(scratch, 'scattered'));
    const plain = path.join(scratch, 'scattered', 'scattered.mp3');
    // The same bytes in a store of their own lie in one piece a mebibyte.
    const straight = createStore(REPRISE, path.join(scratch, 'straight'));
    await straight.add(path.join(scratch, 'scattered'));
    const descriptor = fs.openSync(plain, 'r');
    const size = fs.fstatSync(descriptor).size;
    const trees = await Promise.all([store, straight].map(({ folder }) => openTree(folder)));
    const [scattered, whole] = trees.map((tree) => {
      const { id } = tree.resolve('/scattered/scattered.mp3');
      return (at, into) => tree.read(id, at, into);
    });
    const readers = {
      'plain file': (at, into) => fs.readSync(descriptor, into, 0, into.length, at),
      'store, few pieces': whole,
      'store, 10,000 pieces': scattered,
    };
    const { through, here } = rangesOf(size, randomOf('reads'));
    const rows = [];
    for (const [what, ranges] of [
      ['from end to end, 128 KiB at a time', through],
      ['16 KiB here and there', here],
    ]) {
      const results = Object.fromEntries(Object.keys(readers).map((name) => [name, []]));
      for (let round = 0; round <= rounds; round++) {
        for (const [name, read] of Object.entries(readers)) results[name].push(timed(read, ranges));
      }
      // The first round warms caches and compiles.
      const rate = (name) => median(results[name].slice(1).map(({ bytes, cpu }) => bytes / 1e6 / cpu));
      for (const name of Object.keys(readers)) {
        const ratios = ['plain file', 'store, few pieces'].map((other) => (rate(name) / rate(other)).toFixed(2));
        rows.push([what, name, rate(name).toFixed(0), ...ratios]);
      }
    }
    return {
      title: 'Reading a file in 10,000 pieces',
      about: [
        `A file of ${(size / 1e6).toFixed(0)} MB made of 10,000 pieces of 5 to 40 kB of songs that were in the store before,`,
        `read by the tree in one process, beside the same bytes as a plain file (\`read\` of the system) and in a store where`,
        `they lie in pieces of ${KIB} KiB. Every block that is read is checked. All of it in the disk's cache.`,
      ].join(' '),
      tables: [
        {
          head: ['reading', 'from', 'MB per CPU s', 'of the plain file', 'of the store, few pieces'],
          rows,
        },
      ],
    };
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
