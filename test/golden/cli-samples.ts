/** Documents made by hand, as the product would make them of awkward files. */
import type { ForeignReport, MatchReport, ScanReport } from '#catalogue';
import type { Plan, PlanItem } from '#filing';
import { type BytePath, bytesOfPath } from '#kernel';
import type { Verdict } from '#matching';
import type { DecisionsExport, DecisionsList, FileEntry, GroupsDocument } from '#review';
import type { SkippedPath, SweepSummary } from '#sweep';
import type {
  Decided,
  Diagnosis,
  ExplainedVerdict,
  FileInfo,
  ImportedDecisions,
  LibraryInfo,
} from '../../src/cli/app.ts';
import type { TakenProfiles } from '../../src/cli/documents.ts';

export function path(text: string): BytePath {
  return text as BytePath;
}

function file(name: string, facts: Partial<FileEntry> = {}): FileEntry {
  return {
    path: `/music/${name}`,
    ...{ sizeBytes: 31_234_567, durationSeconds: 243.2, codec: 'flac', container: 'flac', bitRate: 900_000 },
    ...{ sampleRateHz: 44_100, bitsPerSample: 16, channels: 2, lossless: true, relationToKeeper: 'same-recording' },
    ...{ similarity: null, offsetSeconds: null, truncated: false, damaged: false, hardLinkOf: null },
    ...{ contentHash: 'sha256:00', audioHash: 'sha256:01' },
    tags: { title: null, artist: null, album: null, albumArtist: null, disc: null, track: null },
    ...facts,
  } as FileEntry;
}

const lossy = { lossless: false, bitsPerSample: null } as const;
const mp3 = { ...lossy, codec: 'mp3', container: 'mp3', bitRate: 320_000, sizeBytes: 9_700_000 };
const aac = { ...lossy, codec: 'aac', container: 'mp4', bitRate: 128_000, sizeBytes: 3_900_000 };
const opus = { ...lossy, codec: 'opus', container: 'ogg', bitRate: 96_000, sizeBytes: 9_100_000 };
const EVIL = path('/music/b/evil\u001b[31m\nname \udcff\u202egnp.opus');
const noTags = file('').tags;

export const groupsDocument: GroupsDocument = {
  v: 1,
  library: { files: 1234, recordings: 1100, failed: 2, bytes: 45_200_000_000 },
  expectedFalseGroups: 0.000012,
  groups: [
    {
      id: '0011223344556677',
      relation: 'same-recording',
      reclaimableBytes: 13_600_000,
      keeper: '/music/Nina Simone/I Put a Spell on You/02 - Feeling Good.flac',
      keeperReasons: ['true lossless', 'whole, where another is truncated', 'most complete tags'],
      releases: [
        { album: 'I Put a Spell on You', albumArtist: null, disc: 1, track: 2, files: 2, keeper: '/a' },
        { album: 'Best of', albumArtist: null, disc: 1, track: 9, files: 1, keeper: '/b' },
      ],
      decisions: [
        {
          ...{ n: 12, a: '/music/Nina Simone/I Put a Spell on You/02 - Feeling Good.flac' },
          b: '/music/incoming/Nina Simone - Feeling Good (320).mp3',
        },
      ],
      files: [
        file('Nina Simone/I Put a Spell on You/02 - Feeling Good.flac', {
          tags: { ...noTags, artist: 'Nina Simone', title: 'Feeling Good', album: 'I Put a Spell on You' },
        }),
        file('incoming/Nina Simone - Feeling Good (320).mp3', { ...mp3, similarity: 0.984, offsetSeconds: 0.05 }),
        file('phone/nina_simone_feeling_good_best_of_collection_remastered_2013_disc_one_of_three.m4a', {
          ...aac,
          ...{ similarity: 0.971, offsetSeconds: -12.31, truncated: true, damaged: true, durationSeconds: 201 },
        }),
      ],
    },
    {
      id: '8899aabbccddeeff',
      relation: 'same-audio',
      reclaimableBytes: 9_100_000,
      keeper: '/music/a/日本語の歌 🎵.opus',
      keeperReasons: ['the older of equal files'],
      releases: [],
      decisions: [],
      files: [
        file('a/日本語の歌 🎵.opus', {
          ...opus,
          tags: { ...noTags, artist: '美空ひばり', title: '日本語の\u001b[2J歌' },
        }),
        file('b/evil\u001b[31m\nname \ufffd\u202egnp.opus', {
          ...{ ...opus, relationToKeeper: 'same-bytes' as const },
          pathBase64: Buffer.from(bytesOfPath(EVIL)).toString('base64'),
        }),
        file('b/שלום עולם.wav', {
          ...{ codec: 'pcm_s16le', container: 'wav', sizeBytes: 99_100_000, relationToKeeper: 'same-audio' as const },
        }),
        file('b/linked.opus', { ...opus, relationToKeeper: 'same-bytes', hardLinkOf: '/music/a/日本語の歌 🎵.opus' }),
        file('b/unknown', {
          ...{ codec: null, container: null, durationSeconds: null, sampleRateHz: null, lossless: null, bitRate: null },
        }),
      ],
    },
  ],
  related: [
    { a: '/music/x', b: '/music/y', relation: 'other-edit', similarity: 0.5 },
    { a: '/music/x', b: '/music/z', relation: 'other-edit', similarity: null },
    { a: '/music/m', b: '/music/y', relation: 'contains', similarity: null },
  ],
  failures: [1, 2, 3, 4, 5].map((number) => ({
    path: `/music/broken/${number}.mp3`,
    code: number === 5 ? 'files/denied' : 'decode/failed',
    message: number === 5 ? 'The file may not be read.' : 'No sound came out of the decoder.',
  })),
};

