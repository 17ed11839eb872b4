import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { TagReading } from '#audio';
import { createTagReader } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'reprise-tags-'));
afterAll(() => rmSync(folder, { recursive: true }));

const reader = createTagReader();

async function readFile(path: string | Buffer): Promise<TagReading> {
  const fd = openSync(path, 'r');
  try {
    return await reader.read({ fd, alias: `/proc/self/fd/${fd}`, sizeBytes: fstatSync(fd).size, extension: '' });
  } finally {
    closeSync(fd);
  }
}

let serial = 0;
async function readBytes(bytes: Uint8Array): Promise<TagReading> {
  const path = join(folder, `${serial++}`);
  writeFileSync(path, bytes);
  return readFile(path);
}

const SILENT_FRAME = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0xc4]), Buffer.alloc(413)]);
/** Four frames of MP3. */
const SOUND = Buffer.concat(Array.from({ length: 4 }, () => SILENT_FRAME));

function id3v2(frames: Record<string, string | Buffer>, version: 3 | 4 = 4): Buffer {
  const syncsafe = (size: number): Buffer =>
    Buffer.from([(size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127]);
  const parts = Object.entries(frames).map(([id, value]) => {
    const text = version === 4 ? `\x03${value}` : `\x01\ufeff${value}`;
    const body =
      typeof value !== 'string'
        ? value
        : version === 4
          ? Buffer.from(text)
          : Buffer.concat([Buffer.from([1]), Buffer.from(text.slice(1), 'utf16le')]);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(body.length);
    return Buffer.concat([
      Buffer.from(id.slice(0, 4)),
      version === 4 ? syncsafe(body.length) : size,
      Buffer.alloc(2),
      body,
    ]);
  });
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from('ID3'), Buffer.from([version, 0, 0]), syncsafe(body.length), body]);
}

function id3v1(
  fields: { title?: string; artist?: string; album?: string; year?: string; track?: number },
  encoding: BufferEncoding = 'latin1',
): Buffer {
  const bytes = Buffer.alloc(128);
  bytes.write('TAG');
  const put = (text: string | undefined, at: number, width: number): void => {
    Buffer.from(text ?? '', encoding).copy(bytes, at, 0, width);
  };
  put(fields.title, 3, 30);
  put(fields.artist, 33, 30);
  put(fields.album, 63, 30);
  put(fields.year, 93, 4);
  bytes[126] = fields.track ?? 0;
  bytes[127] = 255;
  return bytes;
}

function ape(items: Record<string, string>): Buffer {
  const parts = Object.entries(items).map(([key, value]) => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(Buffer.byteLength(value));
    return Buffer.concat([head, Buffer.from(`${key}\0${value}`)]);
  });
  const body = Buffer.concat(parts);
  const frame = (flags: number): Buffer => {
    const bytes = Buffer.alloc(32);
    bytes.write('APETAGEX');
    bytes.writeUInt32LE(2000, 8);
    bytes.writeUInt32LE(body.length + 32, 12);
    bytes.writeUInt32LE(parts.length, 16);
    bytes.writeUInt32LE(flags, 20);
    return bytes;
  };
  return Buffer.concat([frame(0xa0000000), body, frame(0x80000000)]);
}

const conflictsOf = (reading: TagReading): string[] => reading.conflicts.map(({ field }) => field);

describe('tags in hand-made files', () => {
  it('are read with numbers, totals and lists', async () => {
    const { common } = await readBytes(
      Buffer.concat([
        id3v2({ TIT2: 'Ein Stück', TPE1: 'A\0B', TRCK: '3/12', TPOS: '1/2', TDRC: '1999-03-01', TCON: 'Rock' }),
        SOUND,
      ]),
    );
    expect(common).toMatchObject({
      title: 'Ein Stück',
      artist: 'A',
      artists: ['A', 'B'],
      track: 3,
      tracks: 12,
      disc: 1,
      discs: 2,
      date: '1999-03-01',
      genres: ['Rock'],
    });
  });

  it('keep the slash in a name of ID3v2.3', async () => {
    const { common, native } = await readBytes(Buffer.concat([id3v2({ TPE1: 'AC/DC' }, 3), SOUND]));
    expect(common.artist).toBe('AC/DC');
    expect(common.artists).toBeUndefined();
    expect(native).toEqual([{ type: 'ID3v2.3', tags: [{ id: 'TPE1', value: 'AC/DC' }] }]);
  });

  it('carry MusicBrainz ids, ReplayGain and ISRC', async () => {
    const recording = 'f1b1cf71-bd35-4e99-8624-24a6e15f133a';
    const { common } = await readBytes(
      Buffer.concat([
        id3v2({
          UFID: Buffer.from(`http://musicbrainz.org\0${recording}`),
          TXXX: 'MusicBrainz Album Id\0album-1',
          TXXX2: 'REPLAYGAIN_TRACK_GAIN\0-6.50 dB',
          TXXX3: 'REPLAYGAIN_TRACK_PEAK\0' + '0.98',
          TSRC: 'USRC17607839',
        }),
        SOUND,
      ]),
    );
    expect(common.musicBrainz).toEqual({ recordingId: recording, releaseId: 'album-1' });
    expect(common.replayGain).toMatchObject({ trackGainDb: -6.5, trackPeak: 0.98 });
    expect(common.isrc).toEqual(['USRC17607839']);
  });

  it('describe a cover and private data, and keep none of their bytes', async () => {
    const picture = Buffer.concat([Buffer.from('\0image/png\0\x03\0'), Buffer.alloc(40123, 7)]);
    const reading = await readBytes(
      Buffer.concat([id3v2({ APIC: picture, PRIV: Buffer.concat([Buffer.from('owner\0'), Buffer.alloc(70)]) }), SOUND]),
    );
    expect(reading.cover).toEqual({ mime: 'image/png', sizeBytes: 40123 });
    expect(reading.native[0]?.tags).toEqual([
      { id: 'APIC', value: 'image/png, Cover (front), 40,123 bytes' },
      { id: 'PRIV', value: 'owner, 70 bytes' },
    ]);
  });

  it('are bounded', async () => {
    const reading = await readBytes(Buffer.concat([id3v2({ TIT2: 'x'.repeat(1_000_000) }), SOUND]));
    expect(reading.common.title?.length).toBeLessThan(5000);
    expect(JSON.stringify(reading).length).toBeLessThan(20_000);
  });
});

