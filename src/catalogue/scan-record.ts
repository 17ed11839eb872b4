/** Reads what is left under a root, several files at once, and commits each result before the next file is taken up. */
import { cancelled, displayPath } from '#kernel';
import { inParallel } from './in-parallel.ts';
import type { StampKey } from './model.ts';
import { createSchedule } from './order.ts';
import type { ContentOf, FileChange } from './ports.ts';
import { type ReadItem, type ReadResult, readItem, VANISHED } from './scan-read.ts';
import type { FileNews, ScannedFile } from './scan-report.ts';
import type { Run } from './scan-run.ts';
import type { Prospect } from './scan-settle.ts';
import type { Visit } from './scan-survey.ts';

/** Reads everything in `prospect`; what comes `later` only counts in the totals. @throws AppError `run/cancelled` … */
export async function* readAll(
  { survey, items }: Prospect,
  later: readonly Prospect[],
  run: Run,
): AsyncGenerator<ScannedFile> {
  const { next } = createSchedule(items, (device) =>
    run.tree.isSpinning(device) ? run.settings.readsPerSpinningDisk : Number.POSITIVE_INFINITY,
  );
  const tell = createTeller(displayPath(survey.root), [items, ...later.map((prospect) => prospect.items)].flat(), run);
  const unlessStopped = (inHand: readonly ReadItem[]): ReadItem | undefined =>
    run.signal.aborted ? undefined : next(inHand);
  tell();
  for await (const result of inParallel(run.workers.width, unlessStopped, (item) => readItem(item, run), run.stop)) {
    yield* record(result, run);
    tell(result.item);
  }
  if (run.signal.aborted) throw cancelled();
}

/** Tells the progress, counting an item as done where one is given. */
function createTeller(subject: string, items: readonly ReadItem[], run: Run): (done?: ReadItem) => void {
  const before = { ...run.done };
  const totalItems = before.items + items.reduce((sum, { names }) => sum + names.length, 0);
  const totalBytes = before.bytes + items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (item) => {
    if (item !== undefined) {
      run.done.items += item.names.length;
      run.done.bytes += item.sizeBytes;
    }
    const { audioSeconds } = run.tally;
    run.progress({ stage: 'Scanning', subject, ...run.done, totalItems, totalBytes, audioSeconds });
  };
}

async function* record(result: ReadResult, run: Run): AsyncGenerator<ScannedFile> {
  const gone = new Set(result.gone);
  const there = result.item.names.filter((name) => !gone.has(name));
  const steps = [...result.gone.map(goneStep), ...(await stepsOf(result, there, run))];
  const changes = steps.flatMap(({ change }) => change ?? []);
  if (changes.length > 0) await run.store.apply(changes);
  run.tally.audioSeconds += secondsOf(result);
  for (const step of steps) yield counted(step, run);
}

/** What is told to the catalogue and to people about one name. */
interface Step extends ScannedFile {
  readonly change: FileChange | undefined;
}

function goneStep({ path, file }: Visit): Step {
  const change: FileChange | undefined = file?.state === 'present' ? { kind: 'missing', id: file.id } : undefined;
  return { path, change, outcome: { kind: 'skipped', reason: VANISHED } };
}

async function stepsOf(result: ReadResult, there: readonly Visit[], run: Run): Promise<Step[]> {
  if (result.kind === 'skipped') {
    return there.map(({ path }) => ({ path, change: undefined, outcome: { kind: 'skipped', reason: result.reason } }));
  }
  const { stamp, content, failure } = result;
  const lost = await lostWith(content, run);
  return there.map((name) => {
    const { news, change } = changeOf(name, stamp, content, lost);
    const { path } = name;
    return { path, change, outcome: failure ? { kind: 'failed', failure } : { kind: 'done', value: news } };
  });
}

/** Ids of missing files with the same bytes, to be found again under a new name. */
async function lostWith(content: ContentOf, { store }: Run): Promise<number[]> {
  const hash =
    content.kind === 'known' ? content.contentHash : content.kind === 'new' ? content.content.contentHash : null;
  return hash === null ? [] : (await store.missingWith(hash)).map(({ id }) => id);
}

function changeOf(
  { path, file }: Visit,
  stamp: StampKey,
  content: ContentOf,
  lost: number[],
): { news: FileNews; change: FileChange } {
  if (file !== undefined) return { news: 'changed', change: { kind: 'changed', id: file.id, stamp, content } };
  const id = lost.shift();
  if (id === undefined) return { news: 'new', change: { kind: 'added', path, stamp, content } };
  return { news: 'moved', change: { kind: 'moved', id, path, stamp } };
}

function secondsOf(result: ReadResult): number {
  if (result.kind === 'skipped' || result.content.kind !== 'new') return 0;
  return result.content.content.sound?.durationSeconds ?? 0;
}

function counted({ path, outcome }: Step, { tally }: Run): ScannedFile {
  if (outcome.kind === 'done') tally[outcome.value] += 1;
  else if (outcome.kind === 'skipped') tally.skipped.push({ path, reason: outcome.reason });
  else {
    tally.failed += 1;
    tally.failures.push({ path, ...outcome.failure });
  }
  return { path, outcome };
}
