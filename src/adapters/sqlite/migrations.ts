/** One step from a schema version to the next. Steps are never edited once released; they only go forward. */
export interface Migration {
  /** The version that the catalogue has afterwards. */
  readonly version: number;
  readonly sql: string;
}

/**
 * Version 1. Paths are bytes, cut at the last slash, which belongs to neither part. Devices and inodes are the system's 64 bits as signed integers, times are
 * nanoseconds since 1970; `stamp` is all five as one text, which is how a scan reads them. Content hashes are 32 bytes; audio and sample hashes keep their prefix and are text.
 * Fingerprints have a table of their own, so that listing files never reads them.
 */
const FIRST = `
create table contents (
  id integer primary key,
  hash blob not null unique,
  size_bytes integer not null,
  producer text not null,
  failure_code text,
  failure_message text,
  tags text,
  audio_hash text,
  sample_hash text,
  duration_seconds real,
  codec text,
  container text,
  sample_rate_hz integer,
  channels integer,
  bits_per_sample integer,
  bit_rate real,
  lossless integer,
  declared_seconds real,
  rms real,
  peak real,
  clipped_samples integer,
  decoded_seconds real,
  decode_errors integer,
  checksum_holds integer,
  complaints text
) strict;
create index contents_by_size on contents (size_bytes, hash);
create index contents_by_audio on contents (audio_hash) where audio_hash is not null;
create index contents_failed on contents (producer) where failure_code is not null;

create table fingerprints (
  content_id integer primary key references contents (id) on delete cascade,
  phase0 blob not null,
  phase1 blob not null,
  phase2 blob not null,
  phase3 blob not null
) strict;

create table files (
  id integer primary key,
  folder blob not null,
  name blob not null,
  device integer not null,
  inode integer not null,
  size_bytes integer not null,
  mtime_ns integer not null,
  ctime_ns integer not null,
  stamp text not null generated always as
    (device || ':' || inode || ':' || size_bytes || ':' || mtime_ns || ':' || ctime_ns) stored,
  present integer not null,
  content_id integer references contents (id),
  failure_code text,
  failure_message text,
  unique (folder, name)
) strict;
create index files_by_inode on files (device, inode);
create index files_by_content on files (content_id) where content_id is not null;
create index files_unread on files (id) where content_id is null;

create table verdicts (
  method text not null,
  a text not null,
  b text not null,
  verdict text not null,
  primary key (method, a, b)
) strict, without rowid;

create table matched (
  method text not null,
  audio_hash text not null,
  primary key (method, audio_hash)
) strict, without rowid;
`;

/**
 * Version 2. A person's words about pairs of sounds, as they were said: nothing is changed or taken out, a word is taken
 * back by a further one. Paths are those at the time, for people; sounds are known by their audio hashes alone.
 */
const DECISIONS = `
create table decisions (
  id integer primary key autoincrement,
  at_ms integer not null,
  a text not null,
  b text not null,
  word text not null check (word in ('same', 'different', 'ask')),
  a_path blob,
  b_path blob,
  check (a < b),
  unique (a, b, at_ms, word)
) strict;
create trigger decisions_stay before delete on decisions begin
  select raise(abort, 'a decision is never deleted');
end;
create trigger decisions_stay_as_they_are before update on decisions begin
  select raise(abort, 'a decision is never changed');
end;
`;

/** Version 3. Sounds scanned before have none and are read again. */
const ALTERED = `
alter table fingerprints add column altered blob;
create index fingerprints_unaltered on fingerprints (content_id) where altered is null;
`;

/** Version 4. Sketches are large and read pair by pair, so they have a table of their own; copies that differ in tags alone share one. */
const SKETCHES = `
create table sketches (
  audio_hash text primary key,
  sketch blob not null
) strict;
`;

