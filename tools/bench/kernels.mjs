// What the kernels cost, beside the same in C built here and now, beside their plain twins, and beside what the memory
// gives. All count the same fingerprints, those of the corpus, and must agree on what they count.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BUILDS, buildPeers, runPeer, timed } from './kernel-peers.mjs';
import { interleaved, medianOf, ratio } from './measure.mjs';
import { DIST } from './reprise.mjs';

/** Items of 120 s, as AcoustID compares them, and of four minutes. */
const [SHORT, LONG] = [948, 1900];
const THRESHOLD = 11;
const FFT_SIZE = 512;
/** Songs that the fingerprints are taken from. */
const SONGS = 12;
/** Larger than the second cache of a core, and larger than all caches. */
const SETS = { '4 MB': 4e6, '64 MB': 64e6 };
const RATE_HZ = 11_025;
/** What coherence measures at a time. */
const SLOT_SAMPLES = 10_752;

/** PCM and items of the first long songs of the corpus. */
async function readSongs(originals) {
  const load = (module) => import(path.join(DIST, module, 'index.js'));
  const [{ createPcmMemory, openDecoder }, { openFile }, { createFingerprinter }] = [
    await load('adapters/decoder'),
    await load('adapters/files'),
    await load('fingerprint'),
  ];
  const { items } = JSON.parse(fs.readFileSync(path.join(originals, 'manifest.json'), 'utf8'));
  const [memory, decoder] = [createPcmMemory(2 ** 30), await openDecoder()];
  const songs = [];
  for (const { path: name } of items.filter(({ duration }) => duration > 120).slice(0, SONGS)) {
    using file = openFile(path.join(originals, name));
    const pcm = await memory.pcmOf(file, decoder);
    const fingerprinter = createFingerprinter({ phases: 4 });
    fingerprinter.push(pcm);
    songs.push({ pcm, phases: fingerprinter.finish() });
  }
  return songs;
}

/** Fingerprints of `length` items, as many as fill `bytes`: windows of what follows when all songs are played in a row. */
function windowsOf(pool, length, bytes) {
  return Array.from({ length: Math.max(1, Math.floor(bytes / length / 4)) }, (_, n) => {
    const at = (n * 977) % (pool.length - length);
    return pool.subarray(at, at + length);
  });
}

function joined(arrays) {
  const all = new Uint32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  arrays.reduce((at, items) => {
    all.set(items, at);
    return at + items.length;
  }, 0);
  return all;
}

const write = (file, words) => fs.writeFileSync(file, new Uint8Array(words.buffer, words.byteOffset, words.byteLength));

function filled(counter, question, tracks) {
  counter.ask(question);
  for (const track of tracks) counter.add(track);
  return { all: Int32Array.from(tracks.keys()), level: new Int32Array(tracks.length) };
}

const total = (figures) => figures.reduce((sum, figure) => sum + figure, 0);

/** The kernel's and the twin's way to count, by operation: a turn over all tracks, and what is counted. */
const COUNTING = {
  compare: (counter, { all, level }) => total(counter.compare(all, level).bits),
  extend: (counter, { all, level }) => {
    const { score, stretch } = counter.extend(all, level, THRESHOLD);
    return total(score) + total(stretch.items);
  },
};

/** One operation of the kernel, its twin and the peers on one set of tracks; the twin is given the first hundred. */
async function measureCounting(
  { matching, plain, peers, folder, rounds },
  operation,
  peerOperations,
  question,
  tracks,
) {
  const count = COUNTING[operation];
  const [kernel, twin] = [matching.createBitErrorKernel(), plain.createPlainBitErrors()];
  const few = tracks.slice(0, 100);
  const [kernelLines, twinLines] = [filled(kernel, question, tracks), filled(twin, question, few)];
  const file = path.join(folder, 'tracks');
  write(file, joined([question[0], ...tracks]));
  const expected = String(count(kernel, kernelLines));
  const contenders = {
    kernel: () => timed(tracks.length, () => count(kernel, kernelLines)),
    'plain twin, JavaScript': () => timed(few.length, () => count(twin, twinLines)),
  };
  for (const [name, { program, as }] of Object.entries(peerOperations(peers))) {
    const counted = runPeer(program, as, file, question[0].length)?.counted;
    if (as !== 'sum' && counted !== expected) throw new Error(`${name} counts ${counted}, the kernel ${expected}`);
    contenders[name] = () => runPeer(program, as, file, question[0].length);
  }
  return await interleaved(contenders, rounds);
}

