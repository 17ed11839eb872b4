/** The gate, made of its parts: judging, the queue and its workers, and what is told of both. */
import { isSameWriting, keyOfStamp } from '#catalogue';
import { AppError, type BytePath, cancelled, displayPath } from '#kernel';
import { type Bell, createBell, POLL_MS } from './bell.ts';
import { assertInbox, enqueue, enqueueAgain } from './enqueue.ts';
import type { Gate, WorkOptions } from './gate.ts';
import type { GateEvent, GateVerdict, JobFile, JobSummary } from './model.ts';
import { type GateParts, policyOf } from './parts.ts';
import { replaceGoneKeepers } from './promote.ts';
import { checkFile, rehearse } from './rehearse.ts';
import { judgeRemote } from './remote.ts';
import { judgeParts, verdictOn } from './take.ts';
import { work } from './work.ts';

const PAGE = 200;

/** Opens nothing and starts nothing. */
export function createGate(parts: GateParts): Gate {
  const { store, inboxes, clock } = parts;
  const bell = createBell(parts.sleep);
  const following = (id: string, { signal }: { readonly signal: AbortSignal }): AsyncGenerator<JobFile> =>
    follow(parts, bell, id, signal);
  return {
    async check(path, { signal, inbox = null }) {
      assertInbox(inboxes, inbox);
      return checkFile(parts, await parts.tree.resolve(path), inbox, signal);
    },
    async checkRemote(sound, { inbox = null }) {
      assertInbox(inboxes, inbox);
      const startedAt = clock.now();
      const policy = policyOf(inboxes, inbox, '' as BytePath);
      const judgement = await judgeRemote(judgeParts(parts, 'live'), sound, policy);
      const { path: _, ...verdict } = verdictOn('' as BytePath, judgement, policy, clock.now() - startedAt);
      return verdict;
    },
    async enqueue(request) {
      const job = await enqueue(parts, request);
      bell.ring();
      return job;
    },
    job: (id) => store.job(id),
    jobs: (filter) => store.jobs(filter),
    follow: following,
    async finished(id, options) {
      for await (const _ of following(id, options));
      return (await store.job(id)) ?? noJob(id);
    },
    rehearse: (request, { signal, onTrouble }) => rehearse(parts, request, signal, onTrouble),
    async requeue(id) {
      if (id !== undefined) await assertJob(parts, id);
      const count = await store.requeue(id, clock.now());
      bell.ring();
      return count;
    },
    async admit(path) {
      const job = await admit(parts, await parts.tree.resolve(path));
      bell.ring();
      return job;
    },
    known: (question) => store.known(question),
    events: (after, signal) => events(parts, bell, after, signal),
    work: (options) => begin(parts, bell, options),
    reconcile: (signal) => replaceGoneKeepers(parts, signal),
    async figures() {
      const { queued, leased, dead, oldestSeconds } = await store.queueFigures(clock.now());
      const verdicts = await store.verdictCounts();
      return { queued, leased, dead, oldestSeconds, undelivered: await store.undelivered(), verdicts };
    },
  };
}

/** What a former run was about to do when it died comes first. */
async function begin(parts: GateParts, bell: Bell, options: WorkOptions): Promise<void> {
  const pending = await parts.store.intakesPending();
  if (pending.length > 0) await enqueueAgain(parts, pending, 'recovery', null);
  await work(parts, bell, options);
}

/** Each file of the job, in order, when it is done. */
async function* follow(parts: GateParts, bell: Bell, id: string, signal: AbortSignal): AsyncGenerator<JobFile> {
  const { store } = parts;
  await assertJob(parts, id);
  for (let from = 0; ; ) {
    const files = await store.jobFiles(id, from, PAGE);
    if (files.length === 0) return;
    const firstOpen = files.findIndex(({ state }) => state === 'queued' || state === 'leased');
    const ended = firstOpen < 0 ? files : files.slice(0, firstOpen);
    yield* ended;
    from += ended.length;
    if (signal.aborted) throw cancelled();
    // Whoever was told of a file took time in which the next may have ended.
    if (firstOpen >= 0 && ended.length === 0) await bell.wait(POLL_MS, signal);
  }
}

async function* events(
  { store }: GateParts,
  bell: Bell,
  after: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<GateEvent> {
  let last = after ?? (await store.lastEvent());
  while (!signal.aborted) {
    const news = await store.eventsAfter(last, PAGE);
    for (const event of news) {
      yield event;
      last = event.n;
    }
    if (news.length === 0) await bell.wait(POLL_MS, signal);
  }
}

/** A person's word: the file is new, whatever the gate thinks of it. */
async function admit(parts: GateParts, path: BytePath): Promise<JobSummary> {
  const { store, tree, clock } = parts;
  const [stamp, intake] = [await tree.stamp(path), await store.intakeAt(path)];
  if (stamp === undefined || intake === undefined || !isSameWriting(intake.stamp, keyOfStamp(stamp)))
    throw notJudged(path);
  const { contentHash } = intake;
  if (!intake.isAdmitted && contentHash !== null) {
    const reasons = ['A person has admitted it.', ...intake.verdict.reasons];
    const verdict: GateVerdict = { ...intake.verdict, verdict: 'new', of: null, reasons };
    await store.claim({
      ...{ file: null, path, stamp: intake.stamp, inbox: intake.inbox, source: null, verdict, isAdmitted: true },
      ...{ keeperId: null, content: { kind: 'known', contentHash }, rivals: null, events: [] },
      ...{ at: clock.now(), isFinal: false },
    });
  }
  // What its inbox asks for is the workers' business.
  return enqueueAgain(parts, [intake], 'a person', intake.inbox);
}

function notJudged(path: BytePath): AppError {
  return new AppError('gate/not-judged', `${displayPath(path)} has not been judged as it is now.`, {
    kind: 'missing',
    hint: 'Import it first; "reprise gate check" says what would become of it.',
  });
}

async function assertJob({ store }: GateParts, id: string): Promise<void> {
  if ((await store.jobs({ most: 1, id })).length === 0) noJob(id);
}

function noJob(id: string): never {
  throw new AppError('gate/no-job', `There is no job ${id}.`, {
    kind: 'missing',
    hint: '"reprise gate jobs" lists the jobs.',
  });
}
