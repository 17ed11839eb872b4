/** What `--json` prints, as schemas: published in docs/reference, and what the tests hold the output to. Keys may be added. */
import { z } from 'zod';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const path = { path: z.string(), pathBase64: z.base64().optional() };
const failure = z.looseObject({ code: z.string(), message: z.string() });
const contentHash = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const RELATIONS = [
  ...['same-bytes', 'same-audio', 'same-recording', 'contains', 'contained', 'other-edit', 'other-speed'],
  ...['shared-parts', 'other-performance', 'different', 'unsure'],
];
const relation = z.enum(RELATIONS);

const scan = z.looseObject({
  v: z.literal(1),
  seen: count,
  new: count,
  changed: count,
  moved: count,
  unchanged: count,
  missing: count,
  failed: count,
  audioSeconds: z.number().min(0),
  elapsedSeconds: z.number().min(0),
  failures: z.array(failure.extend(path)),
  skipped: z.array(z.looseObject({ ...path, reason: z.string() })),
});

const finding = z.looseObject({
  step: z.enum(['files', 'fingerprints', 'alignment', 'waveforms', 'remainder', 'master', 'shape', 'decision']),
  weight: z.enum(['for', 'against', 'neutral']),
  sentence: z.string(),
  figures: z.record(z.string(), z.union([z.number(), z.boolean()])),
});

/** What every judgement of two files tells. */
const judged = {
  v: z.literal(1),
  a: z.string(),
  aPathBase64: z.base64().optional(),
  b: z.string(),
  bPathBase64: z.base64().optional(),
  relation,
  truncated: z.enum(['a', 'b']).nullable(),
  damaged: z.enum(['a', 'b', 'both']).nullable(),
  master: z.enum(['same', 'other', 'unknown']),
  similarity: share.nullable(),
  overlapSeconds: z.number().min(0),
  offsetSeconds: z.number().nullable(),
  speedRatio: z.number().positive().nullable(),
  significance: z.number().nullable(),
  expectedFalse: z.number().nullable(),
  coherence: share.nullable(),
};

/** A line of `match --export`. */
const pair = z.looseObject(judged);

const compare = z.looseObject({
  ...judged,
  bitErrorRate: share.nullable(),
  segments: z.array(
    z.looseObject({
      aStartSeconds: z.number(),
      bStartSeconds: z.number(),
      seconds: z.number().min(0),
      bitErrorRate: share.nullable(),
    }),
  ),
  reasons: z.array(z.string()),
  evidence: z.array(finding).optional(),
});

const stream = z.looseObject({
  codec: z.string(),
  container: z.string(),
  sampleRateHz: count,
  channels: count,
  bitsPerSample: count.nullable(),
  bitRate: z.number().min(0).nullable(),
  lossless: z.boolean(),
  declaredSeconds: z.number().nullable(),
});

const sound = z.looseObject({
  stream,
  durationSeconds: z.number().min(0),
  audioHash: z.string(),
  sampleHash: z.string().nullable(),
  fingerprintItems: count.nullable(),
  producer: z.string(),
  levels: z.looseObject({ rms: z.number(), peak: z.number(), clippedSamples: count }),
  integrity: z.looseObject({
    decodedSeconds: z.number().min(0),
    errors: count,
    checksumHolds: z.boolean().nullable(),
    complaints: z.array(z.string()),
  }),
  damaged: z.boolean(),
  quality: z.string(),
  source: z
    .looseObject({
      wall: z.looseObject({ hz: count, depthDb: count }).nullable(),
      madeFrom: z.enum(['mp3', 'aac']).nullable(),
      endsBelowItsRate: z.boolean(),
      used: z.looseObject({ bits: count, rateHz: count }).nullable(),
    })
    .nullable(),
});

const tags = z.looseObject({
  common: z.looseObject({}),
  native: z.array(
    z.looseObject({ type: z.string(), tags: z.array(z.looseObject({ id: z.string(), value: z.string() })) }),
  ),
  conflicts: z.array(
    z.looseObject({
      field: z.string(),
      values: z.array(z.looseObject({ block: z.string(), value: z.string() })),
    }),
  ),
  cover: z.looseObject({ mime: z.string(), sizeBytes: count }).nullable(),
});

