/**
 * Applies a plan: looks at each item anew, acts, and keeps a journal. What has changed since is refused as a conflict and
 * the rest goes on. Killed or interrupted, the same plan can be applied again: what was done is not done twice.
 */
import { AppError, type BytePath, cancelled, folderOf, type Progress } from '#kernel';
import { BATCH, carryOut, type FilingParts, type Pace, type Task, type TaskResult } from './carry-out.ts';
import { type Checked, type CheckParts, checkItem } from './check.ts';
import type { Entry, Identity, NewEntry } from './entry.ts';
import { foldersTo, timesOf } from './folders.ts';
import { assertSound, createGuard } from './guard.ts';
import { maker } from './make.ts';
import { freeName } from './names.ts';
import { LEAVING, PLACING, type Plan, type PlanItem, type PlannedFile } from './plan.ts';
import type { FileActs } from './ports.ts';
import { identityOf } from './recognise.ts';
import type { ApplyReport, ItemReport } from './reports.ts';
import { sideBySide } from './side-by-side.ts';
import { sidecarDestination } from './sidecars.ts';
import { trashPlace } from './trash-place.ts';

export interface ApplyOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Told about each item as it ends. Must be cheap. */
  readonly onItem: (report: ItemReport) => void;
  readonly pace: Pace;
  /** Protected whatever the plan says. */
  readonly protectedPaths: readonly BytePath[];
  /** Only looks whether each item could be done. */
  readonly dryRun: boolean;
}

/** @throws AppError `filing/in-hand`, `plan/unsound`, `filing/last-copy`, `filing/no-keeper` before anything is done; `run/cancelled`, `journal/…` */
export async function applyPlan(plan: Plan, parts: FilingParts, options: ApplyOptions): Promise<ApplyReport> {
  assertSound(plan);
  if (options.dryRun) return await applyBatches(begin(plan, parts, options));
  const { plans } = parts.journal.inHand;
  if (plans.has(plan.id)) throw inHand(plan.id);
  plans.add(plan.id);
  try {
    return await applyBatches(begin(plan, parts, options));
  } finally {
    plans.delete(plan.id);
  }
}

function inHand(id: string): AppError {
  return new AppError('filing/in-hand', `The plan ${id} is being applied at this moment.`, {
    kind: 'unavailable',
    hint: 'Wait until that is done; applying it again then tells what became of it.',
  });
}

async function applyBatches(run: Run): Promise<ApplyReport> {
  const { plan, options } = run;
  for (let start = 0; start < plan.items.length; ) {
    const batch = nextBatch(plan.items, start);
    await applyBatch(run, batch);
    start += batch.length;
    options.progress({ stage: options.dryRun ? 'Checking' : 'Filing', items: start, totalItems: plan.items.length });
    if (options.signal.aborted) throw cancelled();
  }
  return { plan, items: plan.items.map(({ n }) => run.reports.get(n) as ItemReport) };
}

interface Run {
  readonly plan: Plan;
  readonly parts: FilingParts;
  readonly options: ApplyOptions;
  readonly check: CheckParts;
  /** By the items' numbers. */
  readonly reports: Map<number, ItemReport>;
  /** What earlier runs did of this plan, by the items' numbers. */
  readonly before: ReadonlyMap<number, Entry>;
  /** What has filled up; `null` while there is room. */
  full: AppError | null;
}

function begin(plan: Plan, parts: FilingParts, options: ApplyOptions): Run {
  const targets = plan.items.some(({ verb }) => LEAVING.has(verb)) ? linkTargets(parts) : [];
  const keepers = new Set([...plan.items.flatMap(({ keeper }) => keeper?.path ?? []), ...targets]);
  const guard = createGuard(parts.acts, [...options.protectedPaths, ...plan.protected], [...keepers]);
  const done = parts.journal.entries({ plan: plan.id, states: ['done'] });
  return {
    ...{ plan, parts, options },
    check: { acts: parts.acts, guard, keepers: new Map(), signal: options.signal },
    reports: new Map(),
    before: new Map(done.flatMap((entry) => (entry.item === null ? [] : [[entry.item, entry] as const]))),
    full: null,
  };
}

/** What symbolic links lead to that earlier plans made: without it they would lead nowhere. */
function linkTargets({ acts, journal }: FilingParts): BytePath[] {
  const links = journal.entries({ states: ['done'], verbs: ['link', 'place-link'] });
  return links.flatMap(({ verb, from, to, made, keeper }) => {
    if (verb === 'link') return keeper ?? [];
    // One that a person has taken away since leads nowhere either way.
    return acts.state(to)?.inode === made?.inode ? from : [];
  });
}

/** The next few items, none of which follows another of them. */
function nextBatch(items: readonly PlanItem[], start: number): readonly PlanItem[] {
  const batch: PlanItem[] = [];
  const numbers = new Set<number>();
  for (const item of items.slice(start, start + BATCH)) {
    if (item.follows.some((n) => numbers.has(n))) break;
    batch.push(item);
    numbers.add(item.n);
  }
  return batch;
}

async function applyBatch(run: Run, batch: readonly PlanItem[]): Promise<void> {
  const { parts, options } = run;
  const checked = await sideBySide(batch, options.pace.width, (item) => look(run, item));
  const taken = new Set<BytePath>();
  const ready = checked.filter((step): step is Ready => 'was' in step);
  for (const step of checked) if (!('was' in step)) report(run, step);
  if (options.dryRun) {
    for (const { item } of ready) report(run, { item, outcome: 'done', now: null, error: null, remarks: [] });
    return;
  }
  let waiting: readonly Ready[] = ready;
  for (let tried = 1; waiting.length > 0; tried++) {
    const tasks = waiting.flatMap((step) => prepared(run, step, taken));
    const results = await carryOut(tasks, parts, options.pace, options.signal);
    const ended = results.map((result, at) => ({ result, step: (tasks[at] as ItemTask).step }));
    const isLost = ({ result }: (typeof ended)[number]): boolean => tried < NAMES_TRIED && hasLostName(result);
    for (const { result, step } of ended.filter((each) => !isLost(each))) report(run, reportOf(step.item, result));
    waiting = ended.filter(isLost).map(({ step }) => step);
  }
}

