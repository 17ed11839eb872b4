/**
 * Judges one file against the library: what it is, where its tags say that it stands, which files stand there already, and
 * whether one of them is the same recording. Changes nothing but what it finds wrong in the catalogue. Whoever claims by a
 * judgement shows which rivals were seen, so that a file that came in meanwhile makes it judge again.
 * @see docs/design/gate.md
 */
import { isAudioExtension, isDamaged } from '#audio';
import {
  type CatalogueStore,
  type Content,
  type ContentOf,
  compareFiles,
  type FileTree,
  isSameWriting,
  keyOfStamp,
  type Sound,
  type SoundWorkers,
  type StampKey,
  worthComparing,
} from '#catalogue';
import { AppError, type BytePath, cancelled, displayPath, extensionOf, invariant } from '#kernel';
import { settleDecisions, type Verdict } from '#matching';
import { whyBetter } from './better.ts';
import type { GateWord, Lane } from './model.ts';
import type { Policy } from './policy.ts';
import type { JudgementStore, Rival, RivalQuestion } from './ports.ts';
import { type Agreement, agreement, type ReleasePlace, readPlace, whyUnplaced } from './release.ts';
import * as say from './words.ts';

export interface JudgeParts {
  readonly store: Pick<JudgementStore, 'content' | 'copiesOf' | 'rivals' | 'sameAudio' | 'libraryFileChanged'>;
  readonly catalogue: Pick<CatalogueStore, 'knownContents' | 'decisions'>;
  readonly workers: Pick<SoundWorkers, 'analyse' | 'judge' | 'judgeSketches' | 'liken' | 'producer'>;
  readonly tree: Pick<FileTree, 'stamp'>;
  /** Real paths: what lies there belongs to the library only where it was admitted. */
  readonly inboxes: readonly BytePath[];
  readonly lane: Lane;
  /** Is a file that is not there on a volume that is away? */
  readonly isAway: (path: BytePath) => Promise<boolean>;
  /** Told of a file of the library that is gone; the rivals are asked for again afterwards. */
  readonly onGone: (rival: Rival) => Promise<void>;
}

/** A file as it was read at the gate. */
export interface Arrival {
  readonly path: BytePath;
  readonly stamp: StampKey;
  readonly content: Content;
  /** The same for the catalogue. */
  readonly contentOf: ContentOf;
}

export interface Judgement {
  readonly word: GateWord;
  readonly keeper: Rival | null;
  readonly place: ReleasePlace;
  /** The audio hash of the keeper, or of the file itself where it is the first of its recording. */
  readonly recording: string | null;
  readonly reasons: readonly string[];
  /** May it come in? */
  readonly isAdmitted: boolean;
  readonly rivals: { readonly question: RivalQuestion; readonly seen: readonly number[] } | null;
}

/**
 * Reads a file; decodes it only where these bytes were never heard.
 * @throws AppError `files/…`, `run/cancelled`
 */
export async function readArrival(parts: JudgeParts, path: BytePath, signal: AbortSignal): Promise<Arrival> {
  const { workers, tree, catalogue, store } = parts;
  const found = await tree.stamp(path);
  if (found === undefined) throw gone(path);
  const known = await catalogue.knownContents(found.sizeBytes, workers.producer);
  const analysis = await workers.analyse(path, { signal, known: known.map(({ contentHash }) => contentHash) });
  const heard = analysis.kind === 'new' ? analysis.content : await store.content(analysis.contentHash);
  if (heard === undefined) throw new Error('A content that is known is not in the catalogue.');
  const contentOf: ContentOf =
    analysis.kind === 'new'
      ? { kind: 'new', content: heard, producer: workers.producer }
      : { kind: 'known', contentHash: heard.contentHash };
  return { path, stamp: keyOfStamp(found), content: heard, contentOf };
}

/** @throws AppError `decode/…` where two sounds cannot be compared now, `files/…`, `run/cancelled` */
export async function judgeArrival(
  parts: JudgeParts,
  arrival: Arrival,
  policy: Policy,
  signal: AbortSignal,
): Promise<Judgement> {
  const { content, path } = arrival;
  const place = readPlace(content.tags);
  const bare = { keeper: null, place, recording: content.sound?.audioHash ?? null, rivals: null };
  if (content.sound === null) return { ...bare, ...soundless(arrival, policy) };
  const unclear = whyUnplaced(content.tags, place, policy.tuple);
  if (unclear !== null) {
    const isHeld = policy.onUntagged === 'hold';
    const reasons = [say.notPlaced(unclear, isHeld), ...(await sameAudio(parts, arrival, []))];
    return { ...bare, ...doubted(isHeld), reasons };
  }
  const question = questionOf(place, policy, { except: path, inboxes: parts.inboxes, lane: parts.lane });
  for (;;) {
    if (signal.aborted) throw cancelled();
    const rivals = await parts.store.rivals(question);
    const heard = await hearAll(parts, arrival, rivals, { place, policy, signal });
    if (heard === 'changed') continue;
    const ruling = await rule(parts, arrival, heard, place, policy);
    return { ...bare, rivals: { question, seen: rivals.map(({ fileId }) => fileId) }, ...ruling };
  }
}