export const verdict: Verdict = {
  relation: 'same-recording',
  truncated: 'b',
  ...{ similarity: 0.984, bitErrorRate: 0.008, overlapSeconds: 198.4, offsetSeconds: 12.3, speedRatio: 1 },
  ...{ coherence: 0.987, evidence: null, significance: 44.213, expectedFalse: 3.2e-31 },
  segments: [{ aStartSeconds: 12.3, bStartSeconds: 0, seconds: 198.4, bitErrorRate: 0.008 }],
  reasons: ['One uninterrupted stretch of 3:18 agrees to the sample.', 'b lacks the first 12.3 s of a.'],
};

/** The same verdict as the product explains it, and one on strangers. */
export const explained: ExplainedVerdict = {
  verdict: { ...verdict, damaged: 'b', master: 'other' },
  evidence: [
    {
      ...{ step: 'files', weight: 'neutral' },
      sentence: 'Bytes, coded audio and samples of the files differ, as they always do where one was coded with loss.',
      figures: { aSizeBytes: 31_234_567, bSizeBytes: 9_700_000 },
    },
    {
      ...{ step: 'fingerprints', weight: 'for' },
      sentence: "Where B begins 12.3 s into A, at equal speed, 0.8 % of the fingerprints' bits differ.",
      figures: { bitErrorRate: 0.008, places: 1 },
    },
    {
      ...{ step: 'fingerprints', weight: 'for' },
      sentence: 'Of unrelated sounds, fewer than one pair in a thousand million would agree so well by chance.',
      figures: { significance: 44.213, expectedFalse: 3.2e-31 },
    },
    {
      ...{ step: 'remainder', weight: 'neutral' },
      sentence: 'Steady noise lies over one of them, which explains what differs.',
      figures: { steadyNoise: true },
    },
    {
      ...{ step: 'shape', weight: 'against' },
      sentence: 'The first 12.3 s of A have no counterpart in B.',
      figures: {},
    },
    ...verdict.reasons.map((sentence) => ({ step: 'decision', weight: 'for', sentence, figures: {} }) as const),
  ],
};

export const libraryInfo: LibraryInfo = {
  v: 1,
  ...{ data: path('/data/reprise/default'), roots: [path('/music')], files: 1234, missing: 3, failed: 2 },
  ...{ bytes: 45_200_000_000, contents: 1200, sounds: 1190, audioSeconds: 353_000, catalogueBytes: 12_000_000 },
  ...{ damaged: 1, lossless: 900, untagged: 12, withTagConflicts: 4, withCover: 800 },
  codecs: [
    { codec: 'FLAC', files: 900, bytes: 40_000_000_000, audioSeconds: 250_000 },
    { codec: 'MP3', files: 334, bytes: 5_200_000_000, audioSeconds: 103_000 },
  ],
  imported: { sources: 3, fingerprints: 1180, pairs: 1_000_000 },
};