describe('tag blocks of one file', () => {
  it('agree where ID3v1 only lacks room', async () => {
    const long = 'A title that is much longer than thirty bytes';
    const reading = await readBytes(
      Buffer.concat([
        id3v2({ TIT2: long, TPE1: 'Someone', TRCK: '3/12', TDRC: '1999-03-01' }),
        SOUND,
        id3v1({ title: long, artist: 'SOMEONE', track: 3, year: '1999' }),
      ]),
    );
    expect(reading.conflicts).toEqual([]);
    expect(reading.common).toMatchObject({ title: long, track: 3, tracks: 12 });
  });

  it('agree where ID3v1 cuts UTF-8 in two, lacks the letters or has them in another code page', async () => {
    const title = 'Пётр Ильич Чайковский: Щелкунчик';
    const questions = title.replaceAll(/[^ :]/g, '?');
    const cyrillic = Buffer.from([0xcf, 0xb8, 0xf2, 0xf0]).toString('latin1');
    for (const tail of [id3v1({ title }, 'utf8'), id3v1({ title: questions }), id3v1({ title: cyrillic })]) {
      const reading = await readBytes(Buffer.concat([id3v2({ TIT2: title }), SOUND, tail]));
      expect(reading.conflicts).toEqual([]);
      expect(reading.common.title).toBe(title);
    }
  });

  it('are at odds where a short name is another one', async () => {
    const reading = await readBytes(Buffer.concat([id3v2({ TIT2: 'Song for you' }), SOUND, id3v1({ title: 'Song' })]));
    expect(conflictsOf(reading)).toEqual(['title']);
  });

  it('are at odds, and ID3v2 is believed before APEv2 and ID3v1', async () => {
    const reading = await readBytes(
      Buffer.concat([
        id3v2({ TIT2: 'One', TALB: 'Album', TRCK: '2/9' }),
        SOUND,
        ape({ Title: 'Other', Album: 'Greatest Hits', Track: '7' }),
        id3v1({ title: 'Other', album: 'Greatest Hits', track: 7 }),
      ]),
    );
    expect(reading.common).toMatchObject({ title: 'One', album: 'Album', track: 2, tracks: 9 });
    expect(conflictsOf(reading)).toEqual(['title', 'album', 'track']);
    expect(reading.conflicts[2]?.values).toEqual([
      { block: 'ID3v2.4', value: '2/9' },
      { block: 'APEv2', value: '7' },
      { block: 'ID3v1', value: '7' },
    ]);
  });

  it('are read behind and before content of any kind', async () => {
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) & 0x7f));
    expect((await readBytes(Buffer.concat([noise, ape({ Title: 'Behind' })]))).common.title).toBe('Behind');
    expect((await readBytes(Buffer.concat([id3v2({ TIT2: 'Before' }), noise]))).common.title).toBe('Before');
    expect((await readBytes(Buffer.concat([noise, id3v1({ title: 'Last' })]))).common.title).toBe('Last');
  });
});