const file = z.looseObject({
  v: z.literal(1),
  ...path,
  sizeBytes: count,
  modified: z.iso.datetime(),
  inCatalogue: z.boolean(),
  lookedUp: z.looseObject({ sounds: count, compared: count }).nullable(),
  contentHash: contentHash.nullable(),
  fingerprint: z.string().nullable(),
  failure: failure.nullable(),
  sound: sound.nullable(),
  tags: tags.nullable(),
  relations: z.array(
    z.looseObject({
      ...path,
      relation,
      similarity: share.nullable(),
      truncated: z.boolean(),
      reasons: z.array(z.string()),
    }),
  ),
  imported: z.looseObject({
    total: count,
    strongest: z.array(
      z.looseObject({
        ...path,
        value: share,
        offsetItems: z.int().nullable(),
        method: z.string().nullable(),
        tool: z.string(),
        source: z.string(),
        sourcePathBase64: z.base64().optional(),
      }),
    ),
  }),
});

const library = z.looseObject({
  v: z.literal(1),
  data: z.string(),
  roots: z.array(z.string()),
  files: count,
  missing: count,
  failed: count,
  bytes: count,
  contents: count,
  sounds: count,
  audioSeconds: z.number().min(0),
  catalogueBytes: count,
  imported: z.looseObject({ sources: count, fingerprints: count, pairs: count }),
  codecs: z.array(z.looseObject({ codec: z.string(), files: count, bytes: count, audioSeconds: z.number().min(0) })),
});

const imported = z.looseObject({
  v: z.literal(1),
  dryRun: z.boolean(),
  fingerprints: count,
  pairs: count,
  damaged: count,
  files: z.array(
    z.looseObject({
      ...path,
      tool: z.enum(['cometa', 'fpcalc']).nullable(),
      kind: z.enum(['fingerprints', 'correlations', 'profiles']).nullable(),
      outcome: z.enum(['imported', 'unchanged', 'skipped', 'failed']),
      lines: count,
      kept: count,
      repeated: count,
      damaged: count,
    }),
  ),
  failures: z.array(failure.extend({ ...path, line: count.nullable() })),
  settingsFile: z.string(),
  profiles: z.array(
    z.looseObject({
      name: z.string(),
      outcome: z.enum(['added', 'known', 'kept', 'empty']),
      collection: z.string(),
      source: z.string(),
      roots: z.array(z.string()),
      notes: z.array(z.string()),
    }),
  ),
});

const match = z.looseObject({
  v: z.literal(1),
  tracks: count,
  newTracks: count,
  candidatePairs: count,
  judgedPairs: count,
  sketchedPairs: count,
  failures: z.array(failure.extend({ a: z.string(), b: z.string() })),
  elapsedSeconds: z.number().min(0),
  histogram: z.array(count).optional(),
  histogramByKind: z
    .looseObject({
      same: z.array(count),
      related: z.array(count),
      unsure: z.array(count),
      different: z.array(count),
    })
    .optional(),
});

const settings = z.looseObject({
  v: z.literal(1),
  file: z.string(),
  fileExists: z.boolean(),
  profile: z.string(),
  settings: z.array(
    z.looseObject({
      key: z
        .string()
        .describe('Its dotted name: workers, scan.exclude, inboxes.NAME.path, views.NAME.inbox, webhooks.NAME.url …'),
      value: z.union([z.string(), z.number(), z.array(z.string()), z.null()]),
      origin: z.enum(['flag', 'environment', 'profile', 'file', 'default']),
      where: z.string(),
    }),
  ),
});

const doctor = z.looseObject({
  v: z.literal(1),
  checks: z.array(
    z.looseObject({
      id: z.string(),
      title: z.string(),
      state: z.enum(['good', 'poor', 'bad']),
      finding: z.string(),
      advice: z.string().optional(),
    }),
  ),
});

const word = z.enum(['same', 'different', 'ask']);
const named = {
  a: z.string().nullable(),
  aPathBase64: z.base64().optional(),
  b: z.string().nullable(),
  bPathBase64: z.base64().optional(),
};
const decision = z.looseObject({
  n: count,
  at: z.iso.datetime(),
  word,
  ...named,
  aAudioHash: contentHash,
  bAudioHash: contentHash,
});
const overruled = z.array(z.looseObject({ n: count, by: z.array(count) }));
const groupNames = z.array(z.looseObject({ files: z.array(z.looseObject(path)) }));

