/** The queue of the gate. A file waits at most once, in however many jobs it stands. */
import type {
  FileState,
  GateVerdict,
  Job,
  JobFile,
  JobSummary,
  Lane,
  NewJob,
  NewJobFile,
  QueuedFile,
  QueueStore,
} from '#gate';
import { bytesOfPath, pathFromBytes } from '#kernel';
import type { Connection } from './connection.ts';
import { addEvents } from './gate-events.ts';

export function createQueueStore(connection: Connection): QueueStore {
  return {
    enqueue: async (job) => connection.transact(() => enqueue(connection, job)),
    lease: async (request) => connection.transact(() => lease(connection, request)),
    heartbeat: async (owner, until) =>
      void connection.arrays('update gate_files set lease_until_ms = ? where lease_owner = ?', until, owner),
    release: async (owner) => connection.transact(() => release(connection, owner)),
    failed: async (file, error, retryAt, events, at) =>
      connection.transact(() => {
        connection.arrays(
          `update gate_files set state = ?, due_at_ms = ?, error_code = ?, error_message = ?, lease_owner = null,
             lease_until_ms = null where id = ?`,
          ...[retryAt === null ? 'dead' : 'queued', retryAt ?? 0, error.code, error.message, file.id],
        );
        addEvents(connection, events, at);
      }),
    settled: async (file, verdict) => connection.transact(() => settleFile(connection, file.id, verdict)),
    job: async (id) => jobOf(connection, id),
    jobFiles: async (id, from, most) => filesOf(connection, id, from, most),
    jobWithKey: async (key) => summaries(connection, BY_KEY, key)[0],
    jobs: async ({ most, having, id }) => {
      if (id !== undefined) return summaries(connection, 'where gate_jobs.id = ?', id);
      if (having !== undefined) return summaries(connection, HAVING, having, most);
      return summaries(connection, 'order by gate_jobs.n desc limit ?', most);
    },
    requeue: async (id, now) => requeue(connection, id, now),
    queueFigures: async (now) => figures(connection, now),
  };
}

function enqueue(connection: Connection, { id, lane, askedBy, inbox, idempotencyKey, at, files }: NewJob): JobSummary {
  const [first] = idempotencyKey === null ? [] : summaries(connection, BY_KEY, idempotencyKey);
  if (first !== undefined) return first;
  const [row] = connection.arrays(
    `insert into gate_jobs (id, lane, asked_by, idempotency_key, made_at_ms) values (?, ?, ?, ?, ?) returning n`,
    ...[id, lane, askedBy, idempotencyKey, at],
  );
  const job = row?.[0] as number;
  const numbers = new Set<number>();
  for (const file of files) numbers.add(waiting(connection, file) ?? addFile(connection, file, lane, inbox, at));
  connection.arrays(PUT_IN_ORDER, job, JSON.stringify([...numbers]));
  return summaries(connection, 'where gate_jobs.n = ?', job)[0] as JobSummary;
}

/** The place of each file in the job is settled once, so that a page of them costs no more than that page. */
const PUT_IN_ORDER = `
  insert into gate_job_files (job, place, file)
  select ?, row_number() over (order by order_key, id) - 1, id from gate_files
  where id in (select value from json_each(?))`;
const BY_KEY = 'where idempotency_key = ?';

/** The number of a file that waits already. */
function waiting(connection: Connection, { path, judged }: NewJobFile): number | undefined {
  if (judged !== null) return undefined;
  const sql = `select id from gate_files where path = ? and state in ('queued', 'leased')`;
  return connection.arrays(sql, bytesOfPath(path))[0]?.[0] as number | undefined;
}

function addFile(
  connection: Connection,
  { path, source, order, judged }: NewJobFile,
  lane: Lane,
  inbox: string | null,
  at: number,
): number {
  const [row] = connection.arrays(
    `insert into gate_files (path, lane, order_key, inbox, source, state, queued_at_ms, due_at_ms, verdict)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning id`,
    ...[bytesOfPath(path), lane, order ?? lastOrder(connection, lane), inbox, source],
    ...[judged === null ? 'queued' : 'done', at, at, judged && JSON.stringify(judged)],
  );
  return row?.[0] as number;
}

/** Of equal keys the one that came first is decided first. */
function lastOrder(connection: Connection, lane: Lane): number {
  return (connection.arrays(LAST_ORDER, lane)[0]?.[0] ?? 0) as number;
}

const LAST_ORDER = `
  select max(order_key) from (
    select max(order_key) as order_key from gate_files where state = 'queued' and lane = ?1
    union all select max(order_key) from gate_files where state = 'leased' and lane = ?1)`;

interface QueuedRow {
  readonly id: number;
  readonly path: Uint8Array;
  readonly lane: Lane;
  readonly inbox: string | null;
  readonly source: string | null;
  readonly attempts: number;
}

/** Read in the order of an index, so that a long queue costs no more than a short one. */
const DUE = `
  select id, path, lane, inbox, source, attempts from gate_files
  where state = 'queued' and lane = ? and due_at_ms <= ? order by order_key, id limit ?`;
/** Whoever still works on a file after its lease has run out is not given it a second time. */
const RUN_OUT = `
  update gate_files set state = 'queued', lease_owner = null, lease_until_ms = null
  where state = 'leased' and lease_until_ms <= ? and lease_owner <> ?`;
const LANES: readonly Lane[] = ['live', 'backfill'];

