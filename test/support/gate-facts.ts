/** What the catalogue says of the gate, read beside it when no process has it. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openJournal } from '#adapters/sqlite';
import type { GateVerdict } from '#gate';

export interface GateFacts {
  /** By the path at which the file arrived. */
  readonly verdicts: ReadonlyMap<string, GateVerdict>;
  /** How often an event said that the file was judged, by the same path. */
  readonly told: ReadonlyMap<string, number>;
  /** What is not as it must be when all work is done: in words. */
  readonly unfinished: readonly string[];
}

export function readGateFacts(data: string): GateFacts {
  using db = new DatabaseSync(path.join(data, 'catalogue.sqlite'));
  const rows = (sql: string): Record<string, unknown>[] => db.prepare(sql).all();
  const verdicts = rows('select path, verdict from intakes').map(
    ({ path: bytes, verdict }) =>
      [Buffer.from(bytes as Uint8Array).toString(), JSON.parse(verdict as string) as GateVerdict] as const,
  );
  const told = new Map<string, number>();
  for (const { body } of rows('select body from gate_events')) {
    const event = JSON.parse(body as string);
    if (event.type !== 'file.judged') continue;
    told.set(event.verdict.path, (told.get(event.verdict.path) ?? 0) + 1);
  }
  const open = rows("select state, count(*) as files from gate_files where state <> 'done' group by state");
  const leases = rows(
    'select count(*) as files from gate_files where lease_owner is not null or lease_until_ms is not null',
  );
  const pending = rows('select path from intakes where pending = 1');
  return {
    verdicts: new Map(verdicts),
    told,
    unfinished: [
      ...open.map(({ state, files }) => `${files} files are ${state}`),
      ...leases.flatMap(({ files }) => (files === 0 ? [] : [`${files} files have a lease`])),
      ...pending.map(({ path: bytes }) => `pending: ${Buffer.from(bytes as Uint8Array).toString()}`),
      ...openEntries(data),
    ],
  };
}

/** Of the journal of filing. */
function openEntries(data: string): string[] {
  using journal = openJournal(path.join(data, 'journal.sqlite'));
  const entries = journal.entries({ states: ['intended', 'prepared', 'unclear'] });
  return entries.map(({ state, verb, from }) => `${state} in the journal: ${verb} ${from}`);
}

/** How many files somebody has in hand. */
export function leasedFiles(data: string): number {
  using db = new DatabaseSync(path.join(data, 'catalogue.sqlite'));
  const [row] = db
    .prepare("select count(*) as files from gate_files where state = 'leased' or lease_owner is not null")
    .all();
  return Number(row?.['files']);
}
