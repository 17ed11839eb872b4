/**
 * Which part of one sound lies where in the other, over all lines along which they may lie. Dynamic programming gives
 * every second of a to the line that explains it with the fewest jumps; what is left over where two stretches of a lie
 * over one of b is a repeat, because each second of b belongs to one of a. After damage the lost stretch is searched
 * for near the line. All on a grid of about one second of a.
 */
import { SAMPLE_RATE } from '#fingerprint';
import {
  type Alignment,
  alignSounds,
  alongOf,
  type CoherenceMap,
  type CoherenceMeter,
  type EnvelopeMeter,
  type LagMeter,
  type LineReader,
  overlapOf,
  SLOT_SAMPLES,
  type Sounding,
  soundingSeconds,
  type TimeLine,
} from '#signal';

/** One sound with what was measured of it alone. */
export interface HeardSound {
  /** Mono, 11,025 Hz. */
  readonly pcm: Int16Array;
  readonly sounding: Sounding;
}

/** The tools that judging needs. */
export interface SegmentTools {
  readonly reader: LineReader;
  readonly lagMeter: LagMeter;
  readonly wideLagMeter: LagMeter;
  readonly envelopeMeter: EnvelopeMeter;
  readonly coherenceMeter: CoherenceMeter;
}

/** b along one line, with the evidence. */
export interface Lane {
  readonly line: TimeLine;
  /** Share of blocks on the line, 0 … 1. */
  readonly support: number;
  readonly map: CoherenceMap;
  /** By slot of a: 1 where the sounds agree along this line. */
  readonly agrees: Uint8Array;
  readonly agreedSlots: number;
}

/** A run of agreeing slots. Samples of a and of b. */
export interface Run {
  readonly lane: Lane;
  readonly firstSlot: number;
  readonly endSlot: number;
  readonly aStart: number;
  readonly aEnd: number;
  readonly bStart: number;
  readonly bEnd: number;
}

export interface SegmentMap {
  /** The lane that matches most. */
  readonly main: Lane;
  /** Matched stretches, ordered by a. */
  readonly runs: readonly Run[];
  /** Seconds of a's unmatched sound that some other lane finds in b all the same: repeats. */
  readonly repeatedSeconds: number;
}

/** A block above this is the same sound; unrelated music stays below 0.06, soundfonts of one score reach 0.64. */
const AGREEING_COHERENCE = 0.5;
/** A single slot is a noisier measure than a block. */
const AGREEING_SLOT = 0.35;
const MAX_LANES = 6;
/** A speed change shows at the offsets with most votes or nowhere. */
const SPEED_HYPOTHESES = 3;
/** Offsets nearer than this are one hypothesis. */
const DISTINCT_OFFSET = 0.19 * SAMPLE_RATE;
/** Lines nearer than this are one line. */
const DISTINCT_LINE = 20;
/** A lane that covers this share of what sounds needs no rival. */
const ENOUGH = 0.85;
/** Runs below this are chance: 1.5 s. */
const MIN_RUN_SLOTS = 2;
/** Above this many slots only two of every few are measured, so that cost stays bounded. */
const MAX_MEASURED_SLOTS = 1200;
/** How far damage may shift what follows, and when two lags agree. */
const LOST_REACH = 2.5 * SAMPLE_RATE;
const LOST_TOLERANCE = 9;
const LOST_SLOTS = 3;

/** The segment map of a pair, or `undefined` where nothing lies along any of the offsets (samples of a). */
export function mapSegments(
  tools: SegmentTools,
  a: HeardSound,
  b: HeardSound,
  guesses: readonly TimeLine[],
): SegmentMap | undefined {
  const { lanes, rest } = mainLanes(tools, a, b, guesses);
  const main = lanes.reduce<Lane | undefined>(
    (best, lane) => (best && best.agreedSlots >= lane.agreedSlots ? best : lane),
    undefined,
  );
  if (!main) return undefined;
  let cover = coverOf(lanes, main, a, b);
  if (cover.hasRoom()) {
    for (const guess of rest.slice(0, MAX_LANES - lanes.length)) {
      const lane = openLane(tools, a, b, guess, lanes, true, cover.isOpen);
      if (!lane) continue;
      lanes.push(lane);
      cover = coverOf(lanes, main, a, b);
    }
    const lost = lostLines(tools, a, b, main, cover.openRuns());
    for (const line of lost) lanes.push(laneOf(tools, a, b, { line, support: 0 }, cover.isOpen));
    if (lost.length > 0) cover = coverOf(lanes, main, a, b);
  }
  return { main, runs: cover.runs(), repeatedSeconds: cover.repeatedSeconds() };
}

