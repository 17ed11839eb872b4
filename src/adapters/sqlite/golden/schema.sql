CREATE TRIGGER contents_leave_places after delete on contents begin
  delete from unplaced where content_id = old.id;
  delete from places where content_id = old.id;
  delete from identifiers where content_id = old.id;
end;
CREATE TRIGGER contents_placed_anew after update of tags on contents begin
  insert into unplaced select new.id where not exists (select 1 from unplaced where content_id = new.id);
end;
CREATE TRIGGER contents_unplaced after insert on contents begin
  insert into unplaced select new.id where not exists (select 1 from unplaced where content_id = new.id);
end;
CREATE TRIGGER decisions_stay before delete on decisions begin
  select raise(abort, 'a decision is never deleted');
end;
CREATE TRIGGER decisions_stay_as_they_are before update on decisions begin
  select raise(abort, 'a decision is never changed');
end;
CREATE TRIGGER sounds_are_forgotten after delete on sounds begin
  insert into forgotten_sounds values (old.id);
end;
CREATE TRIGGER sounds_change after update of audio_hash on contents when new.audio_hash is not old.audio_hash begin
  insert into sounds (audio_hash)
    select new.audio_hash where new.audio_hash is not null
      and not exists (select 1 from sounds where audio_hash = new.audio_hash);
  delete from sounds where audio_hash = old.audio_hash
    and not exists (select 1 from contents where audio_hash = old.audio_hash);
end;
CREATE TRIGGER sounds_come after insert on contents when new.audio_hash is not null begin
  insert into sounds (audio_hash)
    select new.audio_hash where not exists (select 1 from sounds where audio_hash = new.audio_hash);
end;
CREATE TRIGGER sounds_go after delete on contents when old.audio_hash is not null begin
  delete from sounds where audio_hash = old.audio_hash
    and not exists (select 1 from contents where audio_hash = old.audio_hash);
end;
CREATE TABLE comparisons (
  block integer primary key,
  method text not null,
  records blob not null
) strict;
CREATE TABLE contents (
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
, bands blob, used_bits integer, coded_as text, nominal_bit_rate real) strict;
CREATE TABLE decisions (
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
CREATE TABLE deliveries (
  id integer primary key autoincrement,
  webhook text not null,
  event integer not null references gate_events (n),
  attempts integer not null default 0,
  due_at_ms integer not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'given up')),
  error text,
  ended_at_ms integer
) strict;
CREATE TABLE files (
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
CREATE TABLE fingerprints (
  content_id integer primary key references contents (id) on delete cascade,
  phase0 blob not null,
  phase1 blob not null,
  phase2 blob not null,
  phase3 blob not null
, altered blob) strict;
CREATE TABLE forgotten_sounds (sound integer primary key) strict;
CREATE TABLE gate_events (
  n integer primary key autoincrement,
  at_ms integer not null,
  body text not null
) strict;
CREATE TABLE gate_files (
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
CREATE TABLE gate_job_files (
  job integer not null references gate_jobs (n),
  place integer not null,
  file integer not null references gate_files (id),
  primary key (job, place)
) strict, without rowid;
CREATE TABLE gate_jobs (
  n integer primary key autoincrement,
  id text not null unique,
  lane text not null check (lane in ('live', 'backfill')),
  asked_by text not null,
  idempotency_key text unique,
  made_at_ms integer not null
) strict;
CREATE TABLE identifiers (
  kind text not null,
  value text not null,
  content_id integer not null,
  primary key (kind, value, content_id)
) strict, without rowid;
CREATE TABLE imported_correlations (
  a integer not null,
  b integer not null,
  source integer not null,
  value real not null,
  offset_items integer,
  method text,
  primary key (a, b, source),
  check (a < b)
) strict, without rowid;
CREATE TABLE imported_fingerprints (
  id integer primary key,
  source integer not null references imported_sources (id),
  path integer not null references imported_paths (id),
  duration_seconds real not null,
  fingerprint blob not null,
  unique (source, path)
) strict;
CREATE TABLE imported_paths (
  id integer primary key,
  path blob not null unique
) strict;
CREATE TABLE imported_sources (
  id integer primary key,
  path blob not null unique,
  tool text not null,
  kind text not null,
  stamp text,
  lines integer not null default 0,
  kept integer not null default 0,
  damaged integer not null default 0
) strict;
CREATE TABLE intakes (
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
CREATE TABLE places (
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
CREATE TABLE sketches (
  audio_hash text primary key,
  sketch blob not null
) strict;
CREATE TABLE sounds (
  id integer primary key autoincrement,
  audio_hash text not null unique,
  matched_by text
) strict;
CREATE TABLE sqlite_sequence(name,seq);
CREATE TABLE unplaced (content_id integer primary key) strict;
CREATE TABLE view_entries (
  view text not null,
  path blob not null,
  target blob not null,
  kind text not null check (kind in ('symlink', 'copy', 'folder', 'growing')),
  stamp text,
  primary key (view, path)
) strict, without rowid;
CREATE TABLE webhooks (
  name text primary key,
  told_to integer not null
) strict, without rowid;
CREATE INDEX contents_by_audio on contents (audio_hash) where audio_hash is not null;
CREATE INDEX contents_by_samples on contents (sample_hash) where sample_hash is not null;
CREATE INDEX contents_by_size on contents (size_bytes, hash);
CREATE INDEX contents_failed on contents (producer) where failure_code is not null;
CREATE INDEX deliveries_by_event on deliveries (event);
CREATE INDEX deliveries_waiting on deliveries (webhook, id) where state = 'waiting';
CREATE INDEX files_by_content on files (content_id) where content_id is not null;
CREATE INDEX files_by_inode on files (device, inode);
CREATE INDEX files_unread on files (id) where content_id is null;
CREATE INDEX fingerprints_unaltered on fingerprints (content_id) where altered is null;
CREATE INDEX gate_files_due on gate_files (state, lane, order_key, id);
CREATE INDEX gate_files_leased on gate_files (lease_owner) where lease_owner is not null;
CREATE UNIQUE INDEX gate_files_waiting on gate_files (path) where state in ('queued', 'leased');
CREATE INDEX gate_job_files_by_file on gate_job_files (file);
CREATE INDEX identifiers_by_content on identifiers (content_id);
CREATE INDEX imported_fingerprints_by_path on imported_fingerprints (path);
CREATE INDEX intakes_by_content on intakes (content_id) where content_id is not null;
CREATE INDEX intakes_by_file on intakes (file_id) where file_id is not null;
CREATE INDEX intakes_by_inbox on intakes (inbox, id);
CREATE INDEX intakes_by_keeper on intakes (keeper_id) where keeper_id is not null;
CREATE INDEX intakes_by_source on intakes (source) where source is not null;
CREATE INDEX intakes_by_writing on intakes (inode, size_bytes, mtime_ns);
CREATE INDEX places_by_album on places (album_key, track) where album_key is not null;
CREATE INDEX places_by_release on places (release_id, track) where release_id is not null;
