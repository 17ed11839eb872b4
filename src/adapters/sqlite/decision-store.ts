/** A person's words: a log that is only ever added to, which the table's own triggers see to. */
import type { DecisionStore, NewDecision, RecordedDecision } from '#catalogue';
import { type BytePath, bytesOfPath, pathFromBytes } from '#kernel';
import { type Connection, durably } from './connection.ts';
import type { Queries } from './queries.ts';
import type { DecisionsTable } from './tables.ts';

/** The part of the catalogue that cannot be made again by a scan. */
export function createDecisionStore(connection: Connection, queries: () => Promise<Queries>): DecisionStore {
  return {
    decisions: async () => logAfter(connection, 0),
    addDecisions: async (decisions) => {
      const build = await queries();
      return durably(connection, () =>
        connection.transact(() => {
          const last = Number(connection.arrays('select coalesce(max(id), 0) from decisions')[0]?.[0]);
          for (const decision of decisions) putDecision(connection, build, decision);
          return logAfter(connection, last);
        }),
      );
    },
  };
}

function putDecision(connection: Connection, queries: Queries, decision: NewDecision): void {
  const { a, b, word, at } = decision;
  const paths = { a_path: pathBytes(decision.aPath), b_path: pathBytes(decision.bPath) };
  const insert = queries.insertInto('decisions').values({ at_ms: at, a, b, word, ...paths });
  connection.run(insert.onConflict((said) => said.columns(['a', 'b', 'at_ms', 'word']).doNothing()));
}

function logAfter(connection: Connection, n: number): RecordedDecision[] {
  const sql = 'select id, at_ms, a, b, word, a_path, b_path from decisions where id > ? order by id';
  return connection.arrays(sql, n).map(decisionOf);
}

function decisionOf(row: readonly unknown[]): RecordedDecision {
  return {
    n: row[0] as number,
    at: row[1] as number,
    a: row[2] as string,
    b: row[3] as string,
    word: row[4] as DecisionsTable['word'],
    aPath: pathOfBytes(row[5]),
    bPath: pathOfBytes(row[6]),
  };
}

function pathBytes(path: BytePath | null): Uint8Array | null {
  return path === null ? null : bytesOfPath(path);
}

function pathOfBytes(column: unknown): BytePath | null {
  return column === null ? null : pathFromBytes(column as Uint8Array);
}
