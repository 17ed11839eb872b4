/** What two files are to each other, whether or not they are in the catalogue. */
import { unpackAlteredQuestions } from '#fingerprint';
import { displayPath } from '#kernel';
import {
  createComparisonKernel,
  expectedFalseOf,
  findLikeness,
  type OffsetHypothesis,
  offsetsBetween,
  PRIOR,
  type Relation,
  type Verdict,
  withBitErrors,
  withLikeness,
} from '#matching';
import { phaseItems } from './match-plan.ts';
import type { Content, Sound } from './model.ts';
import type { JudgedFile, SoundWorkers } from './ports.ts';

/** One side of a comparison: a path, its stamp before, and what {@link SoundWorkers.analyse} found in it. */
export interface ComparedFile extends Pick<JudgedFile, 'path' | 'stamp'> {
  readonly content: Content;
}

/**
 * Compares two files: equal bytes, equal audio, equal samples, else by their sound.
 * @throws AppError `decode/…`, `files/…`, `run/cancelled`
 */
export async function compareFiles(
  workers: Pick<SoundWorkers, 'judge'>,
  a: ComparedFile,
  b: ComparedFile,
  options: { readonly signal: AbortSignal },
): Promise<Verdict> {
  const exact = exactVerdict(a.content, b.content);
  if (exact) return exact;
  const [one, other] = [a.content.sound, b.content.sound];
  if (!one || !other) return { ...bareVerdict('unsure', null, ''), reasons: [a, b].flatMap(whyUnheard) };
  const [aItems, bItems] = [phaseItems(one.fingerprint), phaseItems(other.fingerprint)];
  const [aAltered, bAltered] = [unpackAlteredQuestions(one.altered), unpackAlteredQuestions(other.altered)];
  const kernel = createComparisonKernel();
  const like = findLikeness({ items: aItems, altered: aAltered }, { items: bItems, altered: bAltered }, kernel);
  const offsets: OffsetHypothesis[] = [...offsetsBetween(aItems, bItems, aAltered, bAltered)];
  if (like) offsets.push({ offsetSeconds: like.offsetSeconds, speedRatio: like.tempoRatio, votes: 0 });
  if (offsets.length === 0) return bareVerdict('different', null, 'The fingerprints share nothing.');
  const request = {
    a: { path: a.path, stamp: a.stamp, decodeErrors: one.integrity.errors },
    b: { path: b.path, stamp: b.stamp, decodeErrors: other.integrity.errors },
    offsets,
  };
  const verdict = withLikeness(withBitErrors(await workers.judge(request, options), aItems, bItems, kernel), like);
  return withExpectation(verdict, { a: one, b: other });
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

/** A verdict without listening. `equalSeconds`: how much is known to be equal; `null` where nothing is. */
export function bareVerdict(relation: Relation, equalSeconds: number | null, reason: string): Verdict {
  const equal = equalSeconds !== null;
  const segment = { aStartSeconds: 0, bStartSeconds: 0, seconds: equalSeconds ?? 0, bitErrorRate: equal ? 0 : null };
  return {
    relation,
    truncated: null,
    similarity: equal ? 1 : null,
    bitErrorRate: equal ? 0 : null,
    significance: null,
    overlapSeconds: equalSeconds ?? 0,
    offsetSeconds: equal ? 0 : null,
    speedRatio: equal ? 1 : null,
    coherence: null,
    evidence: null,
    segments: equal ? [segment] : [],
    reasons: [reason],
  };
}
