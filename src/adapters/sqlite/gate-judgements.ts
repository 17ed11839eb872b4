/** Judgements of the gate. A claim and everything that comes with it is one transaction. */
import type { Content, ContentOf, PhaseFingerprints, StampKey } from '#catalogue';
import type { Claim, Completion, GateEventBody, GateVerdict, GateWord, Intake, JudgementStore, KnownFile } from '#gate';
import { type BytePath, bytesOfPath, invariant, pathFromBytes } from '#kernel';
import { contentWith, putContent, type Writing, writeChange } from './changes.ts';
import type { Connection } from './connection.ts';
import { addEvents } from './gate-events.ts';
import { isrcKey, placeContents, placeSome, type ReadPlace, rivalsIn, sameAudioIn } from './gate-places.ts';
import { settleFile } from './gate-queue.ts';
import { foldersUnder } from './known-files.ts';
import { CONTENT_COLUMNS } from './match-store.ts';
import type { Queries } from './queries.ts';
import { type ContentRow, contentOf, hashBytes, hashText, pathColumns, pathOf, stampColumns } from './rows.ts';

export function createJudgementStore(
  connection: Connection,
  queries: () => Promise<Queries>,
  readPlace: ReadPlace,
): JudgementStore {
  const writing = async (work: (to: Writing) => void): Promise<void> => {
    const to = { connection, queries: await queries() };
    connection.transact(() => work(to));
  };
  return {
    rivals: async (question) => {
      await placeContents(connection, readPlace);
      return rivalsIn(connection, question);
    },
    sameAudio: async (question) => {
      await placeContents(connection, readPlace);
      return sameAudioIn(connection, question);
    },
    content: async (contentHash) => wholeContent(connection, contentHash),
    outsiders: async (inboxes) => outsiders(connection, inboxes),
    libraryFile: async (id) => libraryFile(connection, id),
    intakeAt: async (path) => intakes(connection, 'intakes.path = ?', bytesOfPath(path))[0],
    intakesWritten: async (stamp) => {
      const { inode, size_bytes, mtime_ns } = stampColumns(stamp);
      return intakes(connection, 'inode = ? and intakes.size_bytes = ? and mtime_ns = ?', inode, size_bytes, mtime_ns);
    },
    copiesOf: async (keeperId) => intakes(connection, 'keeper_id = ?', keeperId),
    intakesPending: async () => intakes(connection, 'pending = 1'),
    keepers: async () => keepersOf(connection),
    claim: async (claim) => {
      await placeContents(connection, readPlace);
      const to = { connection, queries: await queries() };
      return connection.transact(() => writeClaim(to, claim, readPlace));
    },
    renamed: (from, to, stamp, events, at) =>
      writing((into) => {
        rename(into, from, to, stamp);
        addEvents(connection, events, at);
      }),
    completed: (completion) => writing((to) => complete(to, completion)),
    promote: (keeperId, copy, reasons, events, at) =>
      writing((to) => promote(to, { keeperId, copy, reasons, events, at })),
    libraryFileGone: async (id) => void connection.arrays('update files set present = 0 where id = ?', id),
    libraryFileChanged: (id, stamp, content) =>
      writing((to) => writeChange(to, { kind: 'changed', id, stamp, content })),
    known: async (question) => {
      await placeContents(connection, readPlace);
      return knownFiles(connection, question);
    },
    verdictCounts: async () => {
      const rows = connection.arrays('select verdict_word, count(*) from intakes group by verdict_word');
      return Object.fromEntries(rows) as Record<GateWord, number>;
    },
  };
}

function wholeContent(connection: Connection, contentHash: string): Content | undefined {
  const [row] = connection.rows<ContentRow & PrintColumns>(
    `select ${CONTENT_COLUMNS}, phase0, phase1, phase2, phase3, altered, sketch
     from contents left join fingerprints on fingerprints.content_id = contents.id
     left join sketches on sketches.audio_hash = contents.audio_hash where contents.hash = ?`,
    hashBytes(contentHash),
  );
  if (row === undefined) return undefined;
  const { sound, ...content } = contentOf(row, row.hash as Uint8Array);
  if (sound === null) return { ...content, sound };
  const none = new Uint8Array();
  const fingerprint = [row.phase0, row.phase1, row.phase2, row.phase3].map((phase) => phase ?? none);
  const prints = { fingerprint: fingerprint as unknown as PhaseFingerprints, altered: row.altered ?? none };
  return { ...content, sound: { ...sound, ...prints, ...(row.sketch && { sketch: row.sketch }) } };
}