/** Who stands in this place, as far as the policy counts its parts. */
export function questionOf(
  { albumKey, releaseId, track }: ReleasePlace,
  { tuple }: Policy,
  where: Pick<RivalQuestion, 'except' | 'inboxes' | 'lane'>,
): RivalQuestion {
  return { albumKey, releaseId, track: tuple.includes('track') ? track : null, ...where };
}

/** What becomes of a file that nobody can be sure of. */
export function doubted(isHeld: boolean): Pick<Judgement, 'word' | 'isAdmitted'> {
  return { word: isHeld ? 'held' : 'new', isAdmitted: !isHeld };
}

/** What cannot be heard: no sound at all, or one that is broken. */
function soundless(
  { path, content }: Arrival,
  { onUnreadable }: Policy,
): Pick<Judgement, 'word' | 'isAdmitted' | 'reasons'> {
  const why = content.failure?.message ?? 'It holds no sound that could be decoded.';
  if (!isAudioExtension(extensionOf(path))) {
    return { word: 'unknown', isAdmitted: true, reasons: [`No sound, so it is passed through. ${why}`] };
  }
  return { word: 'unreadable', isAdmitted: onUnreadable === 'pass', reasons: [why] };
}

interface Question {
  readonly place: ReleasePlace;
  readonly policy: Policy;
  readonly signal: AbortSignal;
}

/** A rival whose place agrees, and what its sound is to the arriving one. */
interface HeardRival {
  readonly rival: Rival;
  readonly agreement: Agreement;
  /** `null` where nobody listened, as the fingerprints share nothing. */
  readonly content: Content | null;
  /** On (arrival, rival). */
  readonly verdict: SoundVerdict;
}

/** What the gate goes by. */
type SoundVerdict = Pick<Verdict, 'relation' | 'truncated' | 'master' | 'foreignEnd' | 'reasons'>;

/** Those that stand in the same place, up to the first copy; `changed` where the library was not what the catalogue held it for. */
async function hearAll(
  parts: JudgeParts,
  arrival: Arrival,
  rivals: readonly Rival[],
  question: Question,
): Promise<readonly HeardRival[] | 'changed'> {
  const { signal } = question;
  const agreeing = inOnePlace(rivals, question);
  if (agreeing.length === 0) return [];
  for (const { rival } of agreeing) {
    if (signal.aborted) throw cancelled();
    if ((await standing(parts, rival, signal)) === 'changed') return 'changed';
  }
  const decided = await decisionsOn(parts, arrival.content);
  const silent = await silentAmong(parts, arrival, agreeing, decided);
  const heard: HeardRival[] = [];
  for (const one of agreeing) {
    if (signal.aborted) throw cancelled();
    const { rival } = one;
    if (silent.has(rival)) {
      heard.push({ ...one, content: null, verdict: SILENT });
      continue;
    }
    const content = await parts.store.content(rival.contentHash);
    if (content === undefined) return 'changed';
    const verdict = await hearWithCopies(parts, arrival, { ...rival, content }, decided, signal);
    heard.push({ ...one, content, verdict });
    if (isCopy(verdict)) break;
  }
  return heard;
}

/** Where more files stand in one place, as of albums that many artists have, fingerprints choose those to listen to. Chosen. */
const MOST_HEARD = 8;
const SILENT: SoundVerdict = { relation: 'different', truncated: null, reasons: ['The fingerprints share nothing.'] };
/** Fingerprints of shorter sounds say little. */
const LEAST_SECONDS = 10;

/** Of many, those whose fingerprints share nothing with the arrival's and of which nobody has said anything. */
async function silentAmong(
  { store }: JudgeParts,
  { content: { sound } }: Arrival,
  agreeing: readonly { readonly rival: Rival }[],
  decided: Decided,
): Promise<ReadonlySet<Rival>> {
  if (agreeing.length <= MOST_HEARD || sound === null || sound.durationSeconds < LEAST_SECONDS) return new Set();
  const asked: { readonly rival: Rival; readonly fingerprint: Sound['fingerprint'] }[] = [];
  for (const { rival } of agreeing) {
    const other = (await store.content(rival.contentHash))?.sound;
    if (!other || other.durationSeconds < LEAST_SECONDS || decided.has(other.audioHash)) continue;
    const isEqual = other.audioHash === sound.audioHash || (other.sampleHash ?? '') === sound.sampleHash;
    if (!isEqual) asked.push({ rival, fingerprint: other.fingerprint });
  }
  const worth = worthComparing(
    sound,
    asked.map(({ fingerprint }) => fingerprint),
  );
  return new Set(asked.filter((_, at) => !worth.has(at)).map(({ rival }) => rival));
}

