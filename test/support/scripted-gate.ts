/** A gate that answers what it is told, and remembers what it was asked. For tests of those who stand before it. */
import type { Gate, GateEvent, GateVerdict, ImportRequest, Job, JobSummary } from '#gate';
import { AppError, type BytePath, cancelled } from '#kernel';

export interface ScriptedGate extends Gate {
  readonly imports: ImportRequest[];
  readonly checked: BytePath[];
  /** Listeners of events now. */
  listeners(): number;
  tell(event: GateEvent): void;
}

export function verdictOf(path: BytePath, fields: Partial<GateVerdict> = {}): GateVerdict {
  return {
    path,
    verdict: 'new',
    of: null,
    recording: null,
    release: { album: null, albumArtist: null, disc: null, track: null },
    reasons: ['The library has no such track.'],
    placed: null,
    tookMs: 1,
    ...fields,
  };
}

/** @param script takes the place of what it would do */
export function scriptedGate(script: Partial<Gate> = {}): ScriptedGate {
  const imports: ImportRequest[] = [];
  const checked: BytePath[] = [];
  const jobs = new Map<string, Job>();
  const keys = new Map<string, JobSummary>();
  const listeners = new Set<(event: GateEvent) => void>();
  return {
    imports,
    checked,
    listeners: () => listeners.size,
    tell: (event) => {
      for (const listener of listeners) listener(event);
    },
    async check(path) {
      checked.push(path);
      return verdictOf(path);
    },
    async checkRemote(sound) {
      if (sound.fingerprint === '') throw new AppError('fingerprint/corrupt', 'It is none.', { kind: 'corrupt' });
      const { path: _, ...verdict } = verdictOf('' as BytePath);
      return verdict;
    },
    async enqueue(request) {
      const known = request.idempotencyKey === undefined ? undefined : keys.get(request.idempotencyKey);
      if (known) return known;
      imports.push(request);
      const id = `job${jobs.size + 1}`;
      const files = request.files.map(({ path }) => ({
        ...{ path, state: 'done' as const, attempts: 1, error: null, verdict: verdictOf(path) },
      }));
      const counts = { queued: 0, leased: 0, done: files.length, dead: 0 };
      const { lane, askedBy } = request;
      const summary: JobSummary = { id, n: jobs.size + 1, lane, askedBy, madeAt: 0, counts };
      jobs.set(id, { ...summary, files });
      if (request.idempotencyKey !== undefined) keys.set(request.idempotencyKey, summary);
      return summary;
    },
    job: async (id) => jobs.get(id),
    jobs: async ({ most }) => [...jobs.values()].toReversed().slice(0, most),
    async finished(id, { signal }) {
      const job = jobs.get(id);
      if (!job) throw new AppError('gate/no-job', 'There is no such job.', { kind: 'missing' });
      if (signal.aborted) throw cancelled();
      return job;
    },
    async *follow(id) {
      yield* jobs.get(id)?.files ?? [];
    },
    async *rehearse() {},
    async requeue(id) {
      if (id !== undefined && !jobs.has(id)) throw new AppError('gate/no-job', 'There is none.', { kind: 'missing' });
      return 0;
    },
    admit: async (path) => {
      const counts = { queued: 1, leased: 0, done: 0, dead: 0 };
      return {
        id: `of ${path}`.replaceAll(/[^a-z0-9]/g, ''),
        n: 1,
        lane: 'live',
        askedBy: 'a person',
        madeAt: 0,
        counts,
      };
    },
    known: async () => [],
    async *events(_after, signal) {
      const waiting: GateEvent[] = [];
      let wake = Promise.withResolvers<void>();
      const listener = (event: GateEvent): void => {
        waiting.push(event);
        wake.resolve();
      };
      listeners.add(listener);
      signal.addEventListener('abort', () => wake.resolve());
      try {
        while (!signal.aborted) {
          const event = waiting.shift();
          if (event) yield event;
          else {
            await wake.promise;
            wake = Promise.withResolvers<void>();
          }
        }
      } finally {
        listeners.delete(listener);
      }
    },
    work: async () => {},
    reconcile: async () => 0,
    figures: async () => ({
      ...{ queued: 1, leased: 2, dead: 3, oldestSeconds: 4, undelivered: 5, verdicts: { new: 6, duplicate: 7 } },
    }),
    ...script,
  };
}