interface PrintColumns {
  readonly phase0: Uint8Array | null;
  readonly phase1: Uint8Array | null;
  readonly phase2: Uint8Array | null;
  readonly phase3: Uint8Array | null;
  readonly altered: Uint8Array | null;
  readonly sketch: Uint8Array | null;
}

const NOT_ADMITTED = `
  select folder, name from files where present = 1 and folder >= ? and folder < ? and not exists (select 1 from intakes
    where intakes.path = cast(files.folder || x'2f' || files.name as blob) and intakes.admitted = 1)`;

function outsiders(connection: Connection, inboxes: readonly BytePath[]): ReadonlySet<BytePath> {
  const refused = connection.arrays('select path from intakes where admitted = 0');
  const unjudged = inboxes.flatMap((inbox) =>
    foldersUnder(inbox).flatMap((range) => connection.arrays(NOT_ADMITTED, ...range)),
  );
  return new Set([
    ...refused.map(([path]) => pathFromBytes(path as Uint8Array)),
    ...unjudged.map(([folder, name]) => pathOf(folder as Uint8Array, name as Uint8Array)),
  ]);
}

function libraryFile(
  connection: Connection,
  id: number,
): { readonly path: BytePath; readonly contentHash: string | null } | undefined {
  const [row] = connection.rows<{ folder: Uint8Array; name: Uint8Array; hash: Uint8Array | null }>(
    `select folder, name, contents.hash from files left join contents on contents.id = content_id
     where files.id = ? and present = 1`,
    id,
  );
  return row && { path: pathOf(row.folder, row.name), contentHash: row.hash && hashText(row.hash) };
}

interface IntakeRow {
  readonly id: number;
  readonly path: Uint8Array;
  readonly stamp: string;
  readonly inbox: string | null;
  readonly verdict: string;
  readonly admitted: number;
  readonly pending: number;
  readonly file_id: number | null;
  readonly keeper_id: number | null;
  readonly hash: Uint8Array | null;
  readonly decided_at_ms: number;
}

function intakes(
  connection: Connection,
  where: string,
  ...values: (string | number | bigint | Uint8Array)[]
): Intake[] {
  const rows = connection.rows<IntakeRow>(
    `select intakes.id, path, stamp, inbox, verdict, admitted, pending, file_id, keeper_id, contents.hash, decided_at_ms
     from intakes left join contents on contents.id = intakes.content_id where ${where} order by intakes.id`,
    ...values,
  );
  return rows.map((row) => ({
    ...{ id: row.id, path: pathFromBytes(row.path), stamp: row.stamp as StampKey, inbox: row.inbox },
    ...{
      verdict: JSON.parse(row.verdict) as GateVerdict,
      isAdmitted: row.admitted === 1,
      isPending: row.pending === 1,
    },
    ...{ fileId: row.file_id, keeperId: row.keeper_id, decidedAt: row.decided_at_ms },
    contentHash: row.hash && hashText(row.hash),
  }));
}

function keepersOf(connection: Connection): { readonly id: number; readonly path: BytePath }[] {
  const rows = connection.rows<{ id: number; folder: Uint8Array; name: Uint8Array }>(
    `select id, folder, name from files where present = 1 and id in (select keeper_id from intakes) order by id`,
  );
  return rows.map(({ id, folder, name }) => ({ id, path: pathOf(folder, name) }));
}

/** What has come in meanwhile; few, if any. */
const ALL = -1;

function writeClaim(to: Writing, claim: Claim, readPlace: ReadPlace): boolean {
  const { connection } = to;
  placeSome(connection, readPlace, ALL);
  if (claim.rivals !== null) {
    const seen = new Set(claim.rivals.seen);
    if (rivalsIn(connection, claim.rivals.question).some(({ fileId }) => !seen.has(fileId))) return false;
  }
  const fileId = claimedFile(to, claim);
  const contentId = claim.content === null ? null : heldContent(to, claim.content);
  writeIntake(connection, claim, fileId, contentId);
  placeSome(connection, readPlace, ALL);
  addEvents(connection, claim.events, claim.at);
  if (claim.isFinal && claim.file !== null) settleFile(connection, claim.file.id, claim.verdict);
  return true;
}

