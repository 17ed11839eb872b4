/**
 * From what the catalogue and matching know to the document of duplicate groups. Deterministic: the same
 * files, groups and comparisons in any order make the same document.
 */
import { DEFAULT_RULES, type KeepRules } from '#audio';
import type { PresentFile } from '#catalogue';
import { type BytePath, isUnderAny } from '#kernel';
import type { ComparisonTable, Decision, SoundGroup } from '#matching';
import { familiesOf } from './families.ts';
import { byWin, faceOf, type Group, groupOf, isDuplicated } from './group-entry.ts';
import type { DuplicateRelation, FailureEntry, GroupsDocument } from './groups-document.ts';
import { bytesOnDisk } from './library-figures.ts';
import { type Member, memberOf } from './member.ts';
import { type Pairs, pairsOf } from './pairs.ts';
import { pathFields } from './path-fields.ts';
import { relatedBetween } from './related.ts';

export interface GroupsRequest {
  readonly present: readonly PresentFile[];
  /** What matching judged to be one recording each, by audio hash. Exact equality is found here. */
  readonly groups: readonly JudgedGroup[];
  /** What the machine found. */
  readonly comparisons: ComparisonTable;
  /** A person's words that hold; the groups obey them already. Absent: none. */
  readonly decisions?: readonly Decision[];
  readonly filters?: GroupFilters;
  /** How keepers are chosen. Absent: by the usual order. */
  readonly keep?: KeepRules;
}

export interface JudgedGroup extends Pick<SoundGroup, 'sounds'> {
  /** The chance that it holds a stranger. Absent: not computed. */
  readonly falseRate?: number;
}

export interface GroupFilters {
  /** Only files under these folders (or these files themselves): absolute, without a trailing slash. Absent: all. */
  readonly under?: readonly BytePath[];
  /** Also members elsewhere, of groups that have one under `under`. */
  readonly againstAll?: boolean;
  /** Only groups of these relations. */
  readonly relations?: readonly DuplicateRelation[];
  /** Only groups that win at least so much. */
  readonly minBytes?: number;
}

/** Groups, edges and failures among the files asked about. */
export function buildGroupsDocument({
  present,
  groups: sounds,
  comparisons,
  decisions = [],
  filters = {},
  keep = DEFAULT_RULES,
}: GroupsRequest): GroupsDocument {
  const isWanted = wanted(filters.under);
  const files = present.toSorted((a, b) => (a.file.path < b.file.path ? -1 : 1));
  const asked = files.filter(({ file }) => isWanted(file.path));
  const members = (filters.againstAll ? files : asked).flatMap((file) => memberOf(file) ?? []);
  const families = familiesOf(
    members,
    sounds.map((group) => group.sounds),
  );
  const pairs = pairsOf(comparisons, decisions);
  const groups = families.flatMap((family) => duplicates(family, pairs, isWanted, keep));
  const faces = faceOf(
    members.filter(({ path }) => isWanted(path)),
    new Map(groups.flatMap(({ members: all, keeper }) => all.map(({ contentHash }) => [contentHash, keeper]))),
  );
  const failures = asked.flatMap(failureOf);
  const printed = groups.filter((group) => passes(group, filters)).toSorted(byWin);
  return {
    v: 1,
    library: {
      files: asked.length,
      recordings: families.filter((family) => family.some((member) => member.content.sound && isWanted(member.path)))
        .length,
      failed: failures.length,
      bytes: bytesOnDisk(asked),
    },
    expectedFalseGroups: expectedFalseGroups(printed, sounds),
    groups: printed.map(({ entry }) => entry),
    related: relatedBetween(comparisons, decisions, faces),
    failures,
  };
}

function wanted(under: readonly BytePath[] | undefined): (path: BytePath) => boolean {
  return under === undefined ? () => true : (path) => isUnderAny(path, under);
}

function duplicates(
  family: readonly Member[],
  pairs: Pairs,
  isWanted: (path: BytePath) => boolean,
  keep: KeepRules,
): Group[] {
  const isAsked = family.some(({ path, sizeBytes }) => sizeBytes > 0 && isWanted(path));
  return isAsked && isDuplicated(family) ? [groupOf(family, pairs, keep)] : [];
}

function passes({ entry }: Group, { relations, minBytes }: GroupFilters): boolean {
  return (relations?.includes(entry.relation) ?? true) && entry.reclaimableBytes >= (minBytes ?? 0);
}

/** `null` where a printed group hangs on a judgement whose chance was not computed. What is equal is no chance. */
function expectedFalseGroups(printed: readonly Group[], judged: readonly JudgedGroup[]): number | null {
  const groupOf = new Map(judged.flatMap((group) => group.sounds.map((hash) => [hash, group] as const)));
  const sources = printed
    .filter(({ entry }) => entry.relation === 'same-recording')
    .map(({ members }) => new Set(members.flatMap(({ content }) => groupOf.get(content.sound?.audioHash ?? '') ?? [])));
  let sum = 0;
  for (const { falseRate } of sources.flatMap((groups) => [...groups])) {
    if (falseRate === undefined) return null;
    sum += falseRate;
  }
  return sum;
}

function failureOf({ file, content }: PresentFile): FailureEntry[] {
  const failure = file.failure ?? content?.failure ?? null;
  return failure === null ? [] : [{ ...pathFields(file.path), code: failure.code, message: failure.message }];
}