export const fileInfo: FileInfo = {
  v: 1,
  ...{ path: '/music/a.mp3', sizeBytes: 9_700_000, modified: '2024-05-06T07:08:09.000Z', inCatalogue: true },
  lookedUp: null,
  ...{ contentHash: `sha256:${'0'.repeat(64)}`, failure: null, fingerprint: 'AQADtEqSKYmSRE'.repeat(10) },
  sound: {
    stream: {
      ...{ codec: 'mp3', container: 'mp3', sampleRateHz: 44_100, channels: 2, bitsPerSample: null },
      ...{ bitRate: 320_000, lossless: false, declaredSeconds: 243.3 },
    },
    ...{ durationSeconds: 243.2, audioHash: 'sha256:01', sampleHash: null, fingerprintItems: 1949 },
    levels: { rms: 0.1, peak: 1, clippedSamples: 12 },
    integrity: { decodedSeconds: 243.2, errors: 0, checksumHolds: null, complaints: ['junk in front'] },
    ...{ producer: 'node-av 6.1.1', damaged: false, quality: 'MP3 320 kbit/s.' },
    source: { wall: { hz: 16_000, depthDb: 44 }, madeFrom: null, endsBelowItsRate: true, used: null },
  },
  tags: {
    common: { title: 'Feeling Good', artists: ['Nina Simone'], albumArtist: 'Nina Simone', track: 2 },
    native: [{ type: 'ID3v2.3', tags: [{ id: 'TIT2', value: 'Feeling Good\u001b[2J' }] }],
    conflicts: [
      {
        field: 'title',
        values: [
          { block: 'ID3v2.3', value: 'Feeling Good' },
          { block: 'APEv2', value: 'Feelin Good' },
        ],
      },
    ],
    cover: { mime: 'image/jpeg', sizeBytes: 40_123 },
    ...{ filledFields: 6, countedFields: 9 },
  },
  relations: [
    {
      path: '/music/b.flac',
      relation: 'same-recording',
      similarity: 0.98,
      truncated: false,
      reasons: ['3:18 agree'],
    },
  ],
  imported: {
    total: 83,
    strongest: [
      {
        ...{ path: path('/music/b\udcff.flac'), value: 0.9321, offsetItems: null, method: 'mpz' },
        ...{ tool: 'cometa', source: path('/cometa/correlations_all_0001.jsonl') },
      },
      {
        ...{ path: path('/music/other.ogg'), value: 0.58, offsetItems: -3, method: null },
        ...{ tool: 'cometa', source: path('/cometa/correlations_001.jsonl') },
      },
    ],
  },
};

const nothing = { lines: 0, kept: 0, repeated: 0, damaged: 0 } as const;

export const foreignReport: ForeignReport = {
  files: [
    {
      ...{ path: path('/cometa/fingerprints.jsonl'), form: { tool: 'cometa', kind: 'fingerprints' } },
      ...{ outcome: 'imported', lines: 1183, kept: 1180, repeated: 1, damaged: 2 },
    },
    {
      ...{ path: path('/cometa/correlations_all_0001.jsonl'), form: { tool: 'cometa', kind: 'correlations' } },
      ...{ outcome: 'unchanged', lines: 1_000_000, kept: 1_000_000, repeated: 0, damaged: 0 },
    },
    { path: path('/cometa/processed_elapsed.jsonl'), form: null, outcome: 'skipped', ...nothing },
    { path: path('/cometa/a\udcff.fpcalc'), form: null, outcome: 'failed', ...nothing },
  ],
  ...{ fingerprints: 1180, pairs: 0, damaged: 2 },
  failures: [
    {
      ...{ path: path('/cometa/fingerprints.jsonl'), line: 7, code: 'import/damaged' },
      message: '/cometa/fingerprints.jsonl, line 7: its fingerprint is empty.',
    },
    {
      ...{ path: path('/cometa/a\udcff.fpcalc'), line: null, code: 'files/denied' },
      message: '/cometa/a\ufffd.fpcalc may not be read.',
    },
  ],
  profiles: [],
};

const collection = { line: 1, source: path('/cometa/main.ini'), roots: ['/music'], notes: [] } as const;

export const takenProfiles: TakenProfiles = {
  settingsFile: path('/people/ann/.config/reprise/config.toml'),
  addition: '\n# "live" of /cometa/main.ini\n[profiles.live]\nroots = ["/music"]\n',
  profiles: [
    {
      ...{ ...collection, name: 'live', placed: { name: 'live', outcome: 'added' } },
      notes: ['threshold has no counterpart, because verdicts come from the waveforms.'],
    },
    { ...collection, name: 'Песни', placed: { name: 'collection', outcome: 'known' } },
    { ...collection, name: 'mine', placed: { name: 'mine', outcome: 'kept' } },
    { ...collection, name: 'none\n', roots: [], placed: { name: 'none', outcome: 'empty' } },
  ],
};

export const diagnosis: Diagnosis = {
  checks: [
    { id: 'node', title: 'Node', state: 'good', finding: '24.21.0' },
    { id: 'decoder', title: 'Decoder', state: 'poor', finding: 'ffmpeg on PATH', advice: 'npm i node-av' },
    {
      id: 'data-folder',
      title: 'Data folder',
      state: 'bad',
      finding: '/data: read-only',
      advice: 'Use --data.',
    },
  ],
};

export const scanReport: ScanReport = {
  ...{ seen: 10, new: 3, changed: 1, moved: 1, unchanged: 4, missing: 2, failed: 1 },
  ...{ audioSeconds: 720.5, elapsedSeconds: 4.2 },
  failures: [{ path: path('/music/\udcff.mp3'), code: 'decode/failed', message: 'No sound came out.' }],
  skipped: [{ path: path('/music/pipe.mp3'), reason: 'not a regular file' }],
};