/** The number that the file has in the library from now on; `null` where it is none of its sounds. */
function claimedFile(to: Writing, { path, stamp, verdict, isAdmitted, content }: Claim): number | null {
  if (!isAdmitted || content === null || verdict.verdict === 'unknown') return null;
  return admit(to, path, stamp, content);
}

/** The file is of the library from now on. @returns its number */
function admit(to: Writing, path: BytePath, stamp: StampKey, content: ContentOf): number {
  writeChange(to, { kind: 'added', path, stamp, content });
  return fileNumber(to.connection, path);
}

function fileNumber(connection: Connection, path: BytePath): number {
  const { folder, name } = pathColumns(path);
  const [row] = connection.arrays('select id from files where folder = ? and name = ?', folder, name);
  invariant(row, 'an admitted file is in the catalogue');
  return row[0] as number;
}

/** A content that no file of the library may hold. */
function heldContent(to: Writing, content: ContentOf): number | null {
  if (content.kind === 'new') return putContent(to, content.content, content.producer) ?? null;
  if (content.kind !== 'known') return null;
  return contentWith(to, content.contentHash) ?? null;
}

function writeIntake(connection: Connection, claim: Claim, fileId: number | null, contentId: number | null): void {
  const { inode, size_bytes, mtime_ns } = stampColumns(claim.stamp);
  connection.arrays(
    `insert into intakes (path, inode, size_bytes, mtime_ns, stamp, inbox, source, verdict_word, verdict, admitted, pending,
       file_id, keeper_id, content_id, decided_at_ms)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (path) do update set inode = excluded.inode, size_bytes = excluded.size_bytes,
       mtime_ns = excluded.mtime_ns, stamp = excluded.stamp, inbox = excluded.inbox,
       source = coalesce(excluded.source, source), verdict_word = excluded.verdict_word, verdict = excluded.verdict,
       admitted = excluded.admitted, pending = excluded.pending, file_id = excluded.file_id,
       keeper_id = excluded.keeper_id, content_id = excluded.content_id, decided_at_ms = excluded.decided_at_ms`,
    ...[bytesOfPath(claim.path), inode, size_bytes, mtime_ns, claim.stamp, claim.inbox, claim.source],
    ...[claim.verdict.verdict, JSON.stringify(claim.verdict), Number(claim.isAdmitted), Number(!claim.isFinal)],
    ...[fileId, claim.keeperId, contentId, claim.at],
  );
}

function rename(to: Writing, from: BytePath, path: BytePath, stamp: StampKey): void {
  const { connection } = to;
  const [intake] = intakes(connection, 'intakes.path = ?', bytesOfPath(from));
  if (intake === undefined) return;
  const verdict = { ...intake.verdict, path };
  connection.arrays('delete from intakes where path = ? and id <> ?', bytesOfPath(path), intake.id);
  connection.arrays(
    'update intakes set path = ?, stamp = ?, verdict = ? where id = ?',
    ...[bytesOfPath(path), stamp, JSON.stringify(verdict), intake.id],
  );
  if (intake.fileId !== null && fileLies(connection, intake.fileId, from)) move(to, intake.fileId, path, stamp);
}

/** Copies of a file name it by where it lies now. */
function nameKeeper(connection: Connection, keeperId: number, path: BytePath): void {
  for (const { id, verdict } of intakes(connection, 'keeper_id = ?', keeperId)) {
    connection.arrays('update intakes set verdict = ? where id = ?', JSON.stringify({ ...verdict, of: path }), id);
  }
}

function fileLies(connection: Connection, id: number, path: BytePath): boolean {
  const { folder, name } = pathColumns(path);
  return connection.arrays('select 1 from files where id = ? and folder = ? and name = ?', id, folder, name).length > 0;
}

/** Gives a file of the catalogue another path; what was known there before is taken out. */
function move(to: Writing, id: number, path: BytePath, stamp: StampKey): void {
  const { folder, name } = pathColumns(path);
  const [other] = to.connection.arrays(
    'select id from files where folder = ? and name = ? and id <> ?',
    ...[folder, name, id],
  );
  if (other !== undefined) replaceFile(to.connection, other[0] as number, id);
  writeChange(to, { kind: 'moved', id, path, stamp });
  nameKeeper(to.connection, id, path);
}