const decisions = z.looseObject({ v: z.literal(1), decisions: z.array(decision) });

const decisionsList = z.looseObject({
  v: z.literal(1),
  decisions: z.array(decision.extend({ aPresent: z.boolean(), bPresent: z.boolean(), overruledBy: z.array(count) })),
});

const decisionsImport = z.looseObject({
  v: z.literal(1),
  entries: count,
  added: count,
  known: count,
  failures: z.array(failure.extend({ entry: count, ...named })),
  overruled,
});

const decided = z.looseObject({
  v: z.literal(1),
  word,
  ...named,
  aInCatalogue: z.boolean(),
  bInCatalogue: z.boolean(),
  recorded: z.boolean(),
  n: count.nullable(),
  overruled,
  groups: z.looseObject({ before: groupNames, after: groupNames }),
});

const verb = z.enum([
  ...(['move', 'trash', 'copy', 'hardlink', 'reflink', 'link', 'replace-in-place'] as const),
  ...(['place-hardlink', 'place-reflink', 'place-link'] as const),
]);
/** A 64-bit number, which JSON's numbers do not hold. */
const wholeNumber = z.string().regex(/^-?\d+$/);

const planItem = z.looseObject({
  n: z.int().min(1),
  verb,
  source: z.string(),
  sourcePathBase64: z.base64().optional(),
  destination: z.string().nullable(),
  destinationPathBase64: z.base64().optional(),
  sizeBytes: count,
  mtimeNs: wholeNumber,
  inode: wholeNumber.nullable(),
  contentHash: contentHash.nullable(),
  keeper: z.string().nullable(),
  keeperPathBase64: z.base64().optional(),
  keeperSizeBytes: count.optional(),
  keeperMtimeNs: wholeNumber.optional(),
  keeperInode: wholeNumber.nullable().optional(),
  keeperContentHash: contentHash.nullable().optional(),
  sameBytes: z.boolean(),
  follows: z.array(z.int().min(1)).optional(),
  edits: z
    .array(
      z.looseObject({
        from: z.string(),
        fromPathBase64: z.base64().optional(),
        to: z.string(),
        toPathBase64: z.base64().optional(),
      }),
    )
    .optional(),
  replacement: z.string().optional(),
  replacementPathBase64: z.base64().optional(),
  replacementSizeBytes: count.optional(),
  replacementMtimeNs: wholeNumber.optional(),
  replacementInode: wholeNumber.nullable().optional(),
  replacementContentHash: contentHash.nullable().optional(),
  reasons: z.array(z.string()),
});

const plan = z.looseObject({
  v: z.literal(1),
  id: z.string().regex(/^[\w.-]{1,64}$/),
  made: z.string(),
  command: z.string(),
  reclaimableBytes: count,
  roots: z.array(z.looseObject(path)),
  protected: z.array(z.looseObject(path)),
  items: z.array(planItem),
});

const source = { source: z.string(), sourcePathBase64: z.base64().optional() };
/** Why something was not done; both null where it was. */
const trouble = { code: z.string().nullable(), message: z.string().nullable() };

const applied = z.looseObject({
  v: z.literal(1),
  plan: z.string(),
  dryRun: z.boolean(),
  done: count,
  doneBefore: count,
  skipped: count,
  failed: count,
  items: z.array(
    z.looseObject({
      n: z.int().min(1),
      verb,
      ...source,
      outcome: z.enum(['done', 'done-before', 'skipped', 'failed']),
      now: z.string().nullable(),
      nowPathBase64: z.base64().optional(),
      ...trouble,
      remarks: z.array(z.string()),
    }),
  ),
});

const act = z.enum([...verb.options, 'undo', 'empty']);

/** What became of entries that were to be taken back, restored or emptied. */
const entries = z.looseObject({
  v: z.literal(1),
  dryRun: z.boolean(),
  done: count,
  failed: count,
  entries: z.array(z.looseObject({ n: z.int().min(1), plan: z.string(), verb: act, ...source, ...trouble })),
});

