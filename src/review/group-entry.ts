/** One duplicate group, ready to print. */
import { createHash } from 'node:crypto';
import { isDamaged, type KeepRules } from '#audio';
import type { BytePath } from '#kernel';
import type {
  DecidedEntry,
  DuplicateRelation,
  FileEntry,
  GroupEntry,
  ReleaseEntry,
  TagsEntry,
} from './groups-document.ts';
import { exactRelation, type Judged, judge, mastersAmong } from './judged-copies.ts';
import { type ChoiceRules, chooseKeeper } from './keeper.ts';
import type { Member } from './member.ts';
import type { Pairs } from './pairs.ts';
import { exactBytes, pathFields } from './path-fields.ts';

/** A group with what ordering, filters and the edges between groups need of it. */
export interface Group {
  readonly entry: GroupEntry;
  readonly members: readonly Member[];
  readonly keeper: Member;
}

/** `members` are at least two names of at least two sets of bytes on disk. */
export function groupOf(members: readonly Member[], pairs: Pairs, rules: KeepRules): Group {
  const judged = judge(members, pairs);
  const choice = { ...rules, masterOf: mastersAmong(pairs) };
  const { keeper, reasons, losers } = chooseKeeper(judged, choice);
  const ordered = judged.toSorted((a, b) => inPrintOrder(a, b, keeper));
  const files = ordered.map(({ member }) => member);
  const firstNames = new Map(files.toReversed().map((member) => [member.storage, member]));
  const home = homeOf(judged, keeper, choice);
  const places = [...Map.groupBy(judged, ({ member }) => member.place ?? home).values()].map((copies) => ({
    copies: copies.map(({ member }) => member),
    best: chooseKeeper(copies, choice).keeper.member,
  }));
  const against = new Map(losers.map((loser) => [loser.copy, loser.against]));
  const exact = exactBytes(keeper.member.path);
  const entry: GroupEntry = {
    id: idOf(members),
    relation: weakestOf(members),
    reclaimableBytes: places.reduce((sum, { copies, best }) => sum + bytesBeside(best, copies), 0),
    keeper: pathFields(keeper.member.path).path,
    ...(exact === undefined ? {} : { keeperPathBase64: exact }),
    keeperReasons: reasons,
    releases: places.flatMap(({ copies, best }) => releaseEntry(copies, best)).toSorted(byRelease),
    decisions: decidedEntries(files, pairs),
    files: ordered.map((copy) => fileEntry(copy, against.get(copy) ?? reasons, keeper.member, firstNames, pairs)),
  };
  return { entry, members: files, keeper: keeper.member };
}

/** Where copies belong that name no release: nothing says that they are on another one than the keeper. */
function homeOf(judged: readonly Judged[], keeper: Judged, choice: ChoiceRules<Judged>): string | null {
  if (keeper.member.place !== null) return keeper.member.place;
  const placed = judged.filter(({ member }) => member.place !== null);
  return placed.length === 0 ? null : chooseKeeper(placed, choice).keeper.member.place;
}

function inPrintOrder(a: Judged, b: Judged, keeper: Judged): number {
  const seconds = (copy: Judged): number => copy.sound?.durationSeconds ?? 0;
  const rate = (copy: Judged): number => copy.sound?.stream.bitRate ?? 0;
  return (
    Number(b === keeper) - Number(a === keeper) ||
    seconds(b) - seconds(a) ||
    rate(b) - rate(a) ||
    (a.path < b.path ? -1 : 1)
  );
}

function idOf(members: readonly Member[]): string {
  const contents = [...new Set(members.map(({ contentHash }) => contentHash))].toSorted();
  return createHash('sha256').update(contents.join('\n')).digest('hex').slice(0, 16);
}

function weakestOf(members: readonly Member[]): DuplicateRelation {
  const relations = members.slice(1).map((member) => exactRelation(member, members[0] as Member));
  if (relations.includes(null)) return 'same-recording';
  return relations.includes('same-audio') ? 'same-audio' : 'same-bytes';
}