/** Whatever named the one file names the other. */
function replaceFile(connection: Connection, gone: number, by: number): void {
  connection.arrays('update intakes set keeper_id = ? where keeper_id = ?', by, gone);
  connection.arrays('update intakes set file_id = ? where file_id = ?', by, gone);
  connection.arrays('delete from files where id = ?', gone);
}

function complete(to: Writing, { file, verdict, placedStamp, events, at }: Completion): void {
  const { connection } = to;
  const [intake] = intakes(connection, 'intakes.path = ?', bytesOfPath(verdict.path));
  if (intake === undefined) return;
  connection.arrays('update intakes set pending = 0, verdict = ? where id = ?', JSON.stringify(verdict), intake.id);
  if (placedStamp !== null && verdict.placed !== null && intake.fileId !== null) {
    move(to, intake.fileId, verdict.placed, placedStamp);
  }
  addEvents(connection, events, at);
  settleFile(connection, file.id, verdict);
}

interface Promotion {
  readonly keeperId: number;
  readonly copy: Intake;
  readonly reasons: readonly string[];
  readonly events: readonly GateEventBody[];
  readonly at: number;
}

function promote(to: Writing, { keeperId, copy, reasons, events, at }: Promotion): void {
  const { connection } = to;
  invariant(copy.contentHash !== null, 'a copy of a file was read');
  connection.arrays('update files set present = 0 where id = ?', keeperId);
  const fileId = admit(to, copy.path, copy.stamp, { kind: 'known', contentHash: copy.contentHash });
  const verdict: GateVerdict = { ...copy.verdict, verdict: 'new', of: null, reasons };
  connection.arrays('update intakes set keeper_id = ? where keeper_id = ?', fileId, keeperId);
  connection.arrays(
    `update intakes set verdict_word = 'new', verdict = ?, admitted = 1, pending = 1, keeper_id = null, file_id = ?
     where id = ?`,
    ...[JSON.stringify(verdict), fileId, copy.id],
  );
  nameKeeper(connection, fileId, copy.path);
  addEvents(connection, events, at);
}

function knownFiles(
  connection: Connection,
  { isrc, mbid, source }: { readonly isrc?: string; readonly mbid?: string; readonly source?: string },
): KnownFile[] {
  const asked: readonly (readonly [sql: string, value: string | undefined])[] = [
    [KNOWN_BY('isrc'), isrc && isrcKey(isrc)],
    [KNOWN_BY('mbid'), mbid?.toLowerCase()],
  ];
  const files = asked.flatMap(([sql, value]) =>
    value ? connection.rows<{ folder: Uint8Array; name: Uint8Array }>(sql, value) : [],
  );
  const judged = [
    ...asked.flatMap(([, value], at) =>
      value ? intakes(connection, JUDGED_BY(at === 0 ? 'isrc' : 'mbid'), value) : [],
    ),
    ...(source ? intakes(connection, `source = ? and ${STANDING}`, source) : []),
  ];
  const found = new Map<BytePath, KnownFile>();
  for (const { folder, name } of files) {
    const path = pathOf(folder, name);
    found.set(path, { path, verdict: null, of: null, isAdmitted: true });
  }
  for (const { path, verdict, isAdmitted } of judged) {
    const where = isAdmitted ? (verdict.placed ?? path) : path;
    found.set(where, { path: where, verdict: verdict.verdict, of: verdict.of, isAdmitted });
  }
  return [...found.values()];
}

const KNOWN_BY = (kind: 'isrc' | 'mbid'): string => `
  select folder, name from identifiers join files on files.content_id = identifiers.content_id
  where identifiers.kind = '${kind}' and identifiers.value = ? and files.present = 1
    and not exists (select 1 from intakes
      where intakes.path = cast(files.folder || x'2f' || files.name as blob) and intakes.admitted = 0)
  order by folder, name limit 100`;
/** What was let in and is gone since is not known to anybody any more. */
const STANDING = 'not (admitted = 1 and exists (select 1 from files where files.id = file_id and present = 0))';
const JUDGED_BY = (kind: 'isrc' | 'mbid'): string =>
  `content_id in (select content_id from identifiers where kind = '${kind}' and value = ?) and ${STANDING}`;
