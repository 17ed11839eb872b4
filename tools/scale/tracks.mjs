// Tracks that share nothing with each other, drawn from a pool of real chroma images. A track is a row of sections, some
// of which come again. A section is two stretches of real music, each turned to another key, perhaps mirrored in pitch or
// backwards, at its own speed, swaying, and a random course of each pitch; the logarithms of their energies are added,
// weighed so that the squares of the weights make 1: so levels differ as much as in music.
import { pick } from '../accuracy/random.mjs';
import { MOST_FRAMES } from './kernel.mjs';

/** Quarter hops a second. */
export const FRAMES_PER_SECOND = (4 * 11_025) / 1365;

/** How music is mixed. Chosen so that the codes of made tracks are as frequent as those of real ones (docs/scale.md). */
const MIX = {
  /** Squares of the weights of the two stretches; the random course has what they lack of 1. */
  first: 0.45,
  second: 0.4,
  /** Share of the slow part of the random course, and what both parts keep of themselves from point to point. */
  slow: 0.5,
  fastMemory: 0.93,
  slowMemory: 0.96,
  /** Deviation of the logarithms within a frame of the pool. Measured. */
  deviation: 1.7,
  /** Pieces of which the best suited one is taken. */
  choices: 2,
  /** Of a track's first piece: how often it stays in its key, and how often it is mirrored. */
  home: 0.3,
  mirrored: 0.3,
  /** How many sections come again, and how many of those exactly. */
  repeated: 0.4,
  exact: 0.6,
  /** Sections in which few pitches stand out, as in sustained and sparse music, and by how much more. */
  sharp: 0.1,
  contrast: { least: 1.3, most: 2.4 },
};

/** Logarithm of the energy that levels are relative to: far above what counts as silent. Chosen. */
const LEVEL = 8;
const SECTION_SECONDS = { least: 10, most: 60 };
const SPEEDS = { least: 0.8, most: 1.25 };

const between = (random, { least, most }) => least * (most / least) ** random();

/** Seconds of a track: log-normal, 4 minutes in the mean, as collections of songs have it. Chosen. */
function drawSeconds(random) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(900, Math.max(30, 225 * Math.exp(0.36 * normal)));
}

/**
 * A stretch of a piece that suits the profile, by pitch class how much louder than on average: the best of some, turned and
 * mirrored to suit best.
 */
function drawStretch(random, pool, profile) {
  let best = { fit: Number.NEGATIVE_INFINITY };
  for (let i = 0; i < MIX.choices; i++) {
    const piece = pick(random, pool.pieces);
    const candidate = profile ? bestTurn(piece, profile) : freeTurn(random, piece);
    if (candidate.fit > best.fit) best = candidate;
  }
  const { piece, turn, mirrored } = best;
  return {
    ...{ piece, turn, mirrored },
    position: random() * piece.frames,
    step: between(random, SPEEDS) * (random() < 0.5 ? -1 : 1),
    wobble: 6 + 10 * random(),
    wobbleTurn: (2 * Math.PI) / (FRAMES_PER_SECOND * (6 + 12 * random())),
    wobblePhase: 2 * Math.PI * random(),
  };
}

function freeTurn(random, piece) {
  const turn = random() < MIX.home ? 0 : Math.floor(random() * 12);
  return { piece, turn, mirrored: random() < MIX.mirrored, fit: 0 };
}

/** Where the kernel takes pitch p of a frame from when it turns and mirrors it; for each of the 24 ways. */
const SOURCES = Array.from({ length: 24 }, (_, way) =>
  Uint8Array.from({ length: 12 }, (_, p) => (way < 12 ? (p + way) % 12 : (35 - p - way) % 12)),
);

const turned = (profile, { turn, mirrored }) =>
  Float64Array.from(SOURCES[mirrored ? 12 + turn : turn], (source) => profile[source]);

function bestTurn(piece, profile) {
  let best = { way: 0, fit: Number.NEGATIVE_INFINITY };
  for (let way = 0; way < SOURCES.length; way++) {
    let fit = 0;
    for (let p = 0; p < 12; p++) fit += piece.profile[SOURCES[way][p]] * profile[p];
    if (fit > best.fit) best = { way, fit };
  }
  return { piece, turn: best.way % 12, mirrored: best.way >= 12, fit: best.fit };
}

/** The sections of a track of so many frames: `{ from, frames, stretches, noise }`. */
function drawSections(random, pool, frames) {
  const sections = [];
  let profile;
  for (let from = 0; from < frames; ) {
    const known = sections.length > 0 && random() < MIX.repeated ? pick(random, sections) : undefined;
    const length = known?.frames ?? Math.round(FRAMES_PER_SECOND * between(random, SECTION_SECONDS));
    const contrast = known?.contrast ?? (random() < MIX.sharp ? between(random, MIX.contrast) : 1);
    const stretches = known?.stretches ?? [];
    while (stretches.length < 2) {
      stretches.push(drawStretch(random, pool, profile));
      profile ??= turned(stretches[0].piece.profile, stretches[0]);
    }
    sections.push({
      from,
      frames: Math.min(length, frames - from),
      stretches,
      contrast,
      noise: known && random() < MIX.exact ? known.noise : Math.floor(random() * 2 ** 31),
    });
    from += length;
  }
  return sections;
}

/** Frames between the points of the slow random course. Chosen. */
const SLOW_STRIDE = 8;
/** Frames over which a section gives way to the next. Chosen. */
const FADE = 16;

function laySection(kernel, { from, frames, stretches, contrast, noise }, total) {
  const count = Math.min(frames + FADE, total - from);
  const fades = [from === 0 ? 0 : FADE, from + count < total ? FADE : 0];
  stretches.forEach((stretch, i) => {
    kernel.layStretch(stretch, contrast * Math.sqrt(i === 0 ? MIX.first : MIX.second), from, count, fades);
  });
  const rest = (1 - MIX.first - MIX.second) * contrast ** 2;
  kernel.colour(from, frames, MIX.deviation * Math.sqrt(rest * (1 - MIX.slow)), MIX.fastMemory, 1, noise);
  kernel.colour(
    from,
    frames,
    MIX.deviation * Math.sqrt(rest * MIX.slow),
    MIX.slowMemory,
    SLOW_STRIDE,
    noise ^ 0x5bd1e995,
  );
}

/** Makes the kernel's image a track of so many frames, as logarithms, that is like no other. */
export function layTrack(kernel, pool, random, frames) {
  kernel.clear(frames, LEVEL);
  for (const section of drawSections(random, pool, frames)) laySection(kernel, section, frames);
}

/** A track's length in frames. */
export const drawFrames = (random) => Math.min(MOST_FRAMES, Math.round(drawSeconds(random) * FRAMES_PER_SECOND));