const sameFor = (as) => (peers) =>
  Object.fromEntries(Object.entries(peers).map(([name, program]) => [name, { program, as }]));

/** The three builds as they are, one that takes two items at a time, and the mere sum of the same words. */
const COMPARERS = (peers) => {
  const [fastest] = Object.values(peers).slice(-1);
  return {
    ...sameFor('compare')(peers),
    'C, 64 bits at a time': { program: peers[BUILDS[0].name], as: 'compare64' },
    'C, sum of the words, nothing compared': { program: fastest, as: 'sum' },
  };
};

const times = (value) => `${value.toFixed(2)} ×`;

async function compareTable(setting, pool, question) {
  const results = {};
  for (const [size, bytes] of Object.entries(SETS)) {
    const tracks = windowsOf(pool, SHORT, bytes);
    results[size] = await measureCounting(setting, 'compare', COMPARERS, question(SHORT), tracks);
    console.error(`bench: comparing ${size} done`);
  }
  const names = Object.keys(Object.values(results)[0]);
  const rows = names.map((name) => [
    name,
    ...Object.values(results).flatMap((result) => {
      const seconds = medianOf(result, name);
      return [(1e-6 / seconds).toFixed(2), ((SHORT * 4e-9) / seconds).toFixed(1), times(ratio(result, name, 'kernel'))];
    }),
  ]);
  const absent = setting.unable.map(({ name }) => [
    name,
    ...Object.keys(SETS).flatMap(() => ['not on this processor', '', '']),
  ]);
  const head = Object.keys(SETS).flatMap((size) => [`${size}: million pairs a second`, 'GB/s', 'kernel : it']);
  return { head: [`one line, ${SHORT} items`, ...head], rows: [...rows, ...absent] };
}

async function extendTable(setting, pool, question) {
  const tracks = windowsOf(pool, LONG, SETS['4 MB']);
  const results = await measureCounting(setting, 'extend', sameFor('extend'), question(LONG), tracks);
  return costTable(`best stretch along a line, ${LONG} items`, results);
}

function costTable(title, results) {
  const rows = Object.keys(results).map((name) => [
    name,
    (medianOf(results, name) * 1e6).toFixed(2),
    times(ratio(results, name, 'kernel')),
  ]);
  return { head: [title, 'CPU µs', 'kernel : it'], rows };
}

async function decompressTable({ fingerprint, peers, folder, rounds }, pool) {
  const compressed = windowsOf(pool, LONG, 1e6).map((items) => fingerprint.compressFingerprint(items));
  const file = path.join(folder, 'compressed');
  const words = compressed.map((bytes) => {
    const own = new Uint32Array(1 + Math.ceil(bytes.length / 4));
    own[0] = bytes.length;
    new Uint8Array(own.buffer).set(bytes, 4);
    return own;
  });
  write(file, joined(words));
  const decompressor = fingerprint.createDecompressor();
  const each = (work) => timed(compressed.length, () => compressed.forEach((bytes) => void work(bytes)));
  const [program] = Object.values(peers);
  const contenders = {
    kernel: () => each((bytes) => decompressor.items(bytes)),
    'plain twin, JavaScript': () => each((bytes) => fingerprint.decompressFingerprint(bytes)),
    ...(runPeer(program, 'decompress', file, LONG) && {
      libchromaprint: () => runPeer(program, 'decompress', file, LONG),
    }),
  };
  return costTable(`decompression, ${LONG} items`, await interleaved(contenders, rounds));
}

/** A transform beside FFmpeg's, which is written in assembler for the processor at hand. */
async function transformTable({ signal, peers, folder, rounds }, { pcm }) {
  const samples = Float32Array.from(pcm.subarray(0, 60 * RATE_HZ));
  const file = path.join(folder, 'samples');
  write(file, samples);
  const fft = signal.createRealFft(FFT_SIZE);
  const [re, im] = [new Float32Array(fft.bins), new Float32Array(fft.bins)];
  const starts = Array.from({ length: Math.floor(samples.length / FFT_SIZE) * 2 - 1 }, (_, n) => (n * FFT_SIZE) / 2);
  const over = (transform) => () =>
    timed(starts.length, () => starts.forEach((at) => void transform(samples.subarray(at, at + FFT_SIZE), re, im)));
  const [program] = Object.values(peers).slice(-1);
  const contenders = {
    kernel: over(fft.forward),
    ...(runPeer(program, 'fft', file, FFT_SIZE) && {
      'FFmpeg (libavutil)': () => runPeer(program, 'fft', file, FFT_SIZE),
    }),
  };
  return costTable(`real transform of ${FFT_SIZE} samples`, await interleaved(contenders, rounds));
}