/** How often a file that lost its new name to somebody else gets another. Chosen: as many plans at once are rare. */
const NAMES_TRIED = 100;

/** Was the name taken between the moment that it was found free and the act? */
function hasLostName({ failure }: TaskResult): boolean {
  return failure?.code === 'files/exists';
}

interface ItemTask extends Task {
  readonly step: Ready;
}

/** The task; none, and a report, where its names cannot even be looked at. */
function prepared(run: Run, step: Ready, taken: Set<BytePath>): ItemTask[] {
  const { item, was, assertStill } = step;
  try {
    return [{ ...taskOf(run, item, was, taken), assertStill, step }];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    report(run, { item, outcome: 'failed', now: null, error, remarks: [] });
    return [];
  }
}

interface Ready extends Checked {
  readonly item: PlanItem;
}

/** Is there anything to be done about the item, and may it be done? */
async function look(run: Run, item: PlanItem): Promise<Ready | ItemReport> {
  const nothing = { item, now: null, error: null, remarks: [] };
  const before = run.before.get(item.n);
  if (before?.from === item.source.path) return { ...nothing, outcome: 'done-before', now: before.to };
  const undone = item.follows.filter((n) => !isDone(run.reports.get(n)));
  // A playlist follows many: what could be done for some of them is done.
  const isLeft = undone.length > 0 && (item.edits.length === 0 || undone.length === item.follows.length);
  if (isLeft) return { ...nothing, outcome: 'skipped', remarks: [`item ${undone[0]} was not done`] };
  if (run.full !== null) return { ...nothing, outcome: 'skipped', remarks: ['not tried: the disk is full'] };
  try {
    if (run.options.signal.aborted) throw cancelled();
    return { item, ...(await checkItem(item, run.check)) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...nothing, outcome: 'failed', error };
  }
}

function isDone(before: ItemReport | undefined): boolean {
  return before?.outcome === 'done' || before?.outcome === 'done-before';
}

function taskOf(run: Run, item: PlanItem, was: Identity, taken: Set<BytePath>): Task {
  const { acts, clock } = run.parts;
  const { verb, source } = item;
  const from = source.path;
  const leaders = leadersOf(run, item);
  const wanted = destinationOf(item, leaders) ?? trashPlace(acts, run.plan.roots, run.plan.id, from);
  const to = freeName(wanted, (path) => taken.has(path) || acts.state(path) !== undefined);
  taken.add(to);
  const { missing, standing } = foldersTo(acts, to);
  const make = maker(item, run.parts, leaders, run.options.signal);
  const entry: NewEntry = {
    ...{ plan: run.plan.id, item: item.n, verb, concerns: null, from, to, was, made: null, state: 'intended' },
    shape: PLACING.has(verb) ? 'copy' : make === undefined ? 'relocate' : 'replace',
    at: clock.now(),
    madeFolders: missing,
    folderTimes: timesOf(acts, [folderOf(from), standing]),
    // Emptying the trash of what was replaced needs what replaced it.
    keeper: item.keeper?.path ?? (item.replacement === undefined ? null : from),
    ...(item.replacement !== undefined && { replacement: seenAs(item.replacement, acts) }),
    reason: item.reasons.join('; '),
  };
  return make === undefined ? { entry } : { entry, make };
}

/** A file by which taking back finds out whether it is still there. */
function seenAs({ path, contentHash }: PlannedFile, acts: FileActs): NewEntry['replacement'] & object {
  const state = acts.state(path);
  // It was there a moment ago; where it is gone, the act fails.
  const none = { inode: 0n, sizeBytes: 0, mtimeNs: 0n, contentHash };
  return { path, was: state === undefined ? none : identityOf(state, contentHash) };
}

/** What became of the items that an item follows, by where their files lay. */
function leadersOf({ reports }: Run, { follows }: PlanItem): ReadonlyMap<BytePath, ItemReport> {
  const before = follows.flatMap((n) => reports.get(n) ?? []).filter(isDone);
  return new Map(before.map((each) => [each.item.source.path, each]));
}

/** A sidecar goes where its file went, which may have got another name than was planned. */
function destinationOf(item: PlanItem, leaders: ReadonlyMap<BytePath, ItemReport>): BytePath | null {
  const [leader] = leaders.values();
  const { source, destination, follows } = item;
  if (destination === null || leader === undefined || follows.length !== 1) return destination;
  const { item: led, now } = leader;
  const isRenamed = led.destination !== null && now !== null && now !== led.destination;
  return isRenamed ? sidecarDestination(source.path, led.source.path, now) : destination;
}

function reportOf(item: PlanItem, { entry, failure, lacks }: TaskResult): ItemReport {
  if (failure !== null) return { item, outcome: 'failed', now: null, error: failure, remarks: [] };
  return { item, outcome: 'done', now: entry.to, error: null, remarks: lacks.map((what) => `without ${what}`) };
}

function report(run: Run, ended: ItemReport): void {
  run.reports.set(ended.item.n, ended);
  if (ended.error?.kind === 'exhausted') run.full = ended.error;
  run.options.onItem(ended);
}
