/** Writes what a scan decided. Every function runs inside the caller's transaction. */

import type { Updateable } from 'kysely';
import type { Content, ContentOf, FileChange, Sound } from '#catalogue';
import { type Failure, invariant } from '#kernel';
import type { Connection } from './connection.ts';
import type { Queries } from './queries.ts';
import { contentColumns, hashBytes, pathColumns, stampColumns } from './rows.ts';
import type { FilesTable } from './tables.ts';

export interface Writing {
  readonly connection: Connection;
  readonly queries: Queries;
}

/** One change. */
export function writeChange(to: Writing, change: FileChange): void {
  switch (change.kind) {
    case 'added':
      addFile(to, change);
      break;
    case 'changed':
      changeFile(to, change);
      break;
    case 'moved': {
      const { id, path, stamp } = change;
      setFile(to, id, { ...pathColumns(path), ...stampColumns(stamp), present: 1 });
      break;
    }
    case 'missing':
      setFile(to, change.id, { present: 0 });
      break;
  }
}

function setFile({ connection, queries }: Writing, id: number, values: Updateable<FilesTable>): void {
  connection.run(queries.updateTable('files').set(values).where('id', '=', id));
}

function addFile(to: Writing, change: FileChange & { kind: 'added' }): void {
  const values = { ...stampColumns(change.stamp), present: 1, ...holding(to, change.content) };
  const query = to.queries.insertInto('files').values({ ...pathColumns(change.path), ...values });
  to.connection.run(query.onConflict((path) => path.columns(['folder', 'name']).doUpdateSet(values)));
}

function changeFile(to: Writing, change: FileChange & { kind: 'changed' }): void {
  setFile(to, change.id, { ...stampColumns(change.stamp), present: 1, ...holding(to, change.content) });
}

interface HoldingColumns {
  content_id: number | null;
  failure_code: string | null;
  failure_message: string | null;
}

function holding(to: Writing, content: ContentOf): HoldingColumns {
  switch (content.kind) {
    case 'known':
      return held(contentWith(to, content.contentHash));
    case 'same-as':
      return sameAs(to, content.id);
    case 'new':
      return held(putContent(to, content.content, content.producer));
    case 'unreadable':
      return unread(content.failure);
  }
}

function held(contentId: number | undefined): HoldingColumns {
  invariant(contentId !== undefined, 'known contents are in the catalogue');
  return { content_id: contentId, failure_code: null, failure_message: null };
}

function unread({ code, message }: Failure): HoldingColumns {
  return { content_id: null, failure_code: code, failure_message: message };
}

function sameAs({ connection, queries }: Writing, id: number): HoldingColumns {
  const columns = ['content_id', 'failure_code', 'failure_message'] as const;
  const [row] = connection.all(queries.selectFrom('files').select(columns).where('id', '=', id));
  invariant(row, 'a hard link points to a file of the catalogue');
  return row;
}

/** The number of a content. */
export function contentWith({ connection, queries }: Writing, contentHash: string): number | undefined {
  const query = queries.selectFrom('contents').select('id').where('hash', '=', hashBytes(contentHash));
  return connection.all(query)[0]?.id;
}

/** Adds contents, or replaces what was known of them unless that would lose a sound. */
export function putContent(to: Writing, content: Content, producer: string): number | undefined {
  const columns = contentColumns(content, producer);
  const insert = to.queries.insertInto('contents').values(columns);
  const upsert = insert.onConflict((hash) =>
    hash
      .column('hash')
      .doUpdateSet(columns)
      .where(({ eb, or }) => or([eb('contents.audio_hash', 'is', null), eb('excluded.audio_hash', 'is not', null)])),
  );
  to.connection.run(upsert);
  const id = contentWith(to, content.contentHash);
  if (id !== undefined && content.sound !== null) {
    putFingerprint(to, id, content.sound);
    putSketch(to, content.sound);
  }
  return id;
}

function putFingerprint(
  to: Writing,
  contentId: number,
  { audioHash, fingerprint: [phase0, phase1, phase2, phase3], altered }: Sound,
): void {
  const columns = { phase0, phase1, phase2, phase3, altered };
  // What was matched without its altered questions has not been looked for at other speeds.
  const without = to.queries.selectFrom('fingerprints').select('content_id').where('altered', 'is', null);
  const [known] = to.connection.all(without.where('content_id', '=', contentId));
  if (known)
    to.connection.run(to.queries.updateTable('sounds').set({ matched_by: null }).where('audio_hash', '=', audioHash));
  const insert = to.queries.insertInto('fingerprints').values({ content_id: contentId, ...columns });
  to.connection.run(insert.onConflict((content) => content.column('content_id').doUpdateSet(columns)));
}

function putSketch(to: Writing, { audioHash, sketch }: Sound): void {
  if (!sketch) return;
  const insert = to.queries.insertInto('sketches').values({ audio_hash: audioHash, sketch });
  to.connection.run(insert.onConflict((sound) => sound.column('audio_hash').doUpdateSet({ sketch })));
}
