/** Settles what a look at the roots decided without reading: files that moved, came back, or are gone. */
import type { BytePath } from '#kernel';
import type { FileChange } from './ports.ts';
import { recognise } from './scan-moves.ts';
import { type ReadItem, readItems } from './scan-read.ts';
import type { FileNews, ScannedFile } from './scan-report.ts';
import type { Run } from './scan-run.ts';
import type { Survey } from './scan-survey.ts';

/** What is left to be read under a root. */
export interface Prospect {
  readonly survey: Survey;
  readonly items: readonly ReadItem[];
}

/** Changes in one transaction. Chosen: a commit each millisecond or so. */
const BATCH = 1_000;

interface Settled {
  readonly path: BytePath;
  readonly change: FileChange;
  /** `undefined` where the file is what it was. */
  readonly news: FileNews | undefined;
}

/** Applies it, yields what people should know of, and returns what is left. Roots that belong together come together. */
export async function* settle(surveys: readonly Survey[], run: Run): AsyncGenerator<ScannedFile, Prospect[]> {
  const fresh = surveys.flatMap(({ unsettled }) => unsettled.filter(({ file }) => file === undefined));
  const { changes, movedIds } = await recognise(fresh, run);
  const settled: Settled[] = [
    ...changes.map(
      (change): Settled => ({ path: change.path, change, news: change.kind === 'moved' ? 'moved' : 'new' }),
    ),
    ...surveys.flatMap((survey) => [...goneOf(survey, movedIds), ...backOf(survey)]),
  ];
  for (let at = 0; at < settled.length; at += BATCH) yield* apply(settled.slice(at, at + BATCH), run);
  const recognised = new Set(changes.map(({ path }) => path));
  return surveys.map((survey) => ({
    survey,
    items: readItems(survey.unsettled.filter(({ path }) => !recognised.has(path))),
  }));
}

function goneOf({ gone }: Survey, movedIds: ReadonlySet<number>): Settled[] {
  const left = gone.filter(({ id }) => !movedIds.has(id));
  return left.map(({ id, path }) => ({ path, change: { kind: 'missing', id }, news: 'missing' }));
}

function backOf({ back }: Survey): Settled[] {
  return back.map(({ file: { id }, path, stamp }) => ({
    path,
    change: { kind: 'moved', id, path, stamp },
    news: undefined,
  }));
}

async function* apply(settled: readonly Settled[], { store, tally }: Run): AsyncGenerator<ScannedFile> {
  await store.apply(settled.map(({ change }) => change));
  for (const { path, news } of settled) {
    if (news === undefined) continue;
    tally[news] += 1;
    yield { path, outcome: { kind: 'done', value: news } };
  }
}
