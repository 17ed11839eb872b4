// The same postings in SQLite and in LMDB, and what it costs there to find the places of as many codes. Counting votes is left out.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { open } from 'lmdb';

const { decompressFingerprint } = await import('../../dist/fingerprint/index.js');
const { LOOK_UP_CODES } = await import('../../dist/matching/index.js');
const { plainMixed } = await import('../../dist/matching/postings-plain.js');

/** More take too long to build: some 10,000 tracks. */
const MOST_POSTINGS = 25_000_000;
const CODE_SHIFT = 4;

/** Codes and places of a segment, in the order of items; see `src/matching/code-segment.ts` for the form. */
function* postingsOf({ tables, read }) {
  const { ends, bucketBits, placeBits } = tables;
  for (let bucket = 0; bucket < ends.length; bucket++) {
    const from = bucket === 0 ? 0 : ends[bucket - 1];
    const bytes = read(from, ends[bucket] - from);
    let at = 0;
    const number = () => {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        value += (bytes[at] & 127) * scale;
        if (bytes[at++] < 128) return value;
      }
    };
    let item = bucket * 2 ** (32 - bucketBits);
    const codes = Array.from({ length: bytes.length === 0 ? 0 : number() }, () => {
      item += number();
      return Math.floor(item / 2 ** CODE_SHIFT);
    });
    let bit = 8 * at;
    for (const code of codes) {
      let place = 0;
      for (let i = 0; i < placeBits; i++, bit++) place += ((bytes[bit >>> 3] >>> (bit & 7)) & 1) * 2 ** i;
      yield [code, place];
    }
  }
}

/** As many codes of a question as a look-up asks about, evenly spread. */
function codesOf(fingerprint) {
  const all = fingerprint.flatMap((bytes) =>
    [...decompressFingerprint(bytes).items]
      .map((item) => plainMixed(item) >>> CODE_SHIFT)
      .filter((code, i, codes) => code !== codes[i - 1]),
  );
  const count = Math.min(all.length, LOOK_UP_CODES);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]).sort(
    (one, other) => one - other,
  );
}

/** `{ sqlite: { bytes, wall, cpu, places }, lmdb }`, or nothing where the library is too large. */
export function peerLookUps(segments, fingerprints, figuresOf) {
  if (segments.reduce((sum, { tables }) => sum + tables.postings, 0) > MOST_POSTINGS) return {};
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'reprise-peers-'));
  const questions = fingerprints.map(codesOf);
  const measured = ({ file, placesOf, close }) => {
    let places = 0;
    const costs = questions.map((codes) => {
      const [started, before] = [performance.now(), process.cpuUsage()];
      for (const code of codes) places += placesOf(code);
      const { user, system } = process.cpuUsage(before);
      return { wall: performance.now() - started, cpu: (user + system) / 1000 };
    });
    close();
    return { bytes: fs.statSync(file).size, places, ...figuresOf(costs) };
  };
  try {
    const sqlite = measured(inSqlite(path.join(folder, 'postings.sqlite'), segments));
    const lmdb = measured(inLmdb(path.join(folder, 'postings.mdb'), segments));
    if (sqlite.places !== lmdb.places) throw new Error('SQLite and LMDB found different places.');
    return { sqlite, lmdb };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Every segment's rows come in the order of the table, so that it grows at its end. */
function inSqlite(file, segments) {
  const db = new DatabaseSync(file);
  db.exec('pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -200000');
  db.exec(
    'create table postings (segment integer, code integer, place integer, primary key (code, segment, place)) without rowid',
  );
  const insert = db.prepare('insert or ignore into postings values (?, ?, ?)');
  db.exec('begin');
  for (const [i, segment] of segments.entries())
    for (const [code, place] of postingsOf(segment)) insert.run(i, code, place);
  db.exec('commit');
  const select = db.prepare('select segment, place from postings where code = ?');
  select.setReturnArrays(true);
  return { file, placesOf: (code) => select.all(code).length, close: () => db.close() };
}

/** A code's places are the values of its key, each with the segment before it, and kept as LMDB keeps duplicates. */
function inLmdb(file, segments) {
  const db = open({ path: file, noSync: true, dupSort: true, keyEncoding: 'uint32', encoding: 'ordered-binary' });
  db.transactionSync(() => {
    for (const [i, segment] of segments.entries())
      for (const [code, place] of postingsOf(segment)) db.putSync(code, i * 2 ** 32 + place);
  });
  const placesOf = (code) => {
    let places = 0;
    for (const _ of db.getValues(code)) places++;
    return places;
  };
  return { file, placesOf, close: () => db.close() };
}
