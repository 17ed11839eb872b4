/** The gate's events and views in a real catalogue, whose judgements and events a test writes itself. */
import type { EventStore, GateEventBody, GateWord, ViewStore } from '#gate';
import { type BytePath, bytesOfPath } from '#kernel';
import { openConnection } from '../../src/adapters/sqlite/connection.ts';
import { addEvents, createEventStore } from '../../src/adapters/sqlite/gate-events.ts';
import { createViewStore } from '../../src/adapters/sqlite/gate-views.ts';
import { MIGRATIONS } from '../../src/adapters/sqlite/migrations.ts';
import { migrate } from '../../src/adapters/sqlite/schema.ts';

export interface TestGateStore extends Disposable {
  readonly store: EventStore & ViewStore;
  addEvents(bodies: readonly GateEventBody[], at: number): void;
  /** Writes or changes judgements, all in one transaction. */
  judge(files: readonly JudgedFile[]): void;
  /** Forgets all judgements, as a catalogue that was begun anew has none. */
  forgetJudgements(): void;
}

export interface JudgedFile {
  readonly path: BytePath;
  /** {@link INBOX} where nothing is said. */
  readonly inbox?: string;
  readonly word?: GateWord;
  readonly isAdmitted?: boolean;
  readonly placed?: BytePath | null;
}

/** The inbox of judgements. */
export const INBOX = 'downloads';

export function openGateStore(file: string): TestGateStore {
  const connection = openConnection(file, 5_000);
  let isOpen = true;
  migrate(connection, MIGRATIONS);
  return {
    store: { ...createEventStore(connection), ...createViewStore(connection) },
    addEvents: (bodies, at) => connection.transact(() => addEvents(connection, bodies, at)),
    judge: (files) =>
      connection.transact(() => {
        for (const { path, inbox = INBOX, word = 'new', isAdmitted = word === 'new', placed = null } of files) {
          const verdict = JSON.stringify({ path, verdict: word, placed });
          connection.arrays(JUDGE, bytesOfPath(path), inbox, word, verdict, Number(isAdmitted));
        }
      }),
    forgetJudgements: () => void connection.arrays('delete from intakes'),
    [Symbol.dispose]() {
      if (isOpen) connection[Symbol.dispose]();
      isOpen = false;
    },
  };
}

const JUDGE = `
  insert into intakes (path, inode, size_bytes, mtime_ns, stamp, inbox, verdict_word, verdict, admitted, decided_at_ms)
  values (?, 1, 1, 1, '1:1:1:1:1', ?, ?, ?, ?, 1)
  on conflict (path) do update
    set verdict_word = excluded.verdict_word, verdict = excluded.verdict, admitted = excluded.admitted`;