/** Lanes of the offsets in turn until one covers nearly everything. */
function mainLanes(
  tools: SegmentTools,
  a: HeardSound,
  b: HeardSound,
  guesses: readonly TimeLine[],
): { lanes: Lane[]; rest: readonly TimeLine[] } {
  const lanes: Lane[] = [];
  const tried: TimeLine[] = [];
  const ordered = inTurn(guesses);
  const wanted = Math.min(totalSeconds(a), totalSeconds(b)) * ENOUGH;
  for (let i = 0; i < ordered.length && tried.length < MAX_LANES; i++) {
    const guess = ordered[i]!;
    if (tried.some((other) => other.step === guess.step && Math.abs(other.start - guess.start) < DISTINCT_OFFSET))
      continue;
    tried.push(guess);
    const lane = openLane(
      tools,
      a,
      b,
      guess,
      lanes,
      tried.filter(({ step }) => step === 1).length > SPEED_HYPOTHESES,
      () => true,
    );
    if (!lane) continue;
    lanes.push(lane);
    if ((lane.agreedSlots * SLOT_SAMPLES) / SAMPLE_RATE >= wanted) return { lanes, rest: ordered.slice(i + 1) };
  }
  return { lanes, rest: [] };
}

/** At equal and at other speeds by turns: votes of the two searches do not compare. */
function inTurn(guesses: readonly TimeLine[]): TimeLine[] {
  const level = guesses.filter(({ step }) => step === 1);
  const slanted = guesses.filter(({ step }) => step !== 1);
  const places = Array.from({ length: Math.max(level.length, slanted.length) }, (_, i) => [level[i], slanted[i]]);
  return places.flat().filter((guess) => guess !== undefined);
}

function totalSeconds({ pcm, sounding }: HeardSound): number {
  return soundingSeconds(sounding, 0, pcm.length);
}

function openLane(
  tools: SegmentTools,
  a: HeardSound,
  b: HeardSound,
  guess: TimeLine,
  lanes: readonly Lane[],
  levelOnly: boolean,
  wants: (slot: number) => boolean,
): Lane | undefined {
  // Two sounds have one ratio of speeds: where a level lane was found, none of the others slants.
  const level = levelOnly || lanes.some(({ line }) => line.step === 1);
  if (level && guess.step !== 1) return undefined;
  const alignment = alignSounds(tools, a.pcm, b.pcm, guess, level);
  if (!alignment || lanes.some(({ line }) => isNear(line, alignment.line, a.pcm.length))) return undefined;
  const lane = laneOf(tools, a, b, alignment, wants);
  return lane.agreedSlots >= MIN_RUN_SLOTS ? lane : undefined;
}

function isNear(one: TimeLine, other: TimeLine, length: number): boolean {
  const apart = (x: number): number => Math.abs(alongOf(one, x) - alongOf(other, x));
  return apart(0) < DISTINCT_LINE && apart(length) < DISTINCT_LINE;
}

function laneOf(
  tools: SegmentTools,
  a: HeardSound,
  b: HeardSound,
  { line, support }: Alignment,
  wants: (slot: number) => boolean,
): Lane {
  const { from, to } = overlapOf(a.pcm.length, b.pcm.length, line);
  const slots = Math.floor(a.pcm.length / SLOT_SAMPLES);
  const first = Math.ceil(from / SLOT_SAMPLES);
  const end = Math.min(slots, Math.floor(to / SLOT_SAMPLES));
  const stride = Math.max(2, Math.ceil((2 * (end - first)) / MAX_MEASURED_SLOTS));
  // Neighbours are measured too: a block needs both of its slots.
  const near = (slot: number): boolean => wants(slot) || wants(slot - 1) || wants(slot + 1);
  const measured = (slot: number): boolean => slot >= first && slot < end && (slot - first) % stride < 2 && near(slot);
  const map = tools.coherenceMeter.measure(a.pcm, b.pcm, line, 0, slots, measured);
  const agrees = agreeingSlots(map, first, end);
  return { line, support, map, agrees, agreedSlots: agrees.reduce((sum, flag) => sum + flag, 0) };
}

function agreeingSlots(map: CoherenceMap, first: number, end: number): Uint8Array {
  const agrees = new Uint8Array(map.slots);
  let known = 0;
  for (let slot = first; slot < end; slot++) {
    if (!Number.isNaN(map.slotCoherence[slot]!)) {
      const block = Math.max(orZero(map.blockCoherence[slot - 1]), orZero(map.blockCoherence[slot]));
      known = block >= AGREEING_COHERENCE && map.slotCoherence[slot]! >= AGREEING_SLOT ? 1 : 0;
    }
    agrees[slot] = known;
  }
  return agrees;
}

