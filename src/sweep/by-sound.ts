/** Twins by their sound, as the catalogue knows them, and which of them stay. */
import { isUnder } from '#kernel';
import type { StayingSet } from './arrange.ts';
import type { SweptFile } from './file-table.ts';
import type { Root, Roots } from './guard.ts';
import type { SoundSet, SoundSetFile, SoundSets } from './ports.ts';
import type { Run } from './run.ts';

/** @throws AppError as {@link SoundSets.find} */
export async function setsBySound(
  sounds: SoundSets,
  roots: Roots,
  by: 'audio' | 'recording',
  run: Run,
): Promise<StayingSet[]> {
  const all = [...roots.references, ...roots.sources];
  const { sets, failures } = await sounds.find(
    all.map(({ path }) => path),
    by,
    run,
  );
  for (const failure of failures) run.tally.failures.push(failure);
  return sets.flatMap((set) => stayingSet(set, all, by, run) ?? []);
}

interface Member {
  readonly file: SweptFile;
  readonly found: SoundSetFile;
}

/** The best copy of the reference stays, else the best of all. */
function stayingSet(
  set: SoundSet,
  roots: readonly Root[],
  by: 'audio' | 'recording',
  run: Run,
): StayingSet | undefined {
  const members = set.files.flatMap((found): Member[] => {
    const file = sweptFile(found, roots);
    return file === undefined ? [] : [{ file, found }];
  });
  const staying = members.find(({ file }) => file.root.role === 'reference') ?? members[0];
  if (staying === undefined) return undefined;
  const better = by === 'recording' ? betterThan(staying, members) : [];
  for (const { file, found } of better) {
    const reason = `a better copy (${found.about}) than that in the reference (${staying.found.about})`;
    run.tally.skipped.push({ path: file.path, reason });
  }
  const others = members.filter((member) => member !== staying && !better.includes(member));
  const byFile = new Map(members.map(({ file, found }) => [file, found]));
  const hashOf = (file: SweptFile): string | null => byFile.get(file)?.contentHash ?? null;
  return {
    keeper: staying.file,
    others: others.map(({ file }) => file),
    reasonsOf: (other) => reasonsFor(byFile.get(other), staying, by),
    contentHashOf: hashOf,
    sameBytes: false,
  };
}

/** Copies of the source that are coded better than the best one of the reference: those are for a person to judge. */
function betterThan(staying: Member, members: readonly Member[]): Member[] {
  const before = members.slice(0, members.indexOf(staying));
  return before.filter(({ found }) => found.about !== staying.found.about);
}

function reasonsFor(
  found: SoundSetFile | undefined,
  { file, found: kept }: Member,
  by: 'audio' | 'recording',
): string[] {
  const equal =
    by === 'audio'
      ? 'the same audio; tags or container may differ'
      : `the same recording by its sound (${found?.about} against ${kept.about})`;
  const reason =
    file.root.role === 'reference' ? 'the copy in the reference stays' : 'the best copy in the source stays';
  return [equal, reason];
}

function sweptFile({ path, stamp }: SoundSetFile, roots: readonly Root[]): SweptFile | undefined {
  const root = roots.find((each) => isUnder(path, each.path));
  return root && { root, path, ...stamp };
}
