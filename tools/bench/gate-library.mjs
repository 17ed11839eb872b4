// A library of made tracks (tools/scale) as the gate meets it: albums of twelve with tags as people have them, among them
// 500 albums of one name by as many artists. The first tracks of those lie on disk, so that they can be rivals.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeLibrary } from '../scale/library.mjs';
import { makePool } from '../scale/pool.mjs';

const TRACKS_PER_ALBUM = 12;
const CROWDED_ALBUMS = 500;
/** The name that so many albums have. */
export const CROWDED = 'Greatest Hits';

/** A data folder with a catalogue of so many recordings, whose gate was never asked anything. */
export async function makeGateLibrary({ tracks, originals, folder, say }) {
  const kept = process.env.REPRISE_SCALE_BENCH ?? path.join(tmpdir(), 'reprise-scale');
  const poolFile = path.join(kept, 'pool.bin');
  if (!fs.existsSync(poolFile)) makePool([originals], poolFile, say);
  const made = await makeLibrary({ folder: path.join(kept, `${tracks}`), tracks, seed: 'scale', poolFile, say });
  const data = path.join(folder, 'data');
  fs.mkdirSync(data, { recursive: true });
  const catalogue = path.join(data, 'catalogue.sqlite');
  fs.copyFileSync(made.catalogue, catalogue);
  await openAsProduct(catalogue);
  say('gate: tags and places');
  const crowd = path.join(folder, 'crowd');
  fs.mkdirSync(crowd);
  fillTags(catalogue, crowd, tracks);
  return data;
}

/** Brings the schema up to date. */
async function openAsProduct(catalogue) {
  const { openCatalogue } = await import('../../dist/adapters/sqlite/index.js');
  const { systemClock } = await import('../../dist/kernel/index.js');
  await (await openCatalogue(catalogue, { clock: systemClock, owner: 'the bench' }))[Symbol.asyncDispose]();
}

function fillTags(catalogue, crowd, tracks) {
  const db = new DatabaseSync(catalogue);
  db.exec('pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -400000; begin');
  const setTags = db.prepare('update contents set tags = ? where id = ?');
  const setPlace = db.prepare(
    'update files set folder = ?, name = ?, device = ?, inode = ?, size_bytes = ?, mtime_ns = ?, ctime_ns = ? where content_id = ?',
  );
  for (let number = 0; number < tracks; number++) {
    const [album, track] = [Math.floor(number / TRACKS_PER_ALBUM), 1 + (number % TRACKS_PER_ALBUM)];
    setTags.run(JSON.stringify(tagsOf(album, track)), number + 1);
    if (album >= CROWDED_ALBUMS || track > 1) continue;
    const name = `${album}.mp3`;
    fs.writeFileSync(path.join(crowd, name), '');
    const { dev, ino, size, mtimeNs, ctimeNs } = fs.statSync(path.join(crowd, name), { bigint: true });
    setPlace.run(Buffer.from(crowd), Buffer.from(name), dev, ino, size, mtimeNs, ctimeNs, number + 1);
  }
  db.exec('commit');
  db.close();
}

/** As a tagger leaves them, in both forms. */
function tagsOf(album, track) {
  const name = album < CROWDED_ALBUMS ? CROWDED : `The Album of the Number ${album}`;
  const artist = `Artist ${Math.floor(album / 3)}`;
  const id = (kind) =>
    `${kind.toString(16).padStart(8, '0')}-0000-4000-8000-${(album * 100 + track).toString(16).padStart(12, '0')}`;
  const isrc = `USRC${String(album * 100 + track).padStart(8, '0')}`;
  const common = {
    ...{
      title: `The Title of Track ${track}`,
      artist,
      album: name,
      albumArtist: artist,
      track,
      trackTotal: 12,
      disc: 1,
    },
    ...{ date: '1999-03-01', genre: ['Rock'], isrc: [isrc], musicBrainz: { recordingId: id(1), trackId: id(2) } },
  };
  const values = {
    ...{
      TIT2: common.title,
      TPE1: artist,
      TALB: name,
      TPE2: artist,
      TRCK: `${track}/12`,
      TPOS: '1/1',
      TDRC: '1999-03-01',
    },
    ...{ TCON: 'Rock', TSRC: isrc, 'UFID:http://musicbrainz.org': id(1), 'TXXX:MusicBrainz Release Track Id': id(2) },
    ...{
      TPUB: 'The Label',
      TSSE: 'LAME 64bits version 3.100',
      'TXXX:BARCODE': '0123456789012',
      'COMM:eng': 'From the shop',
    },
  };
  const tags = Object.entries(values).map(([key, value]) => ({ id: key, value }));
  return { common, native: [{ type: 'ID3v2.4', tags }], conflicts: [], cover: null };
}