const orZero = (value: number | undefined): number => (value === undefined || Number.isNaN(value) ? 0 : value);

interface Cover {
  /** Is a's slot unmatched and does it sound? */
  readonly isOpen: (slot: number) => boolean;
  /** Is there unmatched sound on both sides? */
  hasRoom(): boolean;
  /** Runs of open slots, `[first, end)`. */
  openRuns(): (readonly [number, number])[];
  runs(): Run[];
  repeatedSeconds(): number;
}

/** Who owns which slot of a and which of b. */
function coverOf(lanes: readonly Lane[], main: Lane, a: HeardSound, b: HeardSound): Cover {
  const aSlots = Math.floor(a.pcm.length / SLOT_SAMPLES);
  const bSlots = Math.ceil(b.pcm.length / SLOT_SAMPLES) + 1;
  const { owner, bTaken } = oneToOne(likeliestLanes(lanes, main, aSlots), main, bSlots);
  const soundsAt = (sound: HeardSound, slot: number): boolean =>
    soundingSeconds(sound.sounding, slot * SLOT_SAMPLES, (slot + 1) * SLOT_SAMPLES) > 0.5;
  const isOpen = (slot: number): boolean => slot >= 0 && slot < aSlots && !owner[slot] && soundsAt(a, slot);
  return {
    isOpen,
    hasRoom() {
      const openB = bTaken.reduce((sum, taken, slot) => sum + (taken === 0 && soundsAt(b, slot) ? 1 : 0), 0);
      return openB >= MIN_RUN_SLOTS && runsOf(aSlots, isOpen).some(([first, end]) => end - first >= MIN_RUN_SLOTS);
    },
    openRuns: () => runsOf(aSlots, isOpen),
    runs: () => ownedRuns(owner, a, b),
    repeatedSeconds() {
      const repeated = runsOf(aSlots, (slot) => isOpen(slot) && lanes.some((lane) => lane.agrees[slot] === 1));
      return (repeated.reduce((sum, [first, end]) => sum + end - first, 0) * SLOT_SAMPLES) / SAMPLE_RATE;
    },
  };
}

type Owners = (Lane | undefined)[];

/**
 * The lane of each slot of a, or none: the course that gains most when a slot that agrees counts 1, one that does not
 * −1, no lane 0, and every start and jump costs. A jump back costs more: music is cut and repeated less often than it
 * goes on. Of equal courses that of the main lane wins. Cost: slots × lanes².
 * @see Viterbi, "Error bounds for convolutional codes and an asymptotically optimum decoding algorithm", 1967
 */
function likeliestLanes(lanes: readonly Lane[], main: Lane, slots: number): Owners {
  const states = lanes.length + 1; // the last one is "none"
  const none = lanes.length;
  const costs = lanes.map((from) => lanes.map((to) => jumpCost(from, to)));
  let gains = new Float64Array(states).fill(Number.NEGATIVE_INFINITY);
  gains[none] = 0;
  const cameFrom = new Uint8Array(slots * states);
  for (let slot = 0; slot < slots; slot++) {
    const next = new Float64Array(states);
    for (let state = 0; state < states; state++) {
      let [best, from] = [gains[state]!, state];
      for (let other = 0; other < states; other++) {
        if (other === state) continue;
        const cost = state === none ? 0 : other === none ? START_COST : costs[other]![state]!;
        if (gains[other]! - cost > best) [best, from] = [gains[other]! - cost, other];
      }
      const lane = lanes[state];
      const gain = !lane ? 0 : lane.agrees[slot] === 1 ? (lane === main ? MAIN_GAIN : 1) : -1;
      next[state] = best + gain;
      cameFrom[slot * states + state] = from;
    }
    gains = next;
  }
  const owners: Owners = Array.from({ length: slots });
  let state = gains.indexOf(Math.max(...gains));
  for (let slot = slots - 1; slot >= 0; slot--) {
    owners[slot] = lanes[state]?.agrees[slot] === 1 ? lanes[state] : undefined;
    state = cameFrom[slot * states + state]!;
  }
  return owners;
}

/** What a course loses by a start, a jump and a jump back, in slots. Chosen: two slots make a run. */
const START_COST = 0.5;
const JUMP_COST = 1;
const BACK_COST = 2;
/** Decides between lanes that agree equally, as on looped music. */
const MAIN_GAIN = 1.01;

function jumpCost(from: Lane, to: Lane): number {
  const middle = from.map.slots * SLOT_SAMPLES * 0.5;
  return alongOf(to.line, middle) < alongOf(from.line, middle) - DISTINCT_LINE ? BACK_COST : JUMP_COST;
}