export const matchReport: MatchReport = {
  ...{
    tracks: 100,
    newTracks: 3,
    candidatePairs: 7,
    judgedPairs: 5,
    speedsSearched: true,
    sketchedPairs: 2,
    elapsedSeconds: 1.25,
  },
  failures: [{ a: path('/music/a'), b: path('/music/\u001bb'), code: 'files/missing', message: 'It is gone.' }],
};

const soundHash = (digit: string): string => `sha256:${digit.repeat(64)}`;

export const decided: Decided = {
  ...{ word: 'same', recorded: true, n: 5, overruled: [{ n: 3, by: [1, 5] }] },
  ...{ a: path('/music/a.flac'), aInCatalogue: true, b: path('/music/evil\u001b[31m \udcff.mp3'), bInCatalogue: false },
  groups: {
    before: [
      { files: [{ path: '/music/a.flac' }, { path: '/music/c.flac' }] },
      { files: [{ path: '/music/evil\u001b[31m \ufffd.mp3', pathBase64: 'L211c2ljL2V2aWwbWzMxbSD/Lm1wMw==' }] },
    ],
    after: [
      {
        files: [
          ...[{ path: '/music/a.flac' }, { path: '/music/c.flac' }],
          { path: '/music/evil\u001b[31m \ufffd.mp3', pathBase64: 'L211c2ljL2V2aWwbWzMxbSD/Lm1wMw==' },
        ],
      },
      { files: [{ path: '/music/d.flac' }] },
    ],
  },
};

const decision = {
  ...{ n: 1, at: '2026-01-02T03:04:05.678Z', word: 'different' as const },
  ...{
    a: path('/music/a\nb.flac'),
    aAudioHash: soundHash('a'),
    b: path('/music/\udcff.mp3'),
    bAudioHash: soundHash('b'),
  },
};

export const decisionsExport: DecisionsExport = { v: 1, decisions: [decision, { ...decision, n: 2, a: null }] };

export const decisionsList: DecisionsList = {
  v: 1,
  decisions: [
    { ...decision, aPresent: true, bPresent: false, overruledBy: [] },
    { ...decision, n: 12, word: 'same', a: null, aPresent: false, bPresent: true, overruledBy: [1, 3, 4] },
  ],
};

export const importedDecisions: ImportedDecisions = {
  ...{ entries: 4, added: 2, known: 1, overruled: [{ n: 12, by: [1, 3, 4] }] },
  failures: [
    {
      ...{ entry: 3, a: path('/music/\u001bx'), b: null, code: 'decisions/damaged' },
      message: 'Entry 3 (/music/\u001bx, no name): its time is none.',
    },
  ],
};

function planItem(
  n: number,
  source: string,
  keeper: string | null,
  destination: string | null,
  reasons: string[],
): PlanItem {
  const facts = {
    sizeBytes: 8_100_000,
    mtimeNs: 1_600_000_000_000_000_000n,
    inode: BigInt(n),
    contentHash: 'sha256:00',
  };
  return {
    ...{ n, verb: destination === null ? 'trash' : 'move', source: { path: path(source), ...facts } },
    destination: destination === null ? null : path(destination),
    keeper: keeper === null ? null : { path: path(keeper), ...facts },
    ...{ sameBytes: true, follows: [], edits: [], reasons },
  };
}

const equal = ['the same 8100000 bytes, by sha256', 'the copy in the reference stays'];

export const sweepPlan: { readonly plan: Plan; readonly skipped: readonly SkippedPath[] } = {
  plan: {
    ...{ id: 'id', made: '2026-01-02T00:00:00.000Z', command: 'sweep', reclaimableBytes: 32_400_000 },
    ...{ roots: [path('/music/incoming')], protected: [path('/music/good')] },
    items: [
      planItem(1, '/music/incoming/a.mp3', '/music/good/a.mp3', '/music/out/a.mp3', equal),
      planItem(2, '/music/incoming/a (copy).mp3', '/music/good/a.mp3', '/music/out/a (copy).mp3', equal),
      planItem(3, '/music/incoming/evil\u001b[31m\nname \udcff.mp3', '/music/good/b.mp3', null, ['the same audio']),
      planItem(4, '/music/incoming/c.mp3', null, '/music/out/c.mp3', ['because somebody said so']),
    ],
  },
  skipped: Array.from({ length: 7 }, (_, n) => ({ path: path(`/music/incoming/${n}.mp3`), reason: 'it has no bytes' })),
};

export const sweepSummary: SweepSummary = {
  ...{
    referenceFiles: 12_345,
    sourceFiles: 678,
    bytes: 98_765_432_100,
    sets: 3,
    duplicates: 4,
    reclaimableBytes: 32_400_000,
  },
  ...{ readFiles: 8, readBytes: 64_800_000, rememberedFiles: 12, notSound: 2 },
};
