import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CommonTags } from '#audio';
import type { PresentFile } from '#catalogue';
import { pathFromBytes } from '#kernel';
import type { Decision, PairVerdict } from '#matching';
import { compared, file, heard, judged } from '../../test/support/present-files.ts';
import { buildGroupsDocument, type GroupFilters } from './build-groups.ts';
import { fileFacts } from './file-facts.ts';
import type { GroupsDocument } from './groups-document.ts';
import { GROUPS_SCHEMA } from './groups-schema.ts';
import { libraryFigures } from './library-figures.ts';

function build(
  present: readonly PresentFile[],
  groups: { sounds: string[] }[] = [],
  verdicts: PairVerdict[] = [],
  filters: GroupFilters = {},
): GroupsDocument {
  return buildGroupsDocument({ present, groups, comparisons: compared(present, verdicts), filters });
}

const ALBUM: CommonTags = { title: 'Song', artist: 'Singer', album: 'Album', track: 3 };

const LIBRARY: readonly PresentFile[] = [
  file({
    path: '/m/song.flac',
    bytes: 'a',
    codec: 'flac',
    kbps: 900,
    sizeBytes: 20_000,
    seconds: 200.12345,
    tags: { ...ALBUM, disc: 1 },
  }),
  file({ path: '/m/song.mp3', bytes: 'b', sizeBytes: 5000, tags: { ...ALBUM, album: 'ALBUM!' } }),
  file({ path: '/m/best of/song.mp3', bytes: 'c', sizeBytes: 6000, tags: { ...ALBUM, album: 'Best of' } }),
  file({ path: '/m/cut.mp3', bytes: 'd', sizeBytes: 3000, seconds: 60, tags: ALBUM }),
  file({ path: '/m/edit.mp3', bytes: 'e', tags: ALBUM }),
  file({ path: '/m/broken.mp3', bytes: 'f', audio: null }),
  file({ path: '/m/broken copy.mp3', bytes: 'f', audio: null }),
];
const HEARD = [heard('a', 'b', 'c', 'd'), heard('e')];
const VERDICTS = [
  judged('a', 'b', 'same-recording'),
  judged('a', 'c', 'same-recording', { offsetSeconds: null, similarity: null }),
  judged('a', 'd', 'same-recording', { truncated: 'b' }),
  judged('c', 'e', 'other-edit'),
  judged('b', 'e', 'other-edit', { similarity: 0.5 }),
];

describe('the expected false groups', () => {
  const rated = [
    { ...heard('a', 'b', 'c', 'd'), falseRate: 0.002 },
    { ...heard('e'), falseRate: 0 },
  ];
  const expected = (filters: GroupFilters = {}): number | null =>
    buildGroupsDocument({ present: LIBRARY, groups: rated, comparisons: compared(LIBRARY, VERDICTS), filters })
      .expectedFalseGroups;

  it('are those of the groups that are printed', () => {
    expect(expected()).toBeCloseTo(0.002, 9);
    expect(expected({ relations: ['same-bytes'] })).toBe(0);
  });

  it('are not known where one of them was not weighed', () => {
    expect(build(LIBRARY, HEARD, VERDICTS).expectedFalseGroups).toBeNull();
  });
});

