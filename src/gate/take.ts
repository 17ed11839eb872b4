/**
 * One file through the gate. First it is read, beside others; then decided, one after the other in their order; then what
 * its inbox asks for is done. Killed anywhere, it is taken up again where it was, and judged once.
 */
import { isSameWriting, keyOfStamp } from '#catalogue';
import { AppError, type BytePath, displayPath } from '#kernel';
import type { HandledFile } from './hands.ts';
import { type Arrival, type Judgement, type JudgeParts, judgeArrival, readArrival } from './judge.ts';
import type { GateEventBody, GateVerdict, Lane } from './model.ts';
import { type GateParts, inboxOf, policyOf } from './parts.ts';
import { placeName } from './placement/place-name.ts';
import type { Policy } from './policy.ts';
import type { Claim, Intake, QueuedFile } from './ports.ts';
import { replaceKeeper } from './promote.ts';
import { isAway, isStanding, isTakenBack } from './standing.ts';
import * as say from './words.ts';

/** What reading a queued file gave. */
export type Taken =
  /** Nothing is to be decided: it was judged as it is, or has left its inbox (`null`). */
  | { readonly kind: 'settled'; readonly verdict: GateVerdict | null }
  /** It was judged, and what followed was interrupted. */
  | { readonly kind: 'pending'; readonly intake: Intake }
  | {
      readonly kind: 'arrival';
      readonly arrival: Arrival;
      /** The judgement that let this sound in, in this very place. */
      readonly admitted: Intake | undefined;
    };

/** Looks at a file, and reads it where that is needed. @throws AppError `files/…`, `gate/gone`, `run/cancelled` */
export async function takeUp(parts: GateParts, file: QueuedFile, signal: AbortSignal): Promise<Taken> {
  const { store, tree } = parts;
  const { path } = file;
  const [found, intake] = [await tree.stamp(path), await store.intakeAt(path)];
  // What was moved away by us is not missing.
  if (intake?.isPending && (found === undefined || isSameWriting(keyOfStamp(found), intake.stamp)))
    return { kind: 'pending', intake };
  if (found === undefined) {
    if (file.inbox !== null) return { kind: 'settled', verdict: null };
    throw await whyNotThere(parts, path);
  }
  const stamp = keyOfStamp(found);
  // A hard link or a change of mode makes no other file of it.
  if (intake && isSameWriting(intake.stamp, stamp) && (await isStanding(parts, intake))) {
    return { kind: 'settled', verdict: intake.verdict };
  }
  const former = await formerName(parts, path, await store.intakesWritten(stamp));
  if (former !== undefined) {
    // Nobody was told of a file that was refused, nor shows it.
    const { inbox, isAdmitted } = former;
    const told = { type: 'file.renamed', path, from: former.path, inbox, verdict: former.verdict.verdict } as const;
    await store.renamed(former.path, path, stamp, isAdmitted ? [told] : [], parts.clock.now());
    return { kind: 'settled', verdict: { ...former.verdict, path } };
  }
  const arrival = await readArrival(judgeParts(parts, file.lane), path, signal);
  const admitted = intake && (await isSoundOf(parts, intake, arrival)) ? intake : undefined;
  return { kind: 'arrival', arrival, admitted };
}

/** A pipe and a folder that nobody may look into are there all the same. */
async function whyNotThere({ tree }: GateParts, path: BytePath): Promise<unknown> {
  try {
    await tree.resolve(path);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'files/missing') return error;
  }
  return new AppError('gate/gone', `${displayPath(path)} is not there.`, { kind: 'missing' });
}

/** Did the judgement let in what the file sounds like now? Tags, times and rights put nobody out. */
async function isSoundOf(parts: GateParts, intake: Intake, { content }: Arrival): Promise<boolean> {
  const { store } = parts;
  if (!intake.isAdmitted || intake.isPending || intake.contentHash === null) return false;
  if (await isTakenBack(parts, intake)) return false;
  if (intake.contentHash === content.contentHash) return true;
  const before = (await store.content(intake.contentHash))?.sound;
  return before != null && before.audioHash === content.sound?.audioHash;
}

/** The judgement of the same file under a name that it has no more. */
async function formerName(
  { tree }: GateParts,
  path: BytePath,
  written: readonly Intake[],
): Promise<Intake | undefined> {
  for (const intake of written) {
    const isGone = intake.path !== path && !intake.isPending && (await tree.stamp(intake.path)) === undefined;
    // What was moved into the library on purpose has not been renamed by anybody.
    if (isGone && intake.verdict.placed === null) return intake;
  }
  return undefined;
}