/** Bytes on disk that are set free when only `best` stays. */
function bytesBeside(best: Member, copies: readonly Member[]): number {
  const sizes = new Map(copies.map(({ storage, sizeBytes }) => [storage, sizeBytes]));
  sizes.delete(best.storage);
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function releaseEntry(copies: readonly Member[], best: Member): ReleaseEntry[] {
  const named = copies.filter(({ release }) => release !== null);
  const release = best.release ?? named[0]?.release;
  if (!release) return [];
  const exact = exactBytes(best.path);
  return [
    {
      ...release,
      files: named.length,
      keeper: pathFields(best.path).path,
      ...(exact === undefined ? {} : { keeperPathBase64: exact }),
    },
  ];
}

/** Each sound goes by the first of its files in print. */
function decidedEntries(files: readonly Member[], pairs: Pairs): DecidedEntry[] {
  const names = new Map<string, BytePath>();
  for (const { path, content } of files.toReversed()) if (content.sound) names.set(content.sound.audioHash, path);
  return pairs.decidedAmong(new Set(names.keys())).map(({ n, a, b }) => {
    const [one, other] = [names.get(a) as BytePath, names.get(b) as BytePath];
    const [exactA, exactB] = [exactBytes(one), exactBytes(other)];
    return {
      n,
      a: pathFields(one).path,
      ...(exactA === undefined ? {} : { aPathBase64: exactA }),
      b: pathFields(other).path,
      ...(exactB === undefined ? {} : { bPathBase64: exactB }),
    };
  });
}

function byRelease(a: ReleaseEntry, b: ReleaseEntry): number {
  const key = ({ album, albumArtist, disc, track }: ReleaseEntry): string =>
    JSON.stringify([album, albumArtist, String(disc).padStart(6), String(track).padStart(6)]);
  return key(a) < key(b) ? -1 : 1;
}

function fileEntry(
  { member, truncated }: Judged,
  reasons: readonly string[],
  keeper: Member,
  firstNames: ReadonlyMap<string, Member>,
  pairs: Pairs,
): FileEntry {
  const { sound } = member.content;
  const twin = firstNames.get(member.storage);
  return {
    ...pathFields(member.path),
    sizeBytes: member.sizeBytes,
    durationSeconds: rounded(sound?.durationSeconds ?? null, 3),
    codec: sound?.stream.codec ?? null,
    container: sound?.stream.container ?? null,
    bitRate: rounded(sound?.stream.bitRate ?? null, 0),
    sampleRateHz: sound?.stream.sampleRateHz ?? null,
    bitsPerSample: sound?.stream.bitsPerSample ?? null,
    channels: sound?.stream.channels ?? null,
    lossless: sound?.stream.lossless ?? null,
    ...relationFields(member, keeper, pairs),
    truncated,
    damaged: sound === null ? null : isDamaged(sound.integrity, sound.stream.declaredSeconds),
    hardLinkOf: twin === undefined || twin === member ? null : pathFields(twin.path).path,
    contentHash: member.contentHash,
    audioHash: sound?.audioHash ?? null,
    reasons,
    tags: tagsEntry(member),
  };
}

function relationFields(
  member: Member,
  keeper: Member,
  pairs: Pairs,
): Pick<FileEntry, 'relationToKeeper' | 'similarity' | 'offsetSeconds'> {
  const exact = exactRelation(member, keeper);
  if (exact !== null) return { relationToKeeper: exact, similarity: 1, offsetSeconds: 0 };
  const [first, second] = [keeper.content.sound?.audioHash, member.content.sound?.audioHash];
  const standing = first === undefined || second === undefined ? undefined : pairs.standing(first, second);
  return {
    relationToKeeper: 'same-recording',
    similarity: rounded(standing?.verdict.similarity ?? null, 4),
    offsetSeconds: rounded(standing?.offsetSeconds ?? null, 3),
  };
}

function tagsEntry({ content }: Member): TagsEntry {
  const { title, artist, album, albumArtist, disc, track } = content.tags?.common ?? {};
  return {
    title: title ?? null,
    artist: artist ?? null,
    album: album ?? null,
    albumArtist: albumArtist ?? null,
    disc: disc ?? null,
    track: track ?? null,
  };
}

/** `figure` with at most so many decimals, never −0. */
export function rounded(figure: number | null, decimals: number): number | null {
  return figure === null ? null : Number(figure.toFixed(decimals)) + 0;
}

/** Groups as they are printed: the largest win first, equal ones by id. */
export function byWin(a: Group, b: Group): number {
  return b.entry.reclaimableBytes - a.entry.reclaimableBytes || (a.entry.id < b.entry.id ? -1 : 1);
}

/** Do the members lie in at least two places on disk? Hard links to one set of bytes are no duplicates. */
export function isDuplicated(members: readonly Member[]): boolean {
  return new Set(members.map(({ storage }) => storage)).size > 1;
}

/** The path by which a sound is shown in edges: its group's keeper, or the first file that holds it. */
export function faceOf(
  members: readonly Member[],
  keepers: ReadonlyMap<string, Member>,
): ReadonlyMap<string, BytePath> {
  const faces = new Map<string, BytePath>();
  for (const { path, contentHash, content } of members) {
    const audioHash = content.sound?.audioHash;
    if (audioHash !== undefined && !faces.has(audioHash)) faces.set(audioHash, keepers.get(contentHash)?.path ?? path);
  }
  return faces;
}
