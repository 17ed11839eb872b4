// Makes the pairs of a kind: the original and its variant, from the recipe in kinds.mjs. A file's name holds a hash of
// how it was made, so that what is there is right, and a changed recipe makes new files. Everything lies under
// CORPUS/kinds and may be deleted at any time.
import fs from 'node:fs';
import path from 'node:path';
import { KINDS, kindNamed } from './kinds.mjs';
import { cut, ORIGINALS, originalsOf, stemPieces, strangersOf } from './originals.mjs';
import { ffmpeg, fileMade, REPEATABLE } from './programs.mjs';
import { digest } from './random.mjs';
import { createScores, isHeard } from './scores.mjs';
import { ROOM_LEVEL, room, signal } from './signals.mjs';

const CODECS = {
  flac: ['flac', 'flac', '-c:a', 'flac', '-sample_fmt', 's16'],
  'mp3-320': ['mp3', 'mp3', '-c:a', 'libmp3lame', '-b:a', '320k'],
  'mp3-V0': ['mp3', 'mp3', '-c:a', 'libmp3lame', '-q:a', '0'],
  'mp3-V2': ['mp3', 'mp3', '-c:a', 'libmp3lame', '-q:a', '2'],
  'mp3-128': ['mp3', 'mp3', '-c:a', 'libmp3lame', '-b:a', '128k'],
  'mp3-64': ['mp3', 'mp3', '-c:a', 'libmp3lame', '-b:a', '64k'],
  'aac-128': ['m4a', 'ipod', '-c:a', 'aac', '-b:a', '128k'],
  'opus-96': ['opus', 'opus', '-c:a', 'libopus', '-b:a', '96k'],
  'opus-64': ['opus', 'opus', '-c:a', 'libopus', '-b:a', '64k'],
  'opus-32': ['opus', 'opus', '-c:a', 'libopus', '-b:a', '32k'],
  'vorbis-q3': ['ogg', 'ogg', '-c:a', 'libvorbis', '-q:a', '3'],
};
const STEM_SECONDS = 45;

/**
 * What makes the pairs of one half. `pairsOf(kind, limit)` gives `[{ id, make }]`, where `make()` resolves to
 * `{ a, b }`, paths of files; nothing is made before.
 */