describe('the groups document', () => {
  it('is as the interface says', () => {
    const document = build(LIBRARY, HEARD, VERDICTS);
    expect(document).toMatchObject({
      v: 1,
      library: { files: 7, recordings: 2, failed: 2, bytes: 37_000 },
      expectedFalseGroups: null,
      related: [{ a: '/m/edit.mp3', b: '/m/song.flac', relation: 'other-edit', similarity: 0.97 }],
      failures: [
        { path: '/m/broken copy.mp3', code: 'decode/no-sound', message: 'No sound came out.' },
        { path: '/m/broken.mp3', code: 'decode/no-sound', message: 'No sound came out.' },
      ],
    });
    const [group, broken] = document.groups;
    expect(group).toMatchObject({
      relation: 'same-recording',
      reclaimableBytes: 8000,
      keeper: '/m/song.flac',
      keeperReasons: ['complete: another has only 1:00', 'the only lossless copy (FLAC 16 bit / 44.1 kHz)'],
      releases: [
        { album: 'Album', albumArtist: 'Singer', disc: 1, track: 3, files: 3, keeper: '/m/song.flac' },
        { album: 'Best of', albumArtist: 'Singer', disc: 1, track: 3, files: 1, keeper: '/m/best of/song.mp3' },
      ],
    });
    expect(group?.files.map(({ path, truncated }) => [path, truncated])).toEqual([
      ['/m/song.flac', false],
      ['/m/best of/song.mp3', false],
      ['/m/song.mp3', false],
      ['/m/cut.mp3', true],
    ]);
    expect(group?.files[0]).toEqual({
      path: '/m/song.flac',
      sizeBytes: 20_000,
      durationSeconds: 200.123,
      codec: 'flac',
      container: 'flac',
      bitRate: 900_000,
      sampleRateHz: 44_100,
      bitsPerSample: 16,
      channels: 2,
      lossless: true,
      relationToKeeper: 'same-bytes',
      similarity: 1,
      offsetSeconds: 0,
      truncated: false,
      damaged: false,
      hardLinkOf: null,
      contentHash: `sha256:${'61'.padStart(64, '0')}`,
      audioHash: 'sha256:a',
      reasons: ['complete: another has only 1:00', 'the only lossless copy (FLAC 16 bit / 44.1 kHz)'],
      tags: { title: 'Song', artist: 'Singer', album: 'Album', albumArtist: null, disc: 1, track: 3 },
    });
    expect(group?.files[1]).toMatchObject({
      relationToKeeper: 'same-recording',
      similarity: null,
      offsetSeconds: null,
    });
    expect(group?.files[2]).toMatchObject({ relationToKeeper: 'same-recording', similarity: 0.97, offsetSeconds: 0.5 });
    expect(broken).toMatchObject({ relation: 'same-bytes', reclaimableBytes: 1000, keeper: '/m/broken copy.mp3' });
    expect(broken?.files[1]).toMatchObject({ codec: null, lossless: null, damaged: null, audioHash: null });
  });

  it('is the same whatever the order of files and verdicts', () => {
    const expected = JSON.stringify(build(LIBRARY, HEARD, VERDICTS));
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...LIBRARY], { minLength: LIBRARY.length }),
        fc.shuffledSubarray(VERDICTS, { minLength: VERDICTS.length }),
        (present, verdicts) => {
          expect(JSON.stringify(build(present, HEARD.toReversed(), verdicts))).toBe(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('obeys its schema, which is published as it is', () => {
    const schema = z.fromJSONSchema(GROUPS_SCHEMA as Parameters<typeof z.fromJSONSchema>[0]);
    const document = build([...LIBRARY, file({ path: Uint8Array.from([0x2f, 0xff]), bytes: 'a' })], HEARD, VERDICTS);
    expect(schema.safeParse(JSON.parse(JSON.stringify(document))).error).toBeUndefined();
    expect(schema.safeParse({ ...document, v: 2 }).success).toBe(false);
    expect(schema.safeParse({ ...document, groups: [{}] }).success).toBe(false);
    const published = readFileSync(new URL('../../docs/reference/groups.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(GROUPS_SCHEMA)));
  });
});

describe('groups', () => {
  it('tell bytes, audio and recordings apart', () => {
    const same = build([file({ path: '/a', bytes: 'a' }), file({ path: '/b', bytes: 'a' })]);
    expect(same.groups[0]).toMatchObject({ relation: 'same-bytes', reclaimableBytes: 1000 });
    const retagged = build([
      file({ path: '/a', bytes: 'a', audio: 'x', tags: ALBUM }),
      file({ path: '/b', bytes: 'b', audio: 'x', tags: ALBUM }),
    ]);
    expect(retagged.groups[0]).toMatchObject({ relation: 'same-audio', reclaimableBytes: 1000 });
    const wav = build([
      file({ path: '/a', bytes: 'a', samples: 's', codec: 'flac' }),
      file({ path: '/b', bytes: 'b', samples: 's', codec: 'pcm_s16le' }),
    ]);
    expect(wav.groups[0]?.files[1]).toMatchObject({ relationToKeeper: 'same-audio', similarity: 1, offsetSeconds: 0 });
  });

  it('turn the offset where the keeper is the second of the pair', () => {
    const present = [file({ path: '/a', bytes: 'a' }), file({ path: '/b', bytes: 'b', kbps: 320 })];
    const { groups } = build(present, [heard('a', 'b')], [judged('a', 'b', 'same-recording')]);
    expect(groups[0]).toMatchObject({ keeper: '/b', files: [{ path: '/b' }, { path: '/a', offsetSeconds: -0.5 }] });
  });

  it('count hard links once, and make no group of them alone', () => {
    const links = [file({ path: '/a', bytes: 'a', inode: 1n }), file({ path: '/b', bytes: 'a', inode: 1n })];
    expect(build(links)).toMatchObject({ groups: [], library: { files: 2, recordings: 1, bytes: 1000 } });
    const withCopy = build([...links, file({ path: '/c', bytes: 'a', inode: 2n })]);
    expect(withCopy.groups[0]).toMatchObject({
      reclaimableBytes: 1000,
      files: [{ hardLinkOf: null }, { hardLinkOf: '/a' }, { hardLinkOf: null }],
    });
  });

  it('win nothing on another release', () => {
    const flac = file({ path: '/a', bytes: 'a', codec: 'flac', tags: ALBUM });
    const win = (tags: CommonTags): number | undefined =>
      build([flac, file({ path: '/b', bytes: 'b', tags })], [heard('a', 'b')]).groups[0]?.reclaimableBytes;
    expect(win({ ...ALBUM, title: 'Other spelling', albumArtist: 'SINGER' })).toBe(1000);
    expect(win({ ...ALBUM, album: 'Single' })).toBe(0);
    expect(win({ ...ALBUM, track: 4 })).toBe(0);
    expect(win({ ...ALBUM, disc: 2 })).toBe(0);
  });

  it('win on the release of the keeper where a copy names none', () => {
    const win = (tags: CommonTags, other: CommonTags): number | undefined =>
      build(
        [
          file({ path: '/a', bytes: 'a', codec: 'flac', sizeBytes: 5000, tags }),
          file({ path: '/b', bytes: 'b', tags: other }),
        ],
        [heard('a', 'b')],
      ).groups[0]?.reclaimableBytes;
    expect(win(ALBUM, { title: 'Song' })).toBe(1000);
    expect(win({ title: 'Song' }, ALBUM)).toBe(1000);
    expect(win({}, {})).toBe(1000);
  });

  it('win what each release holds beside its best copy', () => {
    const present = ['Album', 'Single'].flatMap((album, at) => [
      file({ path: `/${album}.flac`, bytes: `${at}`, codec: 'flac', sizeBytes: 9000, tags: { ...ALBUM, album } }),
      file({ path: `/${album}.mp3`, bytes: `${at + 5}`, sizeBytes: 700 + at, tags: { ...ALBUM, album } }),
    ]);
    const { groups } = build(present, [heard('0', '1', '5', '6')]);
    expect(groups[0]).toMatchObject({
      keeper: '/Album.flac',
      reclaimableBytes: 1401,
      releases: [{ album: 'Album' }, { album: 'Single', keeper: '/Single.flac' }],
    });
  });

  it('leave out empty files', () => {
    const empty = [1, 2].map((n) => file({ path: `/${n}`, bytes: 'e', audio: null, sizeBytes: 0 }));
    expect(build(empty)).toMatchObject({ groups: [], library: { failed: 2 } });
  });

  it('come by what they win, then by id', () => {
    const present = ['a', 'b', 'c'].flatMap((bytes, at) =>
      [1, 2].map((n) => file({ path: `/${bytes}${n}`, bytes, sizeBytes: at === 0 ? 10 : 20 })),
    );
    const { groups } = build(present);
    expect(groups.map(({ reclaimableBytes }) => reclaimableBytes)).toEqual([20, 20, 10]);
    expect(groups[0]!.id < groups[1]!.id).toBe(true);
  });

  it('keep their id when files are moved', () => {
    const id = (folder: string): string | undefined =>
      build(['a', 'b'].map((bytes) => file({ path: `${folder}/${bytes}`, bytes, audio: 'x' }))).groups[0]?.id;
    expect(id('/one')).toBe(id('/other'));
  });

  it('carry the bytes of names that are not UTF-8', () => {
    const { groups } = build([
      file({ path: Uint8Array.from([0x2f, 0xf6]), bytes: 'a' }),
      file({ path: '/z', bytes: 'a' }),
    ]);
    const named = groups[0]?.files.find(({ pathBase64 }) => pathBase64 !== undefined);
    expect(named).toMatchObject({ path: '/\ufffd', pathBase64: 'L/Y=' });
  });
});

describe('decisions', () => {
  const said = (n: number, a: string, b: string, word: Decision['word']): Decision => ({
    ...{ n, a: `sha256:${a}`, b: `sha256:${b}`, word, at: n },
  });

  it('are told where they hold a group together', () => {
    const present = [file({ path: '/a', bytes: 'a', kbps: 320 }), file({ path: '/a2', bytes: 'A', audio: 'a' })];
    const other = file({ path: '/b', bytes: 'b' });
    const [group] = buildGroupsDocument({
      present: [...present, other],
      groups: [heard('a', 'b')],
      comparisons: compared([...present, other], [judged('a', 'b', 'other-edit', { truncated: 'b' })]),
      decisions: [said(7, 'a', 'b', 'same'), said(8, 'a', 'c', 'same'), said(9, 'b', 'c', 'different')],
    }).groups;
    expect(group).toMatchObject({ relation: 'same-recording', keeper: '/a', decisions: [{ n: 7, a: '/a', b: '/b' }] });
    const entry = group?.files.find(({ path }) => path === '/b');
    expect(entry).toMatchObject({ relationToKeeper: 'same-recording', similarity: 0.97, truncated: false });
  });

  it('part sounds of equal samples, also for info', () => {
    const present = [
      file({ path: '/a', bytes: 'a', samples: 's', codec: 'flac' }),
      file({ path: '/b', bytes: 'b', samples: 's', codec: 'pcm_s16le' }),
    ];
    const decisions = [said(1, 'a', 'b', 'different')];
    expect(build(present, [heard('a', 'b')]).groups).toHaveLength(1);
    const groups = [heard('a'), heard('b')];
    expect(buildGroupsDocument({ present, groups, comparisons: compared(present, []), decisions })).toMatchObject({
      groups: [],
      related: [],
    });
    const different = [judged('a', 'b', 'different')];
    expect(fileFacts({ file: present[0]!, present, verdicts: different }).relations).toEqual([]);
    expect(fileFacts({ file: present[0]!, present, verdicts: [] }).relations).toHaveLength(1);
  });

  it('leave other relations of pairs that are called different', () => {
    const present = ['a', 'b', 'c'].map((name) => file({ path: `/${name}`, bytes: name }));
    const verdicts = [judged('a', 'b', 'other-edit'), judged('a', 'c', 'same-recording')];
    const decisions = [said(1, 'a', 'b', 'different'), said(2, 'a', 'c', 'different')];
    const groups = [heard('a'), heard('b'), heard('c')];
    expect(buildGroupsDocument({ present, groups, comparisons: compared(present, verdicts), decisions })).toMatchObject(
      {
        groups: [],
        related: [{ a: '/a', b: '/b', relation: 'other-edit' }],
      },
    );
  });
});

describe('filters', () => {
  const path = (text: string) => pathFromBytes(new TextEncoder().encode(text));
  const present = [
    file({ path: '/in/a', bytes: 'a', kbps: 128 }),
    file({ path: '/in/b', bytes: 'b' }),
    file({ path: '/out/a', bytes: 'a', kbps: 128 }),
    file({ path: '/out/c', bytes: 'c', kbps: 320 }),
  ];
  const groups = [heard('a', 'b', 'c')];
  const paths = (filters: GroupFilters): (readonly string[])[] =>
    build(present, groups, [], filters).groups.map(({ files }) => files.map((entry) => entry.path));

  it('show groups among the files under some folders', () => {
    expect(paths({ under: [path('/in')] })).toEqual([['/in/b', '/in/a']]);
    expect(paths({ under: [path('/out'), path('/in/a')] })).toEqual([['/out/c', '/in/a', '/out/a']]);
    expect(paths({ under: [path('/in/a')] })).toEqual([]);
    expect(build(present, groups, [], { under: [path('/in')] }).library).toMatchObject({ files: 2, recordings: 1 });
  });

  it('show members elsewhere when asked to', () => {
    expect(paths({ under: [path('/in/a')], againstAll: true })).toEqual([['/out/c', '/in/b', '/in/a', '/out/a']]);
    expect(paths({ under: [path('/nowhere')], againstAll: true })).toEqual([]);
  });

  it('leave out other relations and small wins', () => {
    expect(paths({ relations: ['same-bytes'] })).toEqual([]);
    expect(paths({ minBytes: 3001 })).toEqual([]);
    expect(paths({ minBytes: 3000 }).length).toBe(1);
  });
});

describe('facts', () => {
  it('of a file tell its quality and its relations, seen from it', () => {
    const [flac, mp3, , cut, , broken] = LIBRARY as PresentFile[];
    const heardWell = VERDICTS.map((pair) => ({ ...pair, verdict: { ...pair.verdict, coherence: 0.974 } }));
    const facts = fileFacts({ file: cut!, present: LIBRARY, verdicts: heardWell, fingerprintItems: 480 });
    expect(facts).toMatchObject({
      path: '/m/cut.mp3',
      modified: '1970-01-01T00:00:05.000Z',
      failure: null,
      tags: { filledFields: 4, countedFields: 10 },
    });
    expect(facts.relations).toEqual([
      {
        path: '/m/song.flac',
        relation: 'same-recording',
        similarity: 0.97,
        truncated: true,
        reasons: ['3:20 of both agree, with a coherence of 0.97.'],
      },
    ]);
    expect(facts.sound).toMatchObject({ fingerprintItems: 480, damaged: false, quality: 'MP3 192 kbit/s.' });
    expect(fileFacts({ file: flac!, present: [], verdicts: [] }).sound?.quality).toBe(
      'FLAC 16 bit / 44.1 kHz, lossless; whether its source was is not known.',
    );
    const related = fileFacts({ file: mp3!, present: LIBRARY, verdicts: [judged('b', 'e', 'contained')] });
    expect(related.relations).toMatchObject([{ path: '/m/edit.mp3', relation: 'contained' }]);
    expect(fileFacts({ file: broken!, present: LIBRARY, verdicts: [] })).toMatchObject({
      sound: null,
      failure: { code: 'decode/no-sound' },
      relations: [{ path: '/m/broken copy.mp3', relation: 'same-bytes' }],
    });
  });

  it('of the library are figures', () => {
    expect(libraryFigures(LIBRARY)).toMatchObject({
      files: 7,
      bytes: 37_000,
      contents: 6,
      sounds: 5,
      failed: 2,
      damaged: 0,
      lossless: 1,
      untagged: 0,
      codecs: [
        { codec: 'MP3', files: 4, bytes: 15_000, audioSeconds: 660 },
        { codec: 'FLAC', files: 1 },
      ],
    });
  });
});
