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

/** All steps, in order; the last one's version is the schema of this program. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, sql: FIRST },
  { version: 2, sql: DECISIONS },
  { version: 3, sql: ALTERED },
  { version: 4, sql: SKETCHES },
  { version: 5, sql: COMPARISONS },
  { version: 6, sql: IMPORTS },
  { version: 7, sql: EVIDENCE },
];