/** Takes back what another run of a holds of b already: the main lane's runs come first, then the longer ones. */
function oneToOne(course: Owners, main: Lane, bSlots: number): { owner: Owners; bTaken: Uint8Array } {
  const owner: Owners = Array.from({ length: course.length });
  const bTaken = new Uint8Array(bSlots);
  const bSlotOf = (lane: Lane, slot: number): number =>
    Math.max(0, Math.floor(alongOf(lane.line, (slot + 0.5) * SLOT_SAMPLES) / SLOT_SAMPLES));
  const runs = [...new Set(course)]
    .flatMap((lane) =>
      lane ? runsOf(course.length, (slot) => course[slot] === lane).map((run) => ({ lane, run })) : [],
    )
    .sort(
      (one, other) =>
        Number(other.lane === main) - Number(one.lane === main) ||
        other.run[1] - other.run[0] - (one.run[1] - one.run[0]) ||
        one.run[0] - other.run[0],
    );
  for (const { lane, run } of runs) {
    const free = (slot: number): boolean => slot >= run[0] && slot < run[1] && bTaken[bSlotOf(lane, slot)] === 0;
    const kept = runsOf(course.length, free).filter(([first, end]) => end - first >= MIN_RUN_SLOTS);
    for (const [first, end] of kept) for (let slot = first; slot < end; slot++) owner[slot] = lane;
    for (const [first, end] of kept) for (let slot = first; slot < end; slot++) bTaken[bSlotOf(lane, slot)] = 1;
  }
  return { owner, bTaken };
}

function runsOf(slots: number, holds: (slot: number) => boolean): (readonly [number, number])[] {
  const runs: (readonly [number, number])[] = [];
  let first = -1;
  for (let slot = 0; slot <= slots; slot++) {
    const inside = slot < slots && holds(slot);
    if (inside && first < 0) first = slot;
    if (!inside && first >= 0) {
      runs.push([first, slot]);
      first = -1;
    }
  }
  return runs;
}

function ownedRuns(owner: readonly (Lane | undefined)[], a: HeardSound, b: HeardSound): Run[] {
  const lanes = new Set(owner.filter((lane) => lane !== undefined));
  return [...lanes]
    .flatMap((lane) =>
      runsOf(owner.length, (slot) => owner[slot] === lane).map(([first, end]) => runOf(lane, first, end, a, b)),
    )
    .sort((one, other) => one.aStart - other.aStart);
}

/** A run reaches to the end of the overlap where less than a slot is left there, which could not be measured. */
function runOf(lane: Lane, firstSlot: number, endSlot: number, a: HeardSound, b: HeardSound): Run {
  const { from, to } = overlapOf(a.pcm.length, b.pcm.length, lane.line);
  const start = firstSlot * SLOT_SAMPLES;
  const end = endSlot * SLOT_SAMPLES;
  const aStart = start - from < SLOT_SAMPLES ? Math.min(start, from) : start;
  const aEnd = to - end < SLOT_SAMPLES ? Math.max(end, to) : end;
  return { lane, firstSlot, endSlot, aStart, aEnd, bStart: alongOf(lane.line, aStart), bEnd: alongOf(lane.line, aEnd) };
}

/** Lines beside the main one along which open runs go on: what follows a damaged place. */
function lostLines(
  tools: SegmentTools,
  a: HeardSound,
  b: HeardSound,
  main: Lane,
  open: readonly (readonly [number, number])[],
): TimeLine[] {
  const meter = tools.wideLagMeter;
  return open
    .filter(([first, end]) => end - first >= LOST_SLOTS)
    .flatMap(([first, end]) => {
      const room = (end - first) * SLOT_SAMPLES - meter.blockSamples;
      const count = room < SLOT_SAMPLES ? 2 : 3;
      const lags = Array.from({ length: count }, (_, i) => {
        const x = first * SLOT_SAMPLES + Math.round((i * room) / (count - 1));
        return meter.at(a.pcm, b.pcm, main.line, Math.max(0, x), LOST_REACH)?.samples;
      }).filter((lag) => lag !== undefined);
      const agreed = lags.find(
        (lag, i) =>
          Math.abs(lag) > DISTINCT_LINE && lags.some((other, j) => i !== j && Math.abs(other - lag) <= LOST_TOLERANCE),
      );
      if (agreed === undefined) return [];
      const start = main.line.start - agreed;
      return [{ start: main.line.step === 1 ? Math.round(start) : start, step: main.line.step }];
    });
}
