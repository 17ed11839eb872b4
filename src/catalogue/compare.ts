/** What two files are to each other, whether or not they are in the catalogue. */
import { unpackAlteredQuestions } from '#fingerprint';
import { displayPath } from '#kernel';
import {
  type ComparedPrints,
  createComparisonKernel,
  expectedFalseOf,
  LONGEST_HEARD_SECONDS,
  type OffsetHypothesis,
  offsetsBetween,
  PRIOR,
  TOO_LONG,
  type Verdict,
} from '#matching';
import { bareVerdict } from './bare-verdict.ts';
import { type HeardVerdict, hearPair } from './hear-pair.ts';
import type { Content, Sound } from './model.ts';
import type { JudgedFile, SoundWorkers, StoredPrints } from './ports.ts';
import { phaseItems } from './prints.ts';

/** One side of a comparison: a path, its stamp before, and what {@link SoundWorkers.analyse} found in it. */
export interface ComparedFile extends Pick<JudgedFile, 'path' | 'stamp'> {
  readonly content: Content;
}

export interface CompareOptions {
  readonly signal: AbortSignal;
  /** Take the word of the sketches where they tell, so that nothing is decoded. Otherwise every sound is heard. */
  readonly quickly?: boolean;
  /** Also judge whole sounds of 2 to 10 s by their waveforms: for pairs of which something else says that they may be one. */
  readonly short?: boolean;
}

/** A verdict on two files, and what was looked at on the way to it. */
export interface Comparison extends HeardVerdict {
  /** Where the fingerprints said that b may lie over a, the best first; absent where they were not asked. */
  readonly places?: readonly OffsetHypothesis[];
}

/**
 * Compares two files: equal bytes, equal audio, equal samples, else by their sound.
 * @throws AppError `decode/…`, `files/…`, `run/cancelled`
 */
export async function compareFiles(
  workers: Pick<SoundWorkers, 'judge' | 'judgeSketches' | 'liken'>,
  a: ComparedFile,
  b: ComparedFile,
  options: CompareOptions,
): Promise<Comparison> {
  const exact = exactVerdict(a.content, b.content);
  if (exact) return { verdict: exact };
  const [one, other] = [a.content.sound, b.content.sound];
  if (!one || !other) return { verdict: { ...bareVerdict('unsure', null, ''), reasons: [a, b].flatMap(whyUnheard) } };
  const [aPrints, bPrints] = [comparedPrints(one), comparedPrints(other)];
  const isShort = options.short === true && Math.min(one.durationSeconds, other.durationSeconds) < SHORT_SECONDS;
  const found = offsetsBetween(aPrints, bPrints);
  const places = isShort ? [...found, FROM_THE_START] : found;
  const { verdict, notes } = await hearPair(
    {
      a: aPrints,
      b: bPrints,
      offsets: places,
      liken: () => workers.liken({ a: printsOf(one), b: printsOf(other) }, options),
      judge: async (offsets) =>
        (await bySketches(workers, one, other, offsets, {
          ...options,
          quickly: options.quickly === true && !isShort,
        })) ??
        (await workers.judge(
          {
            a: { path: a.path, stamp: a.stamp, decodeErrors: one.integrity.errors },
            b: { path: b.path, stamp: b.stamp, decodeErrors: other.integrity.errors },
            offsets,
            ...(isShort && { short: true }),
          },
          options,
        )),
    },
    createComparisonKernel(),
  );
  const known = withExpectation(verdict, { a: one, b: other });
  return { verdict: known, places, ...(notes !== undefined && { notes }) };
}

/** Sounds below this are too short for fingerprints to place them. */
const SHORT_SECONDS = 10;
const FROM_THE_START: OffsetHypothesis = { offsetSeconds: 0, speedRatio: 1, votes: 0 };

/** What is too long to be held whole is compared by its sketch; `undefined` for what has to be heard. */
async function bySketches(
  workers: Pick<SoundWorkers, 'judgeSketches'>,
  a: Sound,
  b: Sound,
  offsets: readonly OffsetHypothesis[],
  options: CompareOptions,
): Promise<Verdict | undefined> {
  const isLong = Math.max(a.durationSeconds, b.durationSeconds) > LONGEST_HEARD_SECONDS;
  if (!isLong && !options.quickly) return undefined;
  if (!a.sketch || !b.sketch) return isLong ? bareVerdict('unsure', null, TOO_LONG) : undefined;
  const request = {
    a: { sketch: a.sketch, decodeErrors: a.integrity.errors },
    b: { sketch: b.sketch, decodeErrors: b.integrity.errors },
    offsets,
  };
  return workers.judgeSketches(request, options);
}

function printsOf({ fingerprint, altered }: Sound): StoredPrints {
  return { fingerprint, altered };
}

/** Fingerprints as they are stored, ready to compare. */
export function comparedPrints({ fingerprint, altered }: StoredPrints): ComparedPrints {
  return { items: phaseItems(fingerprint), altered: unpackAlteredQuestions(altered) };
}

/** Two files are one pair, and nothing is known of a library. */
function withExpectation(verdict: Verdict, sounds: Readonly<Record<string, Sound>>): Verdict {
  const library = { sounds: 2, secondsOf: (id: string) => sounds[id]?.durationSeconds ?? 0, nulls: PRIOR };
  return { ...verdict, expectedFalse: expectedFalseOf({ a: 'a', b: 'b', verdict }, library) };
}

/** What cannot be heard cannot be called different. */
function whyUnheard({ path, content: { sound, failure } }: ComparedFile): string[] {
  return sound ? [] : [`${displayPath(path)}: ${failure?.message ?? 'It holds no sound that could be decoded.'}`];
}

/** The verdict that needs no listening, or `undefined`. */
function exactVerdict(a: Content, b: Content): Verdict | undefined {
  if (a.contentHash === b.contentHash)
    return bareVerdict('same-bytes', a.sound?.durationSeconds ?? 0, 'The files are equal, byte for byte.');
  if (!a.sound || !b.sound) return undefined;
  const seconds = a.sound.durationSeconds;
  if (a.sound.audioHash === b.sound.audioHash)
    return bareVerdict('same-audio', seconds, 'The audio is equal; tags or container differ.');
  const samples = a.sound.sampleHash !== null && a.sound.sampleHash === b.sound.sampleHash;
  return samples ? bareVerdict('same-audio', seconds, 'The decoded samples are equal.') : undefined;
}
