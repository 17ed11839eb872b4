/**
 * From duplicate groups to a list of what may go, by policy. Never proposes a protected copy, a whole one for the sake of
 * one that is not, or the only copy of an album's track. Pure and deterministic; what stays although it is a duplicate is
 * told with its reason.
 */
import { isWhole, type KeepRules, tagsOnlyIn } from '#audio';
import type { PresentFile } from '#catalogue';
import { isInTrashFolder, type PlanItem, type PlannedFile } from '#filing';
import { type BytePath, displayPath, folderOf, isUnderAny } from '#kernel';
import type { ComparisonTable, Decision } from '#matching';
import type { JudgedGroup } from './build-groups.ts';
import { familiesOf } from './families.ts';
import { isDuplicated } from './group-entry.ts';
import type { DuplicateRelation } from './groups-document.ts';
import { exactRelation, type Judged, judge, mastersAmong } from './judged-copies.ts';
import { type ChoiceRules, chooseKeeper, type KeeperChoice } from './keeper.ts';
import { type Member, memberOf } from './member.ts';
import { type Pairs, pairsOf } from './pairs.ts';
import { albumKey, type Release } from './release.ts';

/** `release`: one copy of each track of each release; `recording`: one copy of each recording, as far as no album loses a track. */
export type KeepPolicy = 'release' | 'recording';

export interface KeepRequest {
  readonly present: readonly PresentFile[];
  readonly groups: readonly JudgedGroup[];
  readonly comparisons: ComparisonTable;
  readonly decisions: readonly Decision[];
  readonly policy: KeepPolicy;
  readonly rules: KeepRules;
  /** Copies under these folders stay, whatever others are like, and others give way to them. */
  readonly references: readonly BytePath[];
  /** Only copies under these may go. Absent: all. */
  readonly under?: readonly BytePath[];
  /** Only copies that are to the keeper as one of these words says. */
  readonly relations?: readonly DuplicateRelation[];
  /** Only groups that win at least so much. */
  readonly minBytes?: number;
}

export interface KeepProposal {
  /** The group that wins most first; numbered from 1. */
  readonly items: readonly PlanItem[];
  /** Sizes of the distinct bytes that go. */
  readonly reclaimableBytes: number;
  /** Groups that something goes from. */
  readonly groups: number;
  readonly keptBack: readonly KeptBack[];
}

/** A duplicate that stays. */
export interface KeptBack {
  readonly path: BytePath;
  /** In a phrase. */
  readonly reason: string;
}