/** What judging needs of the gate. */
export function judgeParts(parts: GateParts, lane: Lane): JudgeParts {
  return {
    ...parts,
    lane,
    inboxes: parts.inboxes.map((inbox) => inbox.path),
    isAway: (path) => isAway(parts, path),
    onGone: async (rival) => void (await replaceKeeper(parts, rival.fileId, rival.path)),
  };
}

/** Decides, claims, and does what follows. @returns the verdict @throws AppError `decode/…`, `files/…`, `run/cancelled` before the claim; `filing/…` after */
export async function settle(
  parts: GateParts,
  file: QueuedFile,
  taken: Taken,
  startedAt: number,
  signal: AbortSignal,
): Promise<GateVerdict | null> {
  const { store } = parts;
  if (taken.kind === 'settled') {
    await store.settled(file, taken.verdict);
    return taken.verdict;
  }
  if (taken.kind === 'pending') return finish(parts, file, taken.intake);
  const claim = await claimed(parts, file, taken, startedAt, signal);
  if (claim.isFinal) return claim.verdict;
  const intake = await store.intakeAt(file.path);
  if (intake === undefined) throw new Error('A claim left no judgement.');
  return finish(parts, file, intake);
}

/** Judges until no file has come into its place meanwhile. */
async function claimed(
  parts: GateParts,
  file: QueuedFile,
  { arrival, admitted }: Extract<Taken, { readonly kind: 'arrival' }>,
  startedAt: number,
  signal: AbortSignal,
): Promise<Claim> {
  const policy = policyOf(parts.inboxes, file.inbox, file.path);
  for (;;) {
    const judgement = await judgeArrival(judgeParts(parts, file.lane), arrival, policy, signal);
    const claim = claimOf(parts, file, arrival, judgement, policy, startedAt);
    const made = admitted === undefined ? claim : staying(claim, admitted, arrival);
    if (await parts.store.claim(made)) return made;
  }
}

/** What is in the library already stays there, whatever would be thought of it if it came now. */
function staying(claim: Claim, { verdict: { placed } }: Intake, { content }: Arrival): Claim {
  const reasons = ['It is in the library already, and stays.', ...claim.verdict.reasons];
  const recording = content.sound?.audioHash ?? null;
  const word = content.sound === null ? claim.verdict.verdict : 'new';
  const verdict: GateVerdict = { ...claim.verdict, verdict: word, of: null, recording, reasons, placed };
  const events = [judgedEvent(claim.inbox, verdict, true, content)];
  return { ...claim, verdict, isAdmitted: true, keeperId: null, rivals: null, events, isFinal: true };
}

function claimOf(
  parts: GateParts,
  file: QueuedFile,
  arrival: Arrival,
  judgement: Judgement,
  policy: Policy,
  startedAt: number,
): Claim {
  const at = parts.clock.now();
  const { path, stamp, content, contentOf } = arrival;
  const inbox = inboxOf(parts.inboxes, file.inbox, path)?.name ?? null;
  const verdict = verdictOn(path, judgement, policy, at - startedAt);
  const isAdmitted = judgement.isAdmitted && policy.mode !== 'preview';
  const isFinal = dutyOf({ verdict, isAdmitted }, policy) === 'none';
  return {
    ...{ file, path, stamp, inbox, source: file.source, verdict, isAdmitted, at, isFinal },
    keeperId: judgement.keeper?.fileId ?? null,
    content: contentOf,
    rivals: judgement.rivals,
    events: isFinal ? [judgedEvent(inbox, verdict, isAdmitted, content)] : [],
  };
}

/** The judgement as it is told. */
export function verdictOn(path: BytePath, judgement: Judgement, policy: Policy, tookMs: number): GateVerdict {
  const { album, albumArtist, disc, track } = judgement.place;
  const isPreview = policy.mode === 'preview' && judgement.word !== 'held';
  const reasons = isPreview
    ? [`Waits for a person, as this inbox is only previewed; otherwise it would be ${judgement.word}.`]
    : [];
  return {
    path,
    verdict: isPreview ? 'held' : judgement.word,
    of: judgement.keeper?.path ?? null,
    recording: judgement.recording,
    release: { album, albumArtist, disc, track },
    reasons: [...reasons, ...judgement.reasons],
    placed: null,
    tookMs: Math.round(tookMs),
  };
}

function judgedEvent(
  inbox: string | null,
  verdict: GateVerdict,
  isAdmitted: boolean,
  { sound, tags }: Arrival['content'],
): GateEventBody {
  const audioHash = sound?.audioHash ?? null;
  return { type: 'file.judged', inbox, verdict, isAdmitted, audioHash, tags: { ...(tags?.common ?? {}) } };
}

type Duty = 'none' | 'place' | 'put-away' | 'swap';