function lease(
  connection: Connection,
  { owner, now, until, most, lanes }: Parameters<QueueStore['lease']>[0],
): QueuedFile[] {
  connection.arrays(RUN_OUT, now, owner);
  const rows: QueuedRow[] = [];
  for (const lane of LANES.filter((each) => lanes.includes(each))) {
    rows.push(...connection.rows<QueuedRow>(DUE, lane, now, most - rows.length));
  }
  for (const { id } of rows) {
    connection.arrays(
      `update gate_files set state = 'leased', attempts = attempts + 1, lease_owner = ?, lease_until_ms = ? where id = ?`,
      ...[owner, until, id],
    );
  }
  return rows.map(({ id, path, lane, inbox, source, attempts }) => ({
    ...{ id, path: pathFromBytes(path), lane, inbox, source, attempts: attempts + 1 },
  }));
}

/** What was in hand counts as not tried: it was not the file's fault. */
function release(connection: Connection, owner: string | undefined): void {
  const mine = owner === undefined ? '' : 'and lease_owner = ?';
  connection.arrays(
    `update gate_files set state = 'queued', attempts = max(attempts - 1, 0), lease_owner = null, lease_until_ms = null
     where state = 'leased' ${mine}`,
    ...(owner === undefined ? [] : [owner]),
  );
}

/** The queue's file is done. Runs inside the caller's transaction. */
export function settleFile(connection: Connection, id: number, verdict: GateVerdict | null): void {
  connection.arrays(
    `update gate_files set state = 'done', verdict = ?, lease_owner = null, lease_until_ms = null, error_code = null,
       error_message = null where id = ?`,
    verdict && JSON.stringify(verdict),
    id,
  );
}

const OF_JOB = 'select file from gate_job_files join gate_jobs on gate_jobs.n = job where gate_jobs.id = ?';

function requeue(connection: Connection, id: string | undefined, now: number): number {
  const chosen = id === undefined ? '' : `and id in (${OF_JOB})`;
  // A file that waits by another job already must not wait twice.
  const sql = `
    update gate_files set state = 'queued', attempts = 0, due_at_ms = ? where state = 'dead' ${chosen}
      and id in (select max(id) from gate_files where state = 'dead' ${chosen} group by path)
      and not exists (select 1 from gate_files as other where other.path = gate_files.path
        and other.state in ('queued', 'leased'))
    returning id`;
  return connection.arrays(sql, now, ...(id === undefined ? [] : [id, id])).length;
}

interface SummaryRow {
  readonly n: number;
  readonly id: string;
  readonly lane: Lane;
  readonly asked_by: string;
  readonly made_at_ms: number;
  readonly queued: number;
  readonly leased: number;
  readonly done: number;
  readonly dead: number;
}

const COUNTS = (['queued', 'leased', 'done', 'dead'] as const)
  .map(
    (state) => `(select count(*) from gate_job_files join gate_files on gate_files.id = file
      where job = gate_jobs.n and state = '${state}') as ${state}`,
  )
  .join(', ');
const HAVING = `
  where exists (select 1 from gate_job_files join gate_files on gate_files.id = file where job = gate_jobs.n and state = ?)
  order by gate_jobs.n desc limit ?`;

function summaries(connection: Connection, rest: string, ...values: (string | number)[]): JobSummary[] {
  const sql = `select n, id, lane, asked_by, made_at_ms, ${COUNTS} from gate_jobs ${rest}`;
  return connection.rows<SummaryRow>(sql, ...values).map(({ n, id, lane, asked_by, made_at_ms, ...counts }) => ({
    ...{ n, id, lane, askedBy: asked_by, madeAt: made_at_ms },
    counts: { queued: counts.queued, leased: counts.leased, done: counts.done, dead: counts.dead },
  }));
}

interface JobFileRow {
  readonly path: Uint8Array;
  readonly state: FileState;
  readonly attempts: number;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly verdict: string | null;
}

function jobOf(connection: Connection, id: string): Job | undefined {
  const [summary] = summaries(connection, 'where gate_jobs.id = ?', id);
  return summary && { ...summary, files: filesOf(connection, id, 0, -1) };
}

const FILES = `
  select path, state, attempts, error_code, error_message, verdict from gate_job_files
  join gate_files on gate_files.id = file where job = (select n from gate_jobs where id = ?) and place >= ?
  order by place limit ?`;

function filesOf(connection: Connection, id: string, from: number, most: number): JobFile[] {
  return connection.rows<JobFileRow>(FILES, id, from, most).map(jobFile);
}

function jobFile({ path, state, attempts, error_code, error_message, verdict }: JobFileRow): JobFile {
  return {
    ...{ path: pathFromBytes(path), state, attempts },
    error: error_code === null ? null : { code: error_code, message: error_message ?? '' },
    verdict: verdict === null ? null : (JSON.parse(verdict) as GateVerdict),
  };
}

function figures(connection: Connection, now: number): Awaited<ReturnType<QueueStore['queueFigures']>> {
  const counts = Object.fromEntries(
    connection.arrays(
      `select state, count(*) from gate_files where state in ('queued', 'leased', 'dead') group by state`,
    ),
  ) as Partial<Record<FileState, number>>;
  const [oldest] = connection.arrays(`select min(queued_at_ms) from gate_files where state = 'queued'`)[0] as [
    number | null,
  ];
  return {
    ...{ queued: counts.queued ?? 0, leased: counts.leased ?? 0, dead: counts.dead ?? 0 },
    oldestSeconds: oldest === null ? 0 : Math.max(0, (now - oldest) / 1000),
  };
}
