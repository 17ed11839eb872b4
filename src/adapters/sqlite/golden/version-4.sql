-- A small catalogue as version 4 wrote it. Never edited: it stands for catalogues in people's hands.
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

alter table fingerprints add column altered blob;
create index fingerprints_unaltered on fingerprints (content_id) where altered is null;

create table sketches (
  audio_hash text primary key,
  sketch blob not null
) strict;

insert into contents values (1, x'0101010101010101010101010101010101010101010101010101010101010101', 7, 'decoder 1', null, null, '{"common":{"title":"One"},"native":[],"conflicts":[],"cover":null}',
  'sha256:abababababababababababababababababababababababababababababababab', null, 2.5, 'flac', 'flac', 44100, 2, 16, 900000.5, 1, 2.5, 0.25, 0.875, 3, 2.5, 0, 1, '[]');
insert into contents values (2, x'0202020202020202020202020202020202020202020202020202020202020202', 8, 'decoder 1', null, null, null,
  'sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', null, 2.5, 'mp3', 'mp3', 44100, 2, null, 192000, 0, 2.5, 0.25, 0.875, 3, 2.5, 0, null, '[]');
insert into contents values (3, x'0303030303030303030303030303030303030303030303030303030303030303', 9, 'decoder 1', null, null, '{"common":{"title":"One, tagged anew"},"native":[],"conflicts":[],"cover":null}',
  'sha256:abababababababababababababababababababababababababababababababab', null, 2.5, 'flac', 'flac', 44100, 2, 16, 900000.5, 1, 2.5, 0.25, 0.875, 3, 2.5, 0, 1, '[]');
insert into contents values (4, x'0404040404040404040404040404040404040404040404040404040404040404', 10, 'decoder 1', 'decode/broken', 'It is broken.', null,
  null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
insert into fingerprints values (1, x'00', x'01', x'02', x'03', x'04');
insert into fingerprints values (2, x'00', x'01', x'02', x'03', x'04');
insert into fingerprints values (3, x'00', x'01', x'02', x'03', x'04');
insert into sketches values ('sha256:abababababababababababababababababababababababababababababababab', x'0102');
insert into files values (1, x'2f6d75736963', x'6f6e652e666c6163', 64768, 41, 7, 1700000000123456789, 1700000000987654321, 1, 1, null, null);
insert into files values (2, x'2f6d75736963', x'42f6722e6d7033', 64768, 42, 8, 1700000000123456789, 1700000000987654321, 1, 2, null, null);
insert into files values (3, x'2f6d75736963', x'74776f2e666c6163', 64768, 43, 9, 1700000000123456789, 1700000000987654321, 1, 3, null, null);
insert into files values (4, x'2f6d75736963', x'627573742e6d7033', 64768, 44, 10, 1700000000123456789, 1700000000987654321, 1, 4, null, null);
insert into verdicts values ('judge 1', 'sha256:abababababababababababababababababababababababababababababababab', 'sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', '{"relation":"same-recording","truncated":null,"similarity":0.98,"bitErrorRate":0.01,"overlapSeconds":2.5,"offsetSeconds":0,"speedRatio":1,"coherence":0.99,"evidence":null,"segments":[],"reasons":[]}');
insert into matched values ('judge 1', 'sha256:abababababababababababababababababababababababababababababababab');
insert into matched values ('judge 1', 'sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd');
insert into decisions values (1, 1700000000123, 'sha256:abababababababababababababababababababababababababababababababab', 'sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', 'different', x'2f6d757369632f6f6e652e666c6163', null);
pragma application_id = 1383101043;
pragma user_version = 4;