export async function createGenerator(half, root) {
  const folder = path.join(root, 'kinds', half);
  const originals = await originalsOf(half, root);
  const scores = createScores(half, root);
  const roomFile = () =>
    fileMade(path.join(root, 'kinds', `room-${ROOM_LEVEL}.wav`), (part) => encodeSamples(room(), 2, 'wav', part));

  /** The variant of an original, as a file. */
  async function variant(kind, original) {
    const others = strangersOf(original, originals, kind.strangers ?? 0, kind.name);
    const inputs = [original.file, ...others.map(({ file }) => file), ...(kind.reverb ? [await roomFile()] : [])];
    const seed = Number.parseInt(digest(kind.name, original.id).slice(0, 6), 16);
    const filters = filtersOf(kind, { ...original, others, seed });
    const steps = [...filters, ...kind.codecs.map((name) => CODECS[name].join(' '))];
    const stamp = digest(...inputs.map((file) => path.basename(file)), ...steps).slice(0, 8);
    const [extension] = CODECS[kind.codecs.at(-1)];
    return fileMade(path.join(folder, kind.name, `${original.id}.${stamp}.${extension}`), (part) =>
      throughCodecs(inputs, filters, kind.codecs, part),
    );
  }

  function variantPairs(kind) {
    const against = kind.against && kindNamed(kind.against);
    return originals
      .filter(({ seconds }) => seconds >= (kind.minSeconds ?? 0))
      .map((original) => ({
        id: original.id,
        make: async () => ({
          a: against ? await variant(against, original) : original.file,
          b: await variant(kind, original),
        }),
      }));
  }

  async function scorePairs(kind, limit) {
    return (await scores.pieces(limit)).map((piece) => ({
      id: piece.id,
      make: async () => ({ a: await scores.rendering(piece, kind.a), b: await scores.rendering(piece, kind.b) }),
    }));
  }

  function signalPairs(kind) {
    return Array.from({ length: ORIGINALS[half] }, (_, i) => {
      const seed = `${half} ${i}`;
      const side = (number) =>
        fileMade(path.join(folder, kind.name, `${i}-${number}.flac`), (part) =>
          encodeSamples(signal(kind.name, seed, number), 1, 'flac', part),
        );
      return { id: `${kind.name}-${i}`, make: async () => ({ a: await side(0), b: await side(1) }) };
    });
  }

  /** Only pieces in which both parts are heard: a silent stem's mix is the other stem. */
  async function stemPairs(kind, limit) {
    const pieces = await stemPieces(half, root, STEM_SECONDS);
    const pairs = pieces.map((piece) => ({ id: piece.id, make: () => stemPair(piece, kind.part) }));
    const heard = [];
    for (const pair of pairs) {
      const { a, guitar, backing } = await pair.make();
      if ((await isHeard(a, backing)) && (await isHeard(a, guitar))) heard.push(pair);
      if (heard.length === Math.min(limit, ORIGINALS[half])) break;
    }
    return heard;
  }

  async function stemPair(piece, part) {
    const piecePath = (name) => path.join(folder, 'stems', `${piece.id}-${name}.flac`);
    const of = (name) => cut(piece[name], piece.start, STEM_SECONDS, piecePath(name));
    const [a, guitar, backing] = [await of('fullmix'), await of('guitar'), await of('song')];
    return { a, b: part === 'guitar' ? guitar : backing, guitar, backing };
  }

  function unrelatedPairs() {
    return originals.map((original) => ({
      id: original.id,
      make: async () => ({ a: original.file, b: strangersOf(original, originals, 1, 'unrelated')[0].file }),
    }));
  }

  const makers = { score: scorePairs, signal: signalPairs, stem: stemPairs, unrelated: unrelatedPairs };
  return {
    async pairsOf(kind, limit = Number.POSITIVE_INFINITY) {
      const pairs = await (makers[kind.made] ?? variantPairs)(kind, limit);
      return pairs.slice(0, limit);
    },
  };
}

function filtersOf(kind, context) {
  if (kind.reverb) return ['-filter_complex', '[0][1]afir=dry=1:wet=1:gtype=none'];
  if (kind.graph) return ['-filter_complex', kind.graph(context)];
  if (!kind.filter) return [];
  return ['-af', typeof kind.filter === 'function' ? kind.filter(context) : kind.filter];
}

/** Filters, then encodes and decodes by turns; the last codec writes the file. */
async function throughCodecs(inputs, filters, codecs, to) {
  const steps = codecs.map((name, step) => (step === codecs.length - 1 ? to : `${to}.${step}.${CODECS[name][0]}`));
  try {
    for (const [step, file] of steps.entries()) {
      const [, muxer, ...encoder] = CODECS[codecs[step]];
      const from = step === 0 ? inputs : [steps[step - 1]];
      const sources = from.flatMap((input) => ['-i', input]);
      await ffmpeg([...sources, ...(step === 0 ? filters : []), ...REPEATABLE, ...encoder, '-f', muxer, file]);
    }
  } finally {
    for (const file of steps.slice(0, -1)) fs.rmSync(file, { force: true });
  }
}

async function encodeSamples(samples, channels, muxer, to) {
  const input = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const raw = ['-f', 'f32le', '-ar', '44100', '-ac', String(channels), '-i', '-'];
  const codec = muxer === 'wav' ? ['-c:a', 'pcm_f32le'] : ['-sample_fmt', 's16'];
  await ffmpeg([...raw, ...REPEATABLE, ...codec, '-f', muxer, to], { input });
}

/** The kinds of these names, or all. @throws Error when one is unknown. */
export function kindsNamed(names) {
  const wanted = names?.flatMap((name) => name.split(','));
  for (const name of wanted ?? []) if (!kindNamed(name)) throw new Error(`there is no kind "${name}"`);
  return KINDS.filter(({ name }) => !wanted || wanted.includes(name));
}
