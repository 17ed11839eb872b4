/** What the gate tells, and whom it has still to tell. Bodies are JSON, which escapes what is not Unicode in names. */
import type { Delivery, EventStore, GateEvent, GateEventBody } from '#gate';
import type { Connection } from './connection.ts';

/** Writes events within the caller's transaction. @param at milliseconds since 1970 */
export function addEvents(connection: Connection, bodies: readonly GateEventBody[], at: number): void {
  const insert = 'insert into gate_events (at_ms, body) values (?, ?)';
  for (const body of bodies) connection.arrays(insert, at, JSON.stringify(body));
}

export function createEventStore(connection: Connection): EventStore {
  return {
    eventsAfter: async (n, most) =>
      connection.arrays('select n, at_ms, body from gate_events where n > ? order by n limit ?', n, most).map(eventOf),
    lastEvent: async () => lastEvent(connection),
    fanOut: async (webhooks) => {
      // Asked for every second: what has nothing to do waits for no lock.
      const behind = webhooks.filter((name) => toldTo(connection, name) !== lastEvent(connection));
      if (behind.length > 0) connection.transact(() => fanOut(connection, behind));
    },
    dueDeliveries: async (webhook, now, most) => dueDeliveries(connection, webhook, now, most),
    delivered: async (id, now) => void connection.arrays(DELIVERED, now, id),
    deliveryFailed: async (id, error, retryAt) => void connection.arrays(FAILED, error, retryAt, id),
    giveUp: async (webhook, happenedBefore, now) => connection.arrays(GIVE_UP, now, webhook, happenedBefore).length,
    undelivered: async () =>
      Number(connection.arrays("select count(*) from deliveries where state = 'waiting'")[0]?.[0]),
    forgetEvents: async (before, webhooks) =>
      connection.transact(() => {
        connection.arrays(FORGET_DELIVERIES, before, JSON.stringify(webhooks));
        connection.arrays(
          'delete from gate_events where at_ms < ? and n not in (select event from deliveries)',
          before,
        );
      }),
  };
}

const DELIVERED =
  "update deliveries set state = 'delivered', attempts = attempts + 1, error = null, ended_at_ms = ? where id = ?";
const FAILED = 'update deliveries set attempts = attempts + 1, error = ?, due_at_ms = ? where id = ?';
const GIVE_UP = `
  update deliveries set state = 'given up', ended_at_ms = ?
  where webhook = ? and state = 'waiting' and event in (select n from gate_events where at_ms < ?) returning id`;
const FORGET_DELIVERIES = `
  delete from deliveries where event in (select n from gate_events where at_ms < ?)
    and not (state = 'waiting' and webhook in (select value from json_each(?)))`;

/** Not the greatest that is there: the last may be forgotten, and its number is not used again. */
function lastEvent(connection: Connection): number {
  return Number(connection.arrays("select seq from sqlite_sequence where name = 'gate_events'")[0]?.[0] ?? 0);
}

const FAN_OUT = `
  insert into deliveries (webhook, event, due_at_ms)
  select ?, n, at_ms from gate_events where n > ? order by n`;

function fanOut(connection: Connection, webhooks: readonly string[]): void {
  const last = lastEvent(connection);
  for (const name of webhooks) {
    const known = toldTo(connection, name);
    // One that is new has nothing to catch up with.
    connection.arrays(FAN_OUT, name, known ?? last);
    connection.arrays(TOLD, name, last);
  }
}

const TOLD = 'insert into webhooks (name, told_to) values (?, ?) on conflict do update set told_to = excluded.told_to';

function toldTo(connection: Connection, webhook: string): number | undefined {
  return connection.arrays('select told_to from webhooks where name = ?', webhook)[0]?.[0] as number | undefined;
}

const WAITING = `
  select n, at_ms, body, id, attempts, due_at_ms from deliveries join gate_events on n = event
  where webhook = ? and state = 'waiting' order by id limit ?`;

function dueDeliveries(connection: Connection, webhook: string, now: number, most: number): Delivery[] {
  const waiting = connection.arrays(WAITING, webhook, most);
  const notDue = waiting.findIndex((row) => (row[5] as number) > now);
  return waiting.slice(0, notDue < 0 ? most : notDue).map((row) => ({
    id: row[3] as number,
    event: eventOf(row),
    attempts: row[4] as number,
  }));
}

function eventOf([n, at, body]: readonly unknown[]): GateEvent {
  return { n: n as number, at: at as number, body: JSON.parse(body as string) as GateEventBody };
}
