/** What a picture of a file or of a pair shows: measured for it alone, and never kept. */
import type { StreamInfo } from '#audio';
import { AppError } from '#kernel';
import { bitErrorCurve, type Curve, courseOf, offsetsBetween, type Stretch, type Verdict } from '#matching';
import type { SoundPortrait } from '#signal';
import { type ComparedFile, comparedPrints } from './compare.ts';
import type { DecodedFile, SoundWorkers } from './ports.ts';

/** A sound with what it looks like. */
export interface PortrayedSound {
  readonly stream: StreamInfo;
  readonly portrait: SoundPortrait;
}

/** The evidence for a verdict by time and by frequency. */
export interface PairPortrait {
  /** `null` where the file holds no sound that could be decoded. */
  readonly a: PortrayedSound | null;
  readonly b: PortrayedSound | null;
  /** Along which lines the pair was looked at; empty where nobody knows where b could lie over a. */
  readonly course: readonly Stretch[];
  /** `null` where there is no course, or a sound is too long to be held whole. */
  readonly coherence: Curve | null;
  readonly bitErrors: Curve | null;
}

type Options = { readonly signal: AbortSignal };

/** Measures the sound of one file. @throws AppError `decode/…`, `files/…`, `run/cancelled` */
export async function portrayFile(
  workers: Pick<SoundWorkers, 'portray'>,
  { path, stamp }: DecodedFile,
  stream: StreamInfo,
  options: Options,
): Promise<PortrayedSound> {
  return { stream, portrait: await workers.portray({ path, stamp, sampleRateHz: stream.sampleRateHz }, options) };
}

/** Measures the evidence for a verdict on (a, b). @throws AppError as {@link portrayFile} */
export async function portrayPair(
  workers: Pick<SoundWorkers, 'portray' | 'trace'>,
  a: ComparedFile,
  b: ComparedFile,
  verdict: Verdict,
  options: Options,
): Promise<PairPortrait> {
  const portrayed = (file: ComparedFile): Promise<PortrayedSound> | null =>
    file.content.sound && portrayFile(workers, file, file.content.sound.stream, options);
  const [one, other] = [a.content.sound, b.content.sound];
  if (!one || !other) {
    return { a: await portrayed(a), b: await portrayed(b), course: [], coherence: null, bitErrors: null };
  }
  const [aPrints, bPrints] = [comparedPrints(one), comparedPrints(other)];
  const hypothesis = verdict.offsetSeconds === null ? offsetsBetween(aPrints, bPrints)[0] : undefined;
  const course = courseOf(verdict, one.durationSeconds, other.durationSeconds, hypothesis);
  const [coherence, aPortrait, bPortrait] = await Promise.all([
    course.length > 0 ? trace(workers, a, b, course, options) : null,
    portrayed(a),
    portrayed(b),
  ]);
  const bitErrors = course.length > 0 ? bitErrorCurve(aPrints.items, bPrints.items, course) : null;
  return { a: aPortrait, b: bPortrait, course, coherence, bitErrors };
}

async function trace(
  workers: Pick<SoundWorkers, 'trace'>,
  a: ComparedFile,
  b: ComparedFile,
  course: readonly Stretch[],
  options: Options,
): Promise<Curve | null> {
  try {
    return await workers.trace({ a: decodedFile(a), b: decodedFile(b), course }, options);
  } catch (error) {
    // Equal files need no listening, so they may be longer than what can be held whole.
    if (error instanceof AppError && error.code === 'decode/too-long') return null;
    throw error;
  }
}

/** Without the fingerprints: it is sent to another process. */
function decodedFile({ path, stamp }: ComparedFile): DecodedFile {
  return { path, stamp };
}
