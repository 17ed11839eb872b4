-- A small catalogue as version 7 wrote it. Never edited: it stands for catalogues in people's hands.
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
INSERT INTO "contents" (id,hash,size_bytes,producer,failure_code,failure_message,tags,audio_hash,sample_hash,duration_seconds,codec,container,sample_rate_hz,channels,bits_per_sample,bit_rate,lossless,declared_seconds,rms,peak,clipped_samples,decoded_seconds,decode_errors,checksum_holds,complaints,bands,used_bits,coded_as,nominal_bit_rate) VALUES(1,X'0101010101010101010101010101010101010101010101010101010101010101',7,'decoder 1',NULL,NULL,'{"common":{"title":"One","album":"Nághts (CD 2)","albumArtist":"The Band","track":3,"isrc":["DE-A12-34-56789"],"musicBrainz":{"recordingId":"ABC","releaseId":"REL"}},"native":[{"type":"vorbis","tags":[{"id":"TRACKNUMBER","value":"3/12"}]}],"conflicts":[],"cover":null}','sha256:abababababababababababababababababababababababababababababababab',NULL,2.5,'flac','flac',44100,2,16,900000.5,1,2.5,0.25,0.875,3,2.5,0,1,'[]',X'',16,NULL,NULL);
INSERT INTO "contents" (id,hash,size_bytes,producer,failure_code,failure_message,tags,audio_hash,sample_hash,duration_seconds,codec,container,sample_rate_hz,channels,bits_per_sample,bit_rate,lossless,declared_seconds,rms,peak,clipped_samples,decoded_seconds,decode_errors,checksum_holds,complaints,bands,used_bits,coded_as,nominal_bit_rate) VALUES(2,X'0202020202020202020202020202020202020202020202020202020202020202',8,'decoder 1',NULL,NULL,'{"common":{"title":"One","album":"NáGHTS","artist":"The Band","track":3},"native":[{"type":"vorbis","tags":[]}],"conflicts":[],"cover":null}','sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',NULL,2.5,'mp3','mp3',44100,2,NULL,192000,0,2.5,0.25,0.875,3,2.5,0,NULL,'[]',NULL,NULL,NULL,NULL);
INSERT INTO "contents" (id,hash,size_bytes,producer,failure_code,failure_message,tags,audio_hash,sample_hash,duration_seconds,codec,container,sample_rate_hz,channels,bits_per_sample,bit_rate,lossless,declared_seconds,rms,peak,clipped_samples,decoded_seconds,decode_errors,checksum_holds,complaints,bands,used_bits,coded_as,nominal_bit_rate) VALUES(3,X'0303030303030303030303030303030303030303030303030303030303030303',9,'decoder 1',NULL,NULL,'{"common":{"title":"Other","album":"Days","artist":"The Band"},"native":[{"type":"vorbis","tags":[{"id":"TRACKNUMBER","value":"A2"}]}],"conflicts":[],"cover":null}','sha256:abababababababababababababababababababababababababababababababab',NULL,2.5,'flac','flac',44100,2,16,900000.5,1,2.5,0.25,0.875,3,2.5,0,1,'[]',NULL,NULL,NULL,NULL);
INSERT INTO "contents" (id,hash,size_bytes,producer,failure_code,failure_message,tags,audio_hash,sample_hash,duration_seconds,codec,container,sample_rate_hz,channels,bits_per_sample,bit_rate,lossless,declared_seconds,rms,peak,clipped_samples,decoded_seconds,decode_errors,checksum_holds,complaints,bands,used_bits,coded_as,nominal_bit_rate) VALUES(4,X'0404040404040404040404040404040404040404040404040404040404040404',10,'decoder 1','decode/broken','It is broken.',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO "decisions" (id,at_ms,a,b,word,a_path,b_path) VALUES(1,1700000000123,'sha256:abababababababababababababababababababababababababababababababab','sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','different',X'2F6D757369632F6F6E652E666C6163',NULL);
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
INSERT INTO "files" (id,folder,name,device,inode,size_bytes,mtime_ns,ctime_ns,present,content_id,failure_code,failure_message) VALUES(1,X'2F6D75736963',X'6F6E652E666C6163',64768,41,7,1700000000123456789,1700000000987654321,1,1,NULL,NULL);
INSERT INTO "files" (id,folder,name,device,inode,size_bytes,mtime_ns,ctime_ns,present,content_id,failure_code,failure_message) VALUES(2,X'2F6D75736963',X'42F6722E6D7033',64768,42,8,1700000000123456789,1700000000987654321,1,2,NULL,NULL);
INSERT INTO "files" (id,folder,name,device,inode,size_bytes,mtime_ns,ctime_ns,present,content_id,failure_code,failure_message) VALUES(3,X'2F6D75736963',X'74776F2E666C6163',64768,43,9,1700000000123456789,1700000000987654321,1,3,NULL,NULL);
INSERT INTO "files" (id,folder,name,device,inode,size_bytes,mtime_ns,ctime_ns,present,content_id,failure_code,failure_message) VALUES(4,X'2F6D75736963',X'627573742E6D7033',64768,44,10,1700000000123456789,1700000000987654321,1,4,NULL,NULL);
CREATE TABLE fingerprints (
  content_id integer primary key references contents (id) on delete cascade,
  phase0 blob not null,
  phase1 blob not null,
  phase2 blob not null,
  phase3 blob not null
, altered blob) strict;
INSERT INTO "fingerprints" (content_id,phase0,phase1,phase2,phase3,altered) VALUES(1,X'00',X'01',X'02',X'03',X'04');
INSERT INTO "fingerprints" (content_id,phase0,phase1,phase2,phase3,altered) VALUES(2,X'00',X'01',X'02',X'03',X'04');
INSERT INTO "fingerprints" (content_id,phase0,phase1,phase2,phase3,altered) VALUES(3,X'00',X'01',X'02',X'03',X'04');
CREATE TABLE forgotten_sounds (sound integer primary key) strict;
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
CREATE TABLE sketches (
  audio_hash text primary key,
  sketch blob not null
) strict;
INSERT INTO "sketches" (audio_hash,sketch) VALUES('sha256:abababababababababababababababababababababababababababababababab',X'0102');
CREATE TABLE sounds (
  id integer primary key autoincrement,
  audio_hash text not null unique,
  matched_by text
) strict;
INSERT INTO "sounds" (id,audio_hash,matched_by) VALUES(1,'sha256:abababababababababababababababababababababababababababababababab',NULL);
INSERT INTO "sounds" (id,audio_hash,matched_by) VALUES(2,'sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',NULL);
CREATE INDEX contents_by_audio on contents (audio_hash) where audio_hash is not null;
CREATE INDEX contents_by_size on contents (size_bytes, hash);
CREATE INDEX contents_failed on contents (producer) where failure_code is not null;
CREATE INDEX files_by_content on files (content_id) where content_id is not null;
CREATE INDEX files_by_inode on files (device, inode);
CREATE INDEX files_unread on files (id) where content_id is null;
CREATE INDEX fingerprints_unaltered on fingerprints (content_id) where altered is null;
CREATE INDEX imported_fingerprints_by_path on imported_fingerprints (path);
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
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('decisions',1);
INSERT INTO "sqlite_sequence" VALUES('sounds',2);
PRAGMA application_id=1383101043;
PRAGMA user_version=7;