/** What the inbox asks to be done with a file of this verdict. */
function dutyOf({ verdict, isAdmitted }: Pick<Intake, 'verdict' | 'isAdmitted'>, policy: Policy): Duty {
  if (policy.mode === 'observe') return 'none';
  if (isAdmitted) return policy.place === 'none' || policy.library === null ? 'none' : 'place';
  // What an inbox that is only previewed has refused waits for a person as well.
  if (policy.mode === 'preview') return 'none';
  const isCopy = verdict.verdict === 'duplicate' || verdict.verdict === 'exact';
  if (isCopy) return policy.onDuplicate === 'trash' ? 'put-away' : 'none';
  return verdict.verdict === 'upgrade' && policy.onUpgrade === 'swap' ? 'swap' : 'none';
}

/** Does what the verdict asks for, once: what was done before a crash is found in the journal. */
async function finish(parts: GateParts, file: QueuedFile, intake: Intake): Promise<GateVerdict> {
  const { store, clock, tree } = parts;
  const policy = policyOf(parts.inboxes, file.inbox ?? intake.inbox, intake.path);
  const content = intake.contentHash === null ? undefined : await store.content(intake.contentHash);
  const verdict = content === undefined ? intake.verdict : await carryOut(parts, intake, content, policy);
  const there = verdict.placed === null ? undefined : await tree.stamp(verdict.placed);
  const placedStamp = there === undefined ? null : keyOfStamp(there);
  const events = content === undefined ? [] : [judgedEvent(intake.inbox, verdict, intake.isAdmitted, content)];
  await store.completed({ file, verdict, placedStamp, events, at: clock.now() });
  return verdict;
}

/** @returns the verdict as it is then: with where the file was placed, and why it was not done otherwise */
async function carryOut(
  parts: GateParts,
  intake: Intake,
  content: Arrival['content'],
  policy: Policy,
): Promise<GateVerdict> {
  const { hands } = parts;
  const { path, stamp, contentHash, verdict, id } = intake;
  const own = { path, stamp, contentHash };
  switch (dutyOf(intake, policy)) {
    case 'none':
      return verdict;
    case 'place': {
      if (policy.place === 'none' || policy.library === null) return verdict;
      const name = placeName(policy.template, { tags: content.tags?.common ?? {}, name: path });
      const placed = await hands.place(`gate-${id}`, own, policy.place, policy.library, name, verdict.reasons);
      return { ...verdict, placed };
    }
    case 'put-away': {
      const kept = await keeperOf(parts, intake);
      if (kept === undefined) return verdict;
      await hands.putAway(`gate-${id}`, own, kept, verdict.reasons);
      return { ...verdict, reasons: [...verdict.reasons, say.PUT_AWAY] };
    }
    case 'swap': {
      const kept = await keeperOf(parts, intake);
      if (kept === undefined) return verdict;
      const why = await swap(parts, `gate-${id}`, kept, own, verdict.reasons);
      const outcome = why === undefined ? say.swapped(kept.path) : `It is kept aside. ${why}`;
      return { ...verdict, reasons: [...verdict.reasons, outcome] };
    }
  }
}

/** What the file is a copy of; `undefined` where the library does not have it any more. @throws AppError `gate/keeper-gone` */
async function keeperOf(
  { store, tree }: GateParts,
  { keeperId }: Intake,
): Promise<(HandledFile & { readonly id: number }) | undefined> {
  const keeper = keeperId === null ? undefined : await store.libraryFile(keeperId);
  if (keeper === undefined || keeperId === null) return undefined;
  return { ...keeper, id: keeperId, stamp: keyOfStamp((await tree.stamp(keeper.path)) ?? missing(keeper.path)) };
}

/** The catalogue learns at once what the kept file holds now. @returns why the two cannot be swapped, if they cannot */
async function swap(
  parts: GateParts,
  id: string,
  kept: HandledFile & { readonly id: number },
  better: HandledFile,
  reasons: readonly string[],
): Promise<string | undefined> {
  try {
    await parts.hands.swap(id, kept, better, reasons);
  } catch (error) {
    // Another container, tags that cannot be carried over: a person may see to it.
    if (error instanceof AppError && error.code.startsWith('swap/')) return error.message;
    throw error;
  }
  const { stamp, contentOf } = await readArrival(judgeParts(parts, 'live'), kept.path, new AbortController().signal);
  await parts.store.libraryFileChanged(kept.id, stamp, contentOf);
  return undefined;
}

function missing(path: BytePath): never {
  throw new AppError('gate/keeper-gone', `${displayPath(path)}, which this is a copy of, is not there.`, {
    kind: 'unavailable',
    hint: 'Connect its disk; the file is tried again.',
  });
}
