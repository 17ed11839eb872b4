/** What the gate keeps, in the catalogue's file and transactions. */
import type { GateStore } from '#gate';
import type { Connection } from './connection.ts';
import { createEventStore } from './gate-events.ts';
import { createJudgementStore } from './gate-judgements.ts';
import type { ReadPlace } from './gate-places.ts';
import { createQueueStore } from './gate-queue.ts';
import { createViewStore } from './gate-views.ts';
import type { Queries } from './queries.ts';

export type { ReadPlace } from './gate-places.ts';

/** @param readPlace what tags say about a place on a release: SQLite cannot normalise text */
export function createGateStore(
  connection: Connection,
  queries: () => Promise<Queries>,
  readPlace: ReadPlace,
): GateStore {
  return {
    ...createJudgementStore(connection, queries, readPlace),
    ...createQueueStore(connection),
    ...createEventStore(connection),
    ...createViewStore(connection),
  };
}