/** The two kernels of coherence beside their twins, on a slot of sound. */
async function slotTables({ slot, interpolation, rounds }, { pcm }) {
  const spectra = (made) => {
    for (const samples of [made.a, made.b]) samples.set(pcm.subarray(0, samples.length));
    return () => timed(1, () => made.sum(0));
  };
  const out = new Float32Array(SLOT_SAMPLES);
  const between = (made) => () => timed(1, () => made.interpolate(pcm, 100.3, 1.0001, out));
  const [kernel, twin] = ['kernel', 'plain twin, JavaScript'];
  const [sums, samples] = [
    { [kernel]: spectra(slot.createSlotSpectra()), [twin]: spectra(slot.createPlainSlotSpectra()) },
    { [kernel]: between(interpolation.createInterpolator()), [twin]: between(interpolation.createPlainInterpolator()) },
  ];
  return [
    costTable('spectra of two sounds, summed over a second', await interleaved(sums, rounds)),
    costTable('samples between samples, a second of them', await interleaved(samples, rounds)),
  ];
}

/** What a second of sound costs once two waves lie over each other. */
async function coherenceTable({ signal, rounds }, { pcm }) {
  const slots = 60;
  const a = pcm.subarray(0, (slots + 2) * SLOT_SAMPLES);
  const fft = signal.createRealFft(FFT_SIZE);
  const frame = Float32Array.from(a.subarray(0, FFT_SIZE));
  const [re, im] = [new Float32Array(fft.bins), new Float32Array(fft.bins)];
  const meter = signal.createCoherenceMeter(signal.createLineReader());
  const perSecond = (work) => () => timed((slots * SLOT_SAMPLES) / RATE_HZ, work);
  const along = (line) => perSecond(() => meter.measure(a, a, line, 0, slots, () => true));
  const results = await interleaved(
    {
      'along a level line': along({ start: 0, step: 1 }),
      'along a slanted line': along({ start: 0, step: 1.0001 }),
      'transforms of both alone': perSecond(() => {
        for (let n = 0; n < (4 * slots * SLOT_SAMPLES) / FFT_SIZE; n++) fft.forward(frame, re, im);
      }),
    },
    rounds,
  );
  const rows = Object.keys(results).map((name) => [
    name,
    (medianOf(results, name) * 1e3).toFixed(3),
    times(ratio(results, name, 'along a level line')),
  ]);
  return { head: ['coherence', 'CPU ms per second of sound', 'it : level'], rows };
}

/** The kernels beside C, their twins and the memory. */
export async function benchKernels({ originals, rounds }) {
  const load = (module) => import(path.join(DIST, module, 'index.js'));
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'reprise-kernels-'));
  try {
    const file = (name) => import(path.join(DIST, `${name}.js`));
    const setting = {
      rounds,
      folder,
      ...buildPeers(folder),
      matching: await load('matching'),
      plain: await file('matching/bit-error-plain'),
      slot: { ...(await file('signal/slot-spectra')), ...(await file('signal/slot-spectra-plain')) },
      interpolation: { ...(await file('signal/interpolation')), ...(await file('signal/interpolation-plain')) },
      signal: await load('signal'),
      fingerprint: await load('fingerprint'),
    };
    const songs = await readSongs(originals);
    const pool = joined(songs.slice(1).map(({ phases: [first] }) => first));
    const question = (length) => songs[0].phases.map((items) => items.slice(0, length));
    return {
      title: 'Kernels',
      about:
        'CPU time of one core in one process, no call per pair; "kernel : it" is how many times as fast the kernel is. One fingerprint is compared with many, on data that outgrow the second cache of a core (4 MB) and all caches (64 MB), where the memory is the limit: the sum of the same words, without comparing anything, says what it gives. The C is built by gcc -O3 in the same run and counts the same bits. Bars: 2 × C without AVX-512, 0.45 × C with AVX-512 VPOPCNTDQ; 25 µs for a decompression. The plain twins are written to be read, not to be fast. This section alone: `npm run bench -- --only kernels --rounds 5 --record`.',
      tables: [
        await compareTable(setting, pool, question),
        await extendTable(setting, pool, question),
        await decompressTable(setting, pool),
        await transformTable(setting, songs[0]),
        ...(await slotTables(setting, songs[0])),
        await coherenceTable(setting, songs[0]),
      ],
    };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