const journal = z.looseObject({
  v: z.literal(1),
  entries: z.array(
    z.looseObject({
      n: z.int().min(1),
      at: z.iso.datetime(),
      plan: z.string(),
      item: z.int().min(1).nullable(),
      verb: act,
      state: z.enum(['intended', 'prepared', 'done', 'abandoned', 'undone', 'emptied', 'unclear']),
      ...source,
      destination: z.string(),
      destinationPathBase64: z.base64().optional(),
      keeper: z.string().nullable(),
      keeperPathBase64: z.base64().optional(),
      replacement: z.string().optional(),
      replacementPathBase64: z.base64().optional(),
      concerns: z.int().min(1).nullable(),
      reason: z.string(),
    }),
  ),
});

const trash = z.looseObject({
  v: z.literal(1),
  bytes: count,
  files: z.array(
    z.looseObject({
      n: z.int().min(1),
      ...path,
      keptAt: z.string(),
      keptAtPathBase64: z.base64().optional(),
      sizeBytes: count,
      since: z.iso.datetime(),
      plan: z.string(),
      verb: act,
      isThere: z.boolean(),
    }),
  ),
});

/** What the gate says of one file. */
const judgedFile = z.looseObject({
  ...path,
  verdict: z.enum(['new', 'duplicate', 'upgrade', 'exact', 'unknown', 'unreadable', 'held']),
  of: z.string().nullable(),
  ofPathBase64: z.base64().optional(),
  recording: z.string().nullable(),
  release: z.looseObject({
    album: z.string().nullable(),
    albumArtist: z.string().nullable(),
    disc: count.nullable(),
    track: count.nullable(),
  }),
  reasons: z.array(z.string()).min(1),
  placed: z.string().nullable(),
  placedPathBase64: z.base64().optional(),
  tookMs: z.number().min(0),
});
const version = { v: z.literal(1) };

/** A line of `gate check|import|backfill|admit --json`: a verdict, or why there is none. */
const verdict = z.union([judgedFile.extend(version), z.looseObject({ ...version, ...path, error: failure })]);

/** A line of `gate --stdio`. `id` is that of the request. */
const answer = z.union([
  judgedFile.extend({ ...version, id: z.unknown() }),
  z.looseObject({ ...version, id: z.unknown(), error: failure }),
]);

const job = z.looseObject({
  id: z.string(),
  lane: z.enum(['live', 'backfill']),
  askedBy: z.string(),
  made: z.iso.datetime(),
  counts: z.looseObject({ queued: count, leased: count, done: count, dead: count }),
});
const gateJobs = z.looseObject({ ...version, jobs: z.array(job) });
const gateJob = job.extend({
  ...version,
  files: z.array(
    z.looseObject({
      ...path,
      state: z.enum(['queued', 'leased', 'done', 'dead']),
      attempts: count,
      error: failure.nullable(),
      verdict: judgedFile.nullable(),
    }),
  ),
});
const gateRequeued = z.looseObject({ ...version, requeued: count });

const storeInit = z.looseObject({
  ...version,
  store: z.string(),
  storePathBase64: z.base64().optional(),
  chunk: z.enum(['small', 'medium', 'large']),
});

const storeMount = z.looseObject({
  ...version,
  store: z.string(),
  storePathBase64: z.base64().optional(),
  folder: z.string(),
  folderPathBase64: z.base64().optional(),
});

const storeServeWebdav = z.looseObject({
  ...version,
  store: z.string(),
  storePathBase64: z.base64().optional(),
  url: z.url(),
});

const storeImport = z.looseObject({
  ...version,
  dryRun: z.boolean(),
  files: count,
  imported: count,
  skipped: count.describe('In the store already, or nothing that is kept as a file.'),
  failed: count,
  renamed: count.describe('Of the imported: those whose name another file had.'),
  bytes: count.describe('Of the imported.'),
  newBytes: count.describe('Of these, what the store did not hold.'),
  failures: z.array(failure.extend(path)),
  applied: applied.optional().describe('With --delete-source: what became of the sources.'),
});

const storeExport = z.looseObject({
  ...version,
  files: count,
  skipped: count,
  failed: count,
  bytes: count,
  failures: z.array(failure.extend(path)),
});