/**
 * Version 5. A sound has a number, which no other sound ever gets, as long as there are contents with its audio hash; `matched_by` is the method by which
 * it was compared with all others. Comparisons are blocks of records that know sounds by these numbers. What was judged before is judged anew.
 */
const COMPARISONS = `
create table sounds (
  id integer primary key autoincrement,
  audio_hash text not null unique,
  matched_by text
) strict;
insert into sounds (audio_hash)
  select distinct audio_hash from contents where audio_hash is not null order by audio_hash;
create table forgotten_sounds (sound integer primary key) strict;
create trigger sounds_come after insert on contents when new.audio_hash is not null begin
  insert into sounds (audio_hash)
    select new.audio_hash where not exists (select 1 from sounds where audio_hash = new.audio_hash);
end;
create trigger sounds_change after update of audio_hash on contents when new.audio_hash is not old.audio_hash begin
  insert into sounds (audio_hash)
    select new.audio_hash where new.audio_hash is not null
      and not exists (select 1 from sounds where audio_hash = new.audio_hash);
  delete from sounds where audio_hash = old.audio_hash
    and not exists (select 1 from contents where audio_hash = old.audio_hash);
end;
create trigger sounds_go after delete on contents when old.audio_hash is not null begin
  delete from sounds where audio_hash = old.audio_hash
    and not exists (select 1 from contents where audio_hash = old.audio_hash);
end;
create trigger sounds_are_forgotten after delete on sounds begin
  insert into forgotten_sounds values (old.id);
end;

create table comparisons (
  block integer primary key,
  method text not null,
  records blob not null
) strict;
drop table verdicts;
drop table matched;
`;

/**
 * Version 6. What other programs said, apart from all else. `stamp` is null until a source was read to its end. Pairs have
 * the path with the lower number first, and one table without an index: there may be ten million, of 28 bytes each.
 */
const IMPORTS = `
create table imported_sources (
  id integer primary key,
  path blob not null unique,
  tool text not null,
  kind text not null,
  stamp text,
  lines integer not null default 0,
  kept integer not null default 0,
  damaged integer not null default 0
) strict;

create table imported_paths (
  id integer primary key,
  path blob not null unique
) strict;

create table imported_fingerprints (
  id integer primary key,
  source integer not null references imported_sources (id),
  path integer not null references imported_paths (id),
  duration_seconds real not null,
  fingerprint blob not null,
  unique (source, path)
) strict;
create index imported_fingerprints_by_path on imported_fingerprints (path);

create table imported_correlations (
  a integer not null,
  b integer not null,
  source integer not null,
  value real not null,
  offset_items integer,
  method text,
  primary key (a, b, source),
  check (a < b)
) strict, without rowid;
`;

/**
 * Version 7. What the samples tell about their source: levels by band and the bits that are used. Null of
 * sounds scanned before, which are not read again for it.
 */
const EVIDENCE = `
alter table contents add column bands blob;
alter table contents add column used_bits integer;
alter table contents add column coded_as text;
alter table contents add column nominal_bit_rate real;
`;

/**
 * Version 8. The gate. `places` is what tags say about a content's place on a release, normalised by the program, which
 * SQLite cannot: `unplaced` lists the contents of which nobody has worked it out. A judgement that admits a file has that
 * file in `files`; what was refused or held is in `intakes` alone. Paths are bytes, verdicts and events JSON.
 */
