// Builds the kernel on its first use and keeps the binary under the OS temp folder, by the hash of what it is made from.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const { CLASSIFIERS } = await import('../../dist/fingerprint/classifiers.js');
const { FRAMES_PER_ITEM } = await import('../../dist/fingerprint/constants.js');

/** Values of a frame. */
export const PITCH_CLASSES = 12;
/** Longest image: 16 minutes of quarter hops. Chosen. */
export const MOST_FRAMES = 31_000;

/** The source of `lay` that is the pool. */
const POOL = 2;

const SHAPES = {
  'whole against nothing': 'whole',
  'upper half against lower': 'upper',
  'late half against early': 'late',
  'one diagonal against the other': 'diagonal',
  'middle pitches against outer': 'middlePitches',
  'middle frames against outer': 'middleFrames',
};

function line({ shape, pitch, height, width, thresholds }) {
  return `  item = ${SHAPES[shape]}(item, w, ${[pitch, height, width, ...thresholds.map(Math.exp)].join(', ')});`;
}

function build() {
  const text = fs
    .readFileSync(path.join(import.meta.dirname, 'kernel.as.ts'), 'utf8')
    .replace(/^ *\/\/ CLASSIFIERS.*$/m, CLASSIFIERS.map(line).join('\n'));
  const name = `reprise-scale-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  const binary = path.join(tmpdir(), `${name}.wasm`);
  if (!fs.existsSync(binary)) {
    const scratch = fs.mkdtempSync(path.join(tmpdir(), `${name}-`));
    fs.writeFileSync(path.join(scratch, 'kernel.ts'), text);
    const package_ = createRequire(import.meta.url).resolve('assemblyscript/package.json');
    const asc = path.join(path.dirname(package_), 'bin/asc.js');
    const flags = ['-O3', '--enable', 'simd', '--runtime', 'stub', '--noAssert'];
    execFileSync(process.execPath, [asc, 'kernel.ts', '-o', 'kernel.wasm', ...flags], {
      cwd: scratch,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    fs.renameSync(path.join(scratch, 'kernel.wasm'), binary);
    fs.rmSync(scratch, { recursive: true });
  }
  return new WebAssembly.Module(fs.readFileSync(binary));
}

/** Items of a phase of an image of so many frames. */
const itemCount = (phase, frames) => Math.max(0, ((frames - phase + 3) >> 2) - FRAMES_PER_ITEM + 1);

/**
 * The kernel's functions, over a pool of `poolFrames` frames, and views of its memory: `pool`, `image`, and `itemsOf(phase,
 * frames)`, the items of an image of so many frames, copied; `packedItemsOf` compresses them.
 */
export function createKernel(poolFrames) {
  const kernel = new WebAssembly.Instance(build(), { env: { abort: () => undefined } }).exports;
  kernel.prepare(poolFrames, MOST_FRAMES);
  const { buffer } = kernel.memory;
  return {
    ...kernel,
    /** Adds `count` frames of a piece of the pool to the image from `to` on, as drawn by `tracks.mjs`. */
    layStretch({ piece, position, step, wobble, wobbleTurn, wobblePhase, turn, mirrored }, weight, to, count, fade) {
      const place = [piece.first, piece.frames, position, step, wobble, wobbleTurn, wobblePhase, turn, mirrored];
      kernel.lay(POOL, ...place, weight, to, count, ...fade);
    },
    /** Adds `count` frames of the kept image `source`, from frame `position` on at a speed, to the image from `to` on. */
    layKept(source, frames, position, step, to, count, fade) {
      kernel.lay(source, 0, frames, position, step, 0, 0, 0, 0, 0, 1, to, count, ...fade);
    },
    pool: new Float32Array(buffer, kernel.poolAt(), poolFrames * PITCH_CLASSES),
    image: new Float32Array(buffer, kernel.imageAt(), MOST_FRAMES * PITCH_CLASSES),
    itemsOf(phase, frames) {
      return new Uint32Array(buffer, kernel.itemsAt(phase), itemCount(phase, frames)).slice();
    },
    packedItemsOf(phase, frames) {
      const bytes = kernel.compress(phase, itemCount(phase, frames));
      return new Uint8Array(buffer, kernel.packedAt(), bytes).slice();
    },
  };
}