/** Paths in a store begin at its root, without a slash. */
const storeList = z.looseObject({
  ...version,
  entries: z.array(
    z.looseObject({
      ...path,
      kind: z.enum(['file', 'folder', 'symlink', 'fifo', 'socket', 'character-device', 'block-device']),
      sizeBytes: count,
      mode: count,
      links: count,
      uid: count,
      gid: count,
      mtimeNs: wholeNumber,
      target: z.string().nullable(),
      targetPathBase64: z.base64().optional(),
      raw: z.boolean().describe('Stored as it was written, not shared yet.'),
    }),
  ),
});

const storeStat = z.looseObject({
  ...version,
  files: count,
  folders: count,
  logicalBytes: count.describe('Of all files as they are read.'),
  storedBytes: count.describe('Of everything in the folder of the store.'),
  diskBytes: count,
  uniqueBytes: count.describe('Different bytes: what a store without any cost would take.'),
  overheadBytes: count.describe('Of storedBytes, what is no recording.'),
  unusedBytes: count.describe('Of storedBytes, what no file uses.'),
  timesSmaller: z.number().positive().nullable(),
  rawFiles: count,
  rawBytes: count,
  blobs: count,
  packs: count,
  byFolder: z.array(
    z.looseObject({
      name: z.string(),
      namePathBase64: z.base64().optional(),
      files: count,
      logicalBytes: count,
      uniqueBytes: count,
      ownBytes: count.describe('What only it uses.'),
    }),
  ),
});

const hit = z.array(z.looseObject({ node: count, paths: z.array(z.looseObject(path)), message: z.string() }));

const storeVerify = z.looseObject({
  ...version,
  readData: z.boolean(),
  files: count,
  rawFiles: count,
  blobs: count,
  bytesRead: count,
  hit,
  problems: z.array(z.string()),
  notes: z.array(z.string()),
});

const storeRepair = z.looseObject({
  ...version,
  dryRun: z.boolean(),
  rebuilt: z.boolean(),
  lostRows: count,
  foundFiles: count,
  indexedBlobs: count,
  hit,
  problems: z.array(z.string()),
});

const storeGc = z.looseObject({
  ...version,
  dryRun: z.boolean(),
  packBytesBefore: count,
  packBytesAfter: count,
  freedBytes: z.int(),
  blobsRemoved: count,
  packsRemoved: count,
  movedBytes: count,
  keptDamaged: z.array(z.string()),
});

/** By the name of the file in docs/reference, without `.schema.json`. */
export const DOCUMENT_SCHEMAS: Readonly<Record<DocumentName, z.ZodType>> = {
  ...{ scan, match, pair, compare, file, library, settings, doctor, import: imported },
  ...{ decided, decisions, 'decisions-list': decisionsList, 'decisions-import': decisionsImport },
  ...{ plan, applied, entries, journal, trash },
  ...{ verdict, 'gate-answer': answer, 'gate-jobs': gateJobs, 'gate-job': gateJob, 'gate-requeued': gateRequeued },
  ...{ 'store-init': storeInit, 'store-import': storeImport, 'store-ls': storeList, 'store-export': storeExport },
  ...{
    'store-stat': storeStat,
    'store-verify': storeVerify,
    'store-repair': storeRepair,
    'store-gc': storeGc,
    'store-mount': storeMount,
    'store-serve-webdav': storeServeWebdav,
  },
};
export type DocumentName =
  | 'verdict'
  | 'gate-answer'
  | 'gate-jobs'
  | 'gate-job'
  | 'gate-requeued'
  | 'store-init'
  | 'store-import'
  | 'store-ls'
  | 'store-export'
  | 'store-stat'
  | 'store-verify'
  | 'store-repair'
  | 'store-gc'
  | 'store-mount'
  | 'store-serve-webdav'
  | 'scan'
  | 'match'
  | 'pair'
  | 'compare'
  | 'file'
  | 'library'
  | 'settings'
  | 'doctor'
  | 'import'
  | 'decided'
  | 'decisions'
  | 'decisions-list'
  | 'decisions-import'
  | 'plan'
  | 'applied'
  | 'entries'
  | 'journal'
  | 'trash';

/** File name in docs/reference → whole text. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(DOCUMENT_SCHEMAS).map(([name, schema]) => [
      `${name}.schema.json`,
      `${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`,
    ]),
  );
}