const GATE = `
create index contents_by_samples on contents (sample_hash) where sample_hash is not null;
create table unplaced (content_id integer primary key) strict;
insert into unplaced select id from contents;
create trigger contents_unplaced after insert on contents begin
  insert into unplaced select new.id where not exists (select 1 from unplaced where content_id = new.id);
end;
create trigger contents_placed_anew after update of tags on contents begin
  insert into unplaced select new.id where not exists (select 1 from unplaced where content_id = new.id);
end;
create trigger contents_leave_places after delete on contents begin
  delete from unplaced where content_id = old.id;
  delete from places where content_id = old.id;
  delete from identifiers where content_id = old.id;
end;
create table places (
  content_id integer primary key,
  album text,
  album_key text,
  album_name text,
  album_artist text,
  album_artist_key text,
  artist_key text,
  release_id text,
  isrc text,
  disc integer,
  side text,
  track integer
) strict;
create index places_by_album on places (album_key, track) where album_key is not null;
create index places_by_release on places (release_id, track) where release_id is not null;
create table identifiers (
  kind text not null,
  value text not null,
  content_id integer not null,
  primary key (kind, value, content_id)
) strict, without rowid;
create index identifiers_by_content on identifiers (content_id);

create table intakes (
  id integer primary key autoincrement,
  path blob not null unique,
  inode integer not null,
  size_bytes integer not null,
  mtime_ns integer not null,
  stamp text not null,
  inbox text,
  source text,
  verdict_word text not null,
  verdict text not null,
  admitted integer not null,
  pending integer not null default 0,
  file_id integer references files (id),
  keeper_id integer references files (id),
  content_id integer references contents (id),
  decided_at_ms integer not null
) strict;
create index intakes_by_writing on intakes (inode, size_bytes, mtime_ns);
create index intakes_by_keeper on intakes (keeper_id) where keeper_id is not null;
create index intakes_by_file on intakes (file_id) where file_id is not null;
create index intakes_by_content on intakes (content_id) where content_id is not null;
create index intakes_by_inbox on intakes (inbox, id);
create index intakes_by_source on intakes (source) where source is not null;

create table gate_jobs (
  n integer primary key autoincrement,
  id text not null unique,
  lane text not null check (lane in ('live', 'backfill')),
  asked_by text not null,
  idempotency_key text unique,
  made_at_ms integer not null
) strict;
create table gate_files (
  id integer primary key autoincrement,
  path blob not null,
  lane text not null check (lane in ('live', 'backfill')),
  order_key integer not null,
  inbox text,
  source text,
  state text not null check (state in ('queued', 'leased', 'done', 'dead')),
  attempts integer not null default 0,
  queued_at_ms integer not null,
  due_at_ms integer not null,
  lease_owner text,
  lease_until_ms integer,
  error_code text,
  error_message text,
  verdict text
) strict;
create unique index gate_files_waiting on gate_files (path) where state in ('queued', 'leased');
create index gate_files_due on gate_files (state, lane, order_key, id);
create index gate_files_leased on gate_files (lease_owner) where lease_owner is not null;
create table gate_job_files (
  job integer not null references gate_jobs (n),
  place integer not null,
  file integer not null references gate_files (id),
  primary key (job, place)
) strict, without rowid;
create index gate_job_files_by_file on gate_job_files (file);

create table gate_events (
  n integer primary key autoincrement,
  at_ms integer not null,
  body text not null
) strict;
create table webhooks (
  name text primary key,
  told_to integer not null
) strict, without rowid;
create table deliveries (
  id integer primary key autoincrement,
  webhook text not null,
  event integer not null references gate_events (n),
  attempts integer not null default 0,
  due_at_ms integer not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'given up')),
  error text,
  ended_at_ms integer
) strict;
create index deliveries_waiting on deliveries (webhook, id) where state = 'waiting';
create index deliveries_by_event on deliveries (event);

create table view_entries (
  view text not null,
  path blob not null,
  target blob not null,
  kind text not null check (kind in ('symlink', 'copy', 'folder', 'growing')),
  stamp text,
  primary key (view, path)
) strict, without rowid;
`;

/** All steps, in order; the last one's version is the schema of this program. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, sql: FIRST },
  { version: 2, sql: DECISIONS },
  { version: 3, sql: ALTERED },
  { version: 4, sql: SKETCHES },
  { version: 5, sql: COMPARISONS },
  { version: 6, sql: IMPORTS },
  { version: 7, sql: EVIDENCE },
  { version: 8, sql: GATE },
];