/** Those whose place agrees. The surest first: in all parts, then the oldest in the catalogue. */
function inOnePlace(
  rivals: readonly Rival[],
  { place, policy }: Question,
): readonly Pick<HeardRival, 'rival' | 'agreement'>[] {
  const agreeing = rivals.flatMap((rival) => {
    const agrees = agreement(place, rival.place, policy.tuple);
    return agrees === null ? [] : [{ rival, agreement: agrees }];
  });
  const isLoose = (one: { readonly agreement: Agreement }): number => Number(one.agreement === 'loose');
  return agreeing.toSorted((a, b) => isLoose(a) - isLoose(b) || a.rival.fileId - b.rival.fileId);
}

/** Is the file of the library still what the catalogue says? What lies on a volume that is away counts as it was. */
async function standing(parts: JudgeParts, rival: Rival, signal: AbortSignal): Promise<'as-known' | 'changed'> {
  const now = await parts.tree.stamp(rival.path);
  if (now === undefined) {
    if (await parts.isAway(rival.path)) return 'as-known';
    await parts.onGone(rival);
    return 'changed';
  }
  if (isSameWriting(keyOfStamp(now), rival.stamp)) return 'as-known';
  const { stamp, contentOf } = await readArrival(parts, rival.path, signal);
  await parts.store.libraryFileChanged(rival.fileId, stamp, contentOf);
  return 'changed';
}

type Side = Pick<Arrival, 'path' | 'stamp' | 'content'>;

/** Chosen: each may cost a decoding. */
const MOST_COPIES = 4;

/**
 * A coarse copy that is kept may hide what a finer copy of it shows: where the sounds have something in common and not
 * enough, the copies that were judged to be the kept one are heard as well, the last of them first.
 */
async function hearWithCopies(
  parts: JudgeParts,
  arrival: Side,
  kept: Side & Pick<Rival, 'fileId'>,
  decided: Decided,
  signal: AbortSignal,
): Promise<SoundVerdict> {
  const verdict = await hear(parts, arrival, kept, decided, signal);
  if (!NEAR.has(verdict.relation)) return verdict;
  const copies = (await parts.store.copiesOf(kept.fileId)).toReversed().slice(0, MOST_COPIES);
  for (const { path, stamp, contentHash, verdict: judged } of copies) {
    const content = contentHash === null ? undefined : await parts.store.content(contentHash);
    if (path === arrival.path || judged.verdict === 'held' || !content) continue;
    const byCopy = await hear(parts, arrival, { path, stamp, content }, decided, signal);
    const [why = ''] = byCopy.reasons;
    if (isCopy(byCopy)) return { relation: 'same-recording', truncated: null, reasons: [say.byCopy(path, why)] };
  }
  return verdict;
}

/** What two copies of one recording may look like that are both far from their master. */
const NEAR = new Set<Verdict['relation']>(['unsure', 'shared-parts', 'other-performance']);

const DECIDED = 'A person has decided so.';

/** A person's word counts more than the sound. */
async function hear(
  parts: JudgeParts,
  arrival: Side,
  other: Side,
  decided: Decided,
  signal: AbortSignal,
): Promise<SoundVerdict> {
  const said = decided.get(other.content.sound?.audioHash ?? '');
  if (said === 'different') return { relation: 'different', truncated: null, reasons: [DECIDED] };
  const verdict = await compare(parts, arrival, other, signal);
  return said === 'same' ? { ...verdict, relation: 'same-recording', reasons: [DECIDED] } : verdict;
}

async function compare({ workers }: JudgeParts, a: Side, b: Side, signal: AbortSignal): Promise<SoundVerdict> {
  try {
    return (await compareFiles(workers, a, b, { signal, quickly: true, short: true })).verdict;
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === 'cancelled' || error.code === 'files/changed') throw error;
    // One of the two cannot be listened to now; what they are to each other is for a person to say.
    return { relation: 'unsure', truncated: null, reasons: [error.message] };
  }
}

/** What people have said of other sounds beside the arriving one, by their audio hashes. */
type Decided = ReadonlyMap<string, 'same' | 'different'>;