/** What may go. */
export function proposeKeeping(request: KeepRequest): KeepProposal {
  const members = request.present
    .flatMap((file) => memberOf(file) ?? [])
    // Empty files are alike and hold nothing; what lies in a trash is on its way out.
    .filter(({ path, sizeBytes }) => sizeBytes > 0 && !isInTrashFolder(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const asking: Asking = {
    request,
    pairs: pairsOf(request.comparisons, request.decisions),
    tracks: tracksOf(members, albumKey),
    tracksIn: tracksOf(members, homeKey),
  };
  const families = familiesOf(
    members,
    request.groups.map(({ sounds }) => sounds),
  );
  const proposals = families
    .filter(isDuplicated)
    .map((family) => proposeFor(family, asking))
    .filter(({ going, bytes }) => going.length === 0 || bytes >= (request.minBytes ?? 0));
  const winning = proposals
    .filter(({ going }) => going.length > 0)
    .toSorted((a, b) => b.bytes - a.bytes || byPath(a, b));
  return {
    items: winning.flatMap(({ going }) => going).map((going, at) => itemOf(going, at + 1, asking)),
    reclaimableBytes: winning.reduce((sum, { bytes }) => sum + bytes, 0),
    groups: winning.length,
    keptBack: proposals.flatMap(({ keptBack }) => keptBack),
  };
}

interface Asking {
  readonly request: KeepRequest;
  readonly pairs: Pairs;
  /** How many tracks of each album there are, by the album's key. */
  readonly tracks: ReadonlyMap<string, number>;
  /** How many of them lie in a folder, by the album's key and the folder. */
  readonly tracksIn: ReadonlyMap<string, number>;
}

/** Equal for the tracks of a release that lie in one folder. */
function homeKey(release: Release, path: BytePath): string {
  return `${albumKey(release)}\0${folderOf(path)}`;
}

function tracksOf(
  members: readonly Member[],
  keyOf: (release: Release, path: BytePath) => string,
): ReadonlyMap<string, number> {
  const places = new Map<string, Set<string>>();
  for (const { release, place, path } of members) {
    if (release === null || place === null) continue;
    const album = keyOf(release, path);
    places.set(album, (places.get(album) ?? new Set()).add(place));
  }
  return new Map([...places].map(([album, set]) => [album, set.size]));
}

interface Going {
  readonly loser: Judged;
  readonly keeper: Judged;
  readonly against: readonly string[];
}

interface Proposal {
  readonly going: readonly Going[];
  readonly keptBack: readonly KeptBack[];
  readonly bytes: number;
}

function byPath({ going: [a] }: Proposal, { going: [b] }: Proposal): number {
  return (a?.loser.path ?? '') < (b?.loser.path ?? '') ? -1 : 1;
}

function proposeFor(family: readonly Member[], asking: Asking): Proposal {
  const copies = judge(family, asking.pairs);
  const places = Map.groupBy(copies, ({ member }) => placeOf(member, asking.request.policy));
  const parts = [...places.values()]
    .flatMap((some) => (asking.request.policy === 'release' ? editionsOf(some) : [some]))
    .filter((some) => some.length > 1)
    .map((some) => settlePlace(some, asking));
  const going = parts.flatMap((part) => part.going);
  const staying = new Set(copies.map(({ member }) => member.storage));
  for (const { loser } of going) if (isGone(loser, copies, going)) staying.delete(loser.member.storage);
  const sizes = new Map(copies.map(({ member }) => [member.storage, member.sizeBytes]));
  const bytes = [...sizes].reduce((sum, [storage, size]) => sum + (staying.has(storage) ? 0 : size), 0);
  return { going, keptBack: parts.flatMap((part) => part.keptBack), bytes };
}

/** Do all names of its bytes go? */
function isGone({ member }: Judged, copies: readonly Judged[], going: readonly Going[]): boolean {
  const leaving = new Set(going.map(({ loser }) => loser));
  return copies.every((copy) => copy.member.storage !== member.storage || leaving.has(copy));
}

/**
 * Of copies with one key, one stays. A copy that names no album and track may lie on any release, so by `release` it only
 * counts with equal audio in its own folder.
 */
function placeOf(member: Member, policy: KeepPolicy): string {
  if (policy === 'recording') return '';
  return member.place ?? `${folderOf(member.path)}\0${member.content.sound?.audioHash ?? member.contentHash}`;
}

/**
 * Copies with one key apart, where their tags say that they are on different editions: a title track's single bears the
 * name of its album. Where editions differ, a copy that does not say which is its own stays by itself.
 */
function editionsOf(copies: readonly Judged[]): readonly (readonly Judged[])[] {
  const byLength = partedBy(copies, ({ tags }) => tags?.common.tracks);
  return byLength.flatMap((some) => partedBy(some, ({ tags }) => tags?.common.musicBrainz?.releaseId));
}

function partedBy(copies: readonly Judged[], markOf: (copy: Judged) => unknown): readonly (readonly Judged[])[] {
  const byMark = Map.groupBy(copies, markOf);
  const unmarked = byMark.get(undefined) ?? [];
  byMark.delete(undefined);
  return byMark.size > 1 ? [...byMark.values(), ...unmarked.map((copy) => [copy])] : [copies];
}

/** Of copies that are as good as the best one, that which lies with most of its album: so an album stays together. */
function atHome(best: KeeperChoice<Judged>, { request, tracksIn }: Asking): Judged {
  if (request.rules.prefer !== 'best') return best.keeper;
  const equal = best.losers.filter(({ aspect }) => aspect === 'age' || aspect === 'name' || aspect === null);
  const tracks = ({ member }: Judged): number =>
    member.release === null ? 0 : (tracksIn.get(homeKey(member.release, member.path)) ?? 0);
  const folder = ({ member }: Judged): string => folderOf(member.path);
  const ranked = [best.keeper, ...equal.map(({ copy }) => copy)].toSorted(
    (a, b) => tracks(b) - tracks(a) || (folder(a) === folder(b) ? 0 : folder(a) < folder(b) ? -1 : 1),
  );
  return ranked[0] as Judged;
}

function settlePlace(copies: readonly Judged[], asking: Asking): Pick<Proposal, 'going' | 'keptBack'> {
  const { request, pairs } = asking;
  const rules = { ...request.rules, masterOf: mastersAmong(pairs) };
  const isReference = ({ member }: Judged): boolean => isUnderAny(member.path, request.references);
  const references = copies.filter(isReference);
  const best = chooseKeeper(copies, rules);
  const keeper = references.length > 0 ? chooseKeeper(references, rules).keeper : atHome(best, asking);
  const others = [best.keeper, ...best.losers.map(({ copy }) => copy)].filter(
    (copy) => copy !== keeper && !isReference(copy) && isAsked(copy, keeper, request),
  );
  const reasons = others.map((copy) => whyStays(copy, keeper, others, asking));
  return {
    going: others.flatMap((loser, at) =>
      reasons[at] === null ? { loser, keeper, against: againstOf(loser, keeper, references.length > 0, rules) } : [],
    ),
    keptBack: others.flatMap(({ member: { path } }, at) => {
      const reason = reasons[at] ?? null;
      return reason === null ? [] : { path, reason };
    }),
  };
}

function isAsked({ member }: Judged, keeper: Judged, { under, relations }: KeepRequest): boolean {
  const relation = exactRelation(member, keeper.member) ?? 'same-recording';
  return (under === undefined || isUnderAny(member.path, under)) && (relations?.includes(relation) ?? true);
}

/** Why a duplicate stays all the same; `null` where it may go. @param others all that could go, best first */
function whyStays(copy: Judged, keeper: Judged, others: readonly Judged[], asking: Asking): string | null {
  if (copy.member.storage === keeper.member.storage)
    return 'another name (hard link) of the copy that stays: nothing to win';
  if (isOneFileTwice(copy, keeper)) return 'the same file under two mounts, as it seems: nothing to win';
  if (isWhole(copy) && !isWhole(keeper)) return `whole, and ${displayPath(keeper.member.path)} is not`;
  return wouldLack(copy, keeper, others, asking) ? 'its album would lack a track without it' : null;
}

/** A share that is mounted twice shows one file on two devices. */
function isOneFileTwice({ member: a }: Judged, { member: b }: Judged): boolean {
  return a.inode === b.inode && a.sizeBytes === b.sizeBytes && a.mtimeNs === b.mtimeNs && a.path !== b.path;
}

/** Is it the copy that its album keeps? A release of which there is a single track is no album. */
function wouldLack({ member }: Judged, keeper: Judged, others: readonly Judged[], { tracks }: Asking): boolean {
  if (member.place === null || member.release === null || member.place === keeper.member.place) return false;
  const best = others.find((other) => other.member.place === member.place);
  return (tracks.get(albumKey(member.release)) ?? 0) > 1 && best?.member === member;
}

function againstOf(loser: Judged, keeper: Judged, isReference: boolean, rules: ChoiceRules<Judged>): readonly string[] {
  if (isReference) return ['the copy that stays lies in a folder that is protected'];
  const { keeper: better, losers } = chooseKeeper([keeper, loser], rules);
  // As good, and chosen for its folder.
  return better === keeper
    ? (losers[0]?.against ?? [])
    : ['as good, but the copy that stays lies with more of its album'];
}

const RELATION_REASONS: Readonly<Record<DuplicateRelation, string>> = {
  'same-bytes': 'the same bytes',
  'same-audio': 'the same audio, other tags or another container',
  'same-recording': 'the same recording',
};

function itemOf({ loser, keeper, against }: Going, n: number, { pairs }: Asking): PlanItem {
  const exact = exactRelation(loser.member, keeper.member);
  const lost = tagsOnlyIn(loser.tags, keeper.tags);
  return {
    ...{ n, verb: 'trash', destination: null, follows: [], edits: [] },
    source: plannedFile(loser.member),
    keeper: plannedFile(keeper.member),
    sameBytes: exact === 'same-bytes',
    reasons: [
      RELATION_REASONS[exact ?? 'same-recording'] + likeness(loser.member, keeper.member, exact, pairs),
      ...against,
      ...(lost.length > 0 ? [`only this copy has: ${lost.join(', ')}`] : []),
    ],
  };
}

function likeness(loser: Member, keeper: Member, exact: DuplicateRelation | null, pairs: Pairs): string {
  const [a, b] = [keeper.content.sound?.audioHash, loser.content.sound?.audioHash];
  const similarity = exact === null && a && b ? pairs.standing(a, b)?.verdict.similarity : undefined;
  return typeof similarity === 'number' ? `, ${Math.floor(similarity * 100)} % alike` : '';
}

function plannedFile({ path, sizeBytes, mtimeNs, inode, contentHash }: Member): PlannedFile {
  return { path, sizeBytes, mtimeNs, inode, contentHash };
}
