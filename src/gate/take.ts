/**
 * One file through the gate. First it is read, beside others; then decided, one after the other in their order; then what
 * its inbox asks for is done. Killed anywhere, it is taken up again where it was, and judged once.
 */
import { isSameWriting, keyOfStamp } from '#catalogue';
import { AppError, type BytePath, displayPath } from '#kernel';
import type { HandledFile } from './hands.ts';
import { type Arrival, type Judgement, type JudgeParts, judgeArrival, readArrival } from './judge.ts';
import type { GateEventBody, GateVerdict } from './model.ts';
import { type GateParts, policyOf } from './parts.ts';
import { placeName } from './placement/place-name.ts';
import type { Policy } from './policy.ts';
import type { Claim, Intake, QueuedFile } from './ports.ts';
import { isAway, replaceKeeper } from './promote.ts';

/** What reading a queued file gave. */
export type Taken =
  /** Nothing is to be decided: it was judged as it is, or has left its inbox (`null`). */
  | { readonly kind: 'settled'; readonly verdict: GateVerdict | null }
  /** It was judged, and what followed was interrupted. */
  | { readonly kind: 'pending'; readonly intake: Intake }
  | { readonly kind: 'arrival'; readonly arrival: Arrival };

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
    throw new AppError('gate/gone', `${displayPath(path)} is not there.`, { kind: 'missing' });
  }
  const stamp = keyOfStamp(found);
  // A hard link or a change of mode makes no other file of it.
  if (intake && isSameWriting(intake.stamp, stamp)) return { kind: 'settled', verdict: intake.verdict };
  const former = await formerName(parts, path, await store.intakesWritten(stamp));
  if (former !== undefined) {
    // Nobody was told of a file that was refused, nor shows it.
    const { inbox, isAdmitted } = former;
    const told = { type: 'file.renamed', path, from: former.path, inbox, verdict: former.verdict.verdict } as const;
    await store.renamed(former.path, path, stamp, isAdmitted ? [told] : [], parts.clock.now());
    return { kind: 'settled', verdict: { ...former.verdict, path } };
  }
  return { kind: 'arrival', arrival: await readArrival(judgeParts(parts), path, signal) };
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
export function judgeParts(parts: GateParts): JudgeParts {
  return {
    ...parts,
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
  const claim = await claimed(parts, file, taken.arrival, startedAt, signal);
  if (claim.isFinal) return claim.verdict;
  const intake = await store.intakeAt(file.path);
  if (intake === undefined) throw new Error('A claim left no judgement.');
  return finish(parts, file, intake);
}

/** Judges until no file has come into its place meanwhile. */
async function claimed(
  parts: GateParts,
  file: QueuedFile,
  arrival: Arrival,
  startedAt: number,
  signal: AbortSignal,
): Promise<Claim> {
  const policy = policyOf(parts.inboxes, file.inbox, file.path);
  for (;;) {
    const judgement = await judgeArrival(judgeParts(parts), arrival, policy, signal);
    const claim = claimOf(parts, file, arrival, judgement, policy, startedAt);
    if (await parts.store.claim(claim)) return claim;
  }
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
  const verdict = verdictOn(path, judgement, policy, at - startedAt);
  const isAdmitted = judgement.isAdmitted && policy.mode !== 'preview';
  const isFinal = dutyOf({ verdict, isAdmitted }, policy) === 'none';
  return {
    ...{ file, path, stamp, inbox: file.inbox, source: file.source, verdict, isAdmitted, at, isFinal },
    keeperId: judgement.keeper?.fileId ?? null,
    content: contentOf,
    rivals: judgement.rivals,
    events: isFinal ? [judgedEvent(file.inbox, verdict, isAdmitted, content)] : [],
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
  if (policy.mode !== 'gate') return 'none';
  if (isAdmitted) return policy.place === 'none' || policy.library === null ? 'none' : 'place';
  const isCopy = verdict.verdict === 'duplicate' || verdict.verdict === 'exact';
  if (isCopy) return policy.onDuplicate === 'trash' ? 'put-away' : 'none';
  return verdict.verdict === 'upgrade' && policy.onUpgrade === 'swap' ? 'swap' : 'none';
}

/** Does what the verdict asks for, once: what was done before a crash is found in the journal. */
async function finish(parts: GateParts, file: QueuedFile, intake: Intake): Promise<GateVerdict> {
  const { store, clock, tree } = parts;
  const policy = policyOf(parts.inboxes, file.inbox ?? intake.inbox, intake.path);
  const content = intake.contentHash === null ? undefined : await store.content(intake.contentHash);
  const placed = content === undefined ? null : await carryOut(parts, intake, content, policy);
  const stamp = placed === null ? undefined : await tree.stamp(placed);
  const there = placed !== null && stamp !== undefined ? { path: placed, stamp: keyOfStamp(stamp) } : null;
  const verdict = { ...intake.verdict, placed: there?.path ?? null };
  const events = content === undefined ? [] : [judgedEvent(intake.inbox, verdict, intake.isAdmitted, content)];
  await store.completed(intake.path, there, events, clock.now());
  await store.settled(file, verdict);
  return verdict;
}

/** @returns where the file was placed, if it was */
async function carryOut(
  parts: GateParts,
  intake: Intake,
  content: Arrival['content'],
  policy: Policy,
): Promise<BytePath | null> {
  const { store, hands, tree } = parts;
  const { path, stamp, contentHash, verdict, id } = intake;
  const own = { path, stamp, contentHash };
  const keeper = intake.keeperId === null ? undefined : await store.libraryFile(intake.keeperId);
  const kept = keeper && {
    ...keeper,
    id: intake.keeperId as number,
    stamp: keyOfStamp((await tree.stamp(keeper.path)) ?? missing(keeper.path)),
  };
  switch (dutyOf(intake, policy)) {
    case 'none':
      return null;
    case 'place': {
      if (policy.place === 'none' || policy.library === null) return null;
      const name = placeName(policy.template, { tags: content.tags?.common ?? {}, name: path });
      return hands.place(`gate-${id}`, own, policy.place, policy.library, name, verdict.reasons);
    }
    case 'put-away':
      if (kept) await hands.putAway(`gate-${id}`, own, kept, verdict.reasons);
      return null;
    case 'swap':
      if (kept) await swap(parts, `gate-${id}`, kept, own, verdict.reasons);
      return null;
  }
}

/** The catalogue learns at once what the kept file holds now. */
async function swap(
  parts: GateParts,
  id: string,
  kept: HandledFile & { readonly id: number },
  better: HandledFile,
  reasons: readonly string[],
): Promise<void> {
  await parts.hands.swap(id, kept, better, reasons);
  const { stamp, contentOf } = await readArrival(judgeParts(parts), kept.path, new AbortController().signal);
  await parts.store.libraryFileChanged(kept.id, stamp, contentOf);
}

function missing(path: BytePath): never {
  throw new AppError('gate/keeper-gone', `${displayPath(path)}, which this is a copy of, is not there.`, {
    kind: 'unavailable',
    hint: 'Connect its disk; the file is tried again.',
  });
}