async function decisionsOn({ catalogue }: JudgeParts, { sound }: Content): Promise<Decided> {
  const { held } = settleDecisions(await catalogue.decisions());
  const said = held.flatMap(({ a, b, word }) => {
    if (word !== 'same' && word !== 'different') return [];
    if (a === b || (a !== sound?.audioHash && b !== sound?.audioHash)) return [];
    return [[a === sound.audioHash ? b : a, word] as const];
  });
  // The first one counts.
  return new Map(said.toReversed());
}

const COPIES = new Set(['same-bytes', 'same-audio', 'same-recording']);

/** Of a song and its cut from a broadcast neither stands in the way of the other: nobody knows which is the clean one. */
function isCopy({ relation, foreignEnd = false }: SoundVerdict): boolean {
  return COPIES.has(relation) && !foreignEnd;
}

async function rule(
  parts: JudgeParts,
  arrival: Arrival,
  heard: readonly HeardRival[],
  place: ReleasePlace,
  policy: Policy,
): Promise<Partial<Judgement> & Pick<Judgement, 'word' | 'isAdmitted' | 'reasons'>> {
  const copy = heard.find(({ verdict }) => isCopy(verdict));
  if (copy !== undefined) return duplicateOf(copy, arrival);
  const doubt = heard.find(({ verdict }) => verdict.relation === 'unsure');
  if (doubt !== undefined) {
    const isHeld = policy.onUnsure === 'hold';
    const reasons = [say.undecided(doubt.rival, doubt.verdict.reasons[0] ?? '', isHeld)];
    return { ...doubted(isHeld), keeper: isHeld ? doubt.rival : null, reasons };
  }
  const others = heard
    .slice(0, MOST_NAMED)
    .map(({ rival, verdict }) =>
      verdict.foreignEnd ? say.broadcast(rival) : say.otherSound(rival, verdict.reasons[0] ?? ''),
    );
  if (heard.length > MOST_NAMED) others.push(say.moreSounds(heard.length - MOST_NAMED));
  const elsewhere = await sameAudio(parts, arrival, heard);
  const reasons = [...(others.length > 0 ? others : [say.firstOfItsKind(place)]), ...elsewhere];
  const damage = damageOf(arrival);
  if (damage === null) return { word: 'new', isAdmitted: true, reasons };
  // A broken download would stand in the way of the whole one.
  const isHeld = policy.onUnreadable === 'hold';
  return { ...doubted(isHeld), reasons: [say.damaged(damage), ...reasons] };
}

/** Of other sounds in the same place. Chosen. */
const MOST_NAMED = 5;

/** What is wrong with the sound, in words; `null` where nothing is. */
function damageOf({ content: { sound } }: Arrival): string | null {
  if (sound === null || !isDamaged(sound.integrity, sound.stream.declaredSeconds)) return null;
  const { complaints, decodedSeconds } = sound.integrity;
  const declared = sound.stream.declaredSeconds;
  return complaints[0] ?? `It ends after ${decodedSeconds.toFixed(0)} s of ${(declared ?? 0).toFixed(0)} s.`;
}

function duplicateOf(
  { rival, content, verdict }: HeardRival,
  arrival: Arrival,
): Partial<Judgement> & Pick<Judgement, 'word' | 'isAdmitted' | 'reasons'> {
  invariant(content !== null, 'a copy was listened to');
  const recording = content.sound?.audioHash ?? null;
  const why = verdict.reasons[0] ?? '';
  const reason = say.copyOf(rival, arrival.content, why);
  const found = { keeper: rival, recording, isAdmitted: false };
  if (verdict.relation !== 'same-recording') return { ...found, word: 'exact', reasons: [reason] };
  const better = whyBetter(arrival, { path: rival.path, stamp: rival.stamp, content }, verdict);
  if (better === null) return { ...found, word: 'duplicate', reasons: [reason] };
  return { ...found, word: 'upgrade', reasons: [`Better than the file that is kept: ${better}.`, reason] };
}

/** The same audio in other places, which is no reason to refuse it. */
async function sameAudio(
  { store, inboxes }: JudgeParts,
  { path, content }: Arrival,
  heard: readonly HeardRival[],
): Promise<string[]> {
  if (content.sound === null) return [];
  const { audioHash, sampleHash } = content.sound;
  const others = await store.sameAudio({ audioHash, sampleHash, except: path, inboxes });
  const named = new Set(heard.map(({ rival }) => rival.fileId));
  return others.filter(({ fileId }) => !named.has(fileId)).map((other) => say.equalAudio(other, content));
}

function gone(path: BytePath): AppError {
  return new AppError('gate/gone', `${displayPath(path)} is not there any more.`, { kind: 'missing' });
}