describe('files without tags', () => {
  it.each(['', 'x', 'This is not audio.\n'.repeat(400), '<!DOCTYPE html><html></html>', '\0'.repeat(5000)])(
    'have an empty reading (%#)',
    async (text) => {
      expect(await readBytes(Buffer.from(text))).toEqual({ common: {}, native: [], conflicts: [], cover: null });
    },
  );

  it('end in a reading or in tags/unreadable, whatever the bytes', async () => {
    const marks = [
      'ID3\x04\0\0',
      'fLaC',
      'OggS',
      'RIFF',
      'MAC ',
      'wvpk',
      '\x1aE\xdf\xa3',
      '\0\0\0\x20ftypM4A ',
      'FORM',
      '0&\xb2u\x8ef\xcf\x11',
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...marks), fc.uint8Array({ maxLength: 3000 }), async (mark, bytes) => {
        const outcome = await readBytes(Buffer.concat([Buffer.from(mark, 'latin1'), bytes])).then(
          () => 'read',
          (error: unknown) => (error as { code?: string }).code,
        );
        expect(['read', 'tags/unreadable']).toContain(outcome);
      }),
      { numRuns: 200 },
    );
  });
});

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const TAGS = {
  title: 'Ein Stück',
  artist: 'AC/DC',
  album: 'Langspielplatte',
  album_artist: 'Verschiedene',
  track: '3/12',
  disc: '1/2',
  date: '1999-03-01',
  genre: 'Rock',
};

function encode(name: string, ...codec: string[]): string {
  const path = join(folder, name);
  const tags = Object.entries(TAGS).flatMap(([key, value]) => ['-metadata', `${key}=${value}`]);
  const { status, stderr } = spawnSync('ffmpeg', [
    '-nostdin',
    '-v',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    'sine=440:d=1',
    ...codec,
    ...tags,
    path,
  ]);
  expect(status, String(stderr)).toBe(0);
  return path;
}

describe.skipIf(!hasFfmpeg)('tags in real files (skipped without ffmpeg)', () => {
  it.each([
    ['a.flac', 'vorbis'],
    ['a.oga', 'vorbis', '-c:a', 'flac', '-f', 'ogg'],
    ['a.ogg', 'vorbis', '-c:a', 'libvorbis'],
    ['a.opus', 'vorbis', '-c:a', 'libopus'],
    ['a.mp3', 'ID3v2.3', '-id3v2_version', '3', '-write_id3v1', '1'],
    ['b.mp3', 'ID3v2.4', '-write_apetag', '1'],
    ['a.m4a', 'iTunes', '-c:a', 'alac'],
    ['a.wv', 'APEv2'],
    ['a.tta', 'APEv2'],
    ['a.wma', 'asf'],
    ['a.mka', 'matroska', '-c:a', 'libopus'],
    ['a.aiff', 'ID3v2.4', '-write_id3v2', '1'],
  ])('of %s are all read', async (name, block, ...codec) => {
    const reading = await readFile(encode(name, ...codec));
    expect(reading.native.map(({ type }) => type)).toContain(block);
    expect(reading.common).toMatchObject({
      title: TAGS.title,
      artist: TAGS.artist,
      album: TAGS.album,
      albumArtist: TAGS.album_artist,
      track: 3,
      tracks: 12,
      disc: 1,
      discs: 2,
      genres: ['Rock'],
    });
    expect(reading.common.date).toMatch(/^1999/);
    expect(reading.conflicts).toEqual([]);
  });

  it('of a WAV are read as UTF-8', async () => {
    expect((await readFile(encode('a.wav'))).common).toMatchObject({ title: TAGS.title, album: TAGS.album, track: 3 });
  });

  it('are read from a file whose name is not UTF-8', async () => {
    const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x42, 0xf6, 0x72, 0x6b])]);
    writeFileSync(path, readFileSync(encode('named.flac')));
    expect((await readFile(path)).common.title).toBe(TAGS.title);
  });

  it('are read in part or not at all from damaged files, without harm', async () => {
    const whole = readFileSync(encode('damaged.m4a'));
    for (const bytes of [
      whole.subarray(0, 300),
      whole.subarray(0, whole.length >> 1),
      Buffer.concat([Buffer.alloc(16), whole.subarray(16)]),
    ]) {
      const outcome = await readBytes(bytes).then(
        () => 'read',
        (error: unknown) => (error as { code?: string }).code,
      );
      expect(['read', 'tags/unreadable']).toContain(outcome);
    }
  });
});

const hasMetaflac = spawnSync('metaflac', ['--version']).status === 0;

describe.skipIf(!hasFfmpeg || !hasMetaflac)('covers and lists in FLAC (skipped without ffmpeg and metaflac)', () => {
  it('are told without being kept', async () => {
    const path = encode('cover.flac');
    const picture = join(folder, 'cover.jpg');
    writeFileSync(picture, Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(120_000, 1)]));
    const { status, stderr } = spawnSync('metaflac', [
      `--import-picture-from=3|image/jpeg||600x600x24|${picture}`,
      '--set-tag=ARTIST=Zweite',
      path,
    ]);
    expect(status, String(stderr)).toBe(0);
    const reading = await readFile(path);
    expect(reading.cover).toEqual({ mime: 'image/jpeg', sizeBytes: 120_004 });
    expect(reading.common.artists).toEqual(['AC/DC', 'Zweite']);
    expect(JSON.stringify(reading).length).toBeLessThan(3000);
  });
});
