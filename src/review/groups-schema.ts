/** JSON Schema (2020-12) of `GroupsDocument`. Additions are free, so unknown members are allowed. */
import { DUPLICATE_RELATIONS, RELATED_RELATIONS } from './groups-document.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const count: Schema = { type: 'integer', minimum: 0 };
const figure: Schema = { type: 'number' };
const share: Schema = { type: 'number', minimum: 0, maximum: 1 };
const contentHash: Schema = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' };
const duplicateRelation: Schema = { type: 'string', enum: [...DUPLICATE_RELATIONS] };

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

function list(items: Schema, limits: Schema = {}): Schema {
  return { type: 'array', items, ...limits };
}

/** An object that has all of `required` and may have `optional`. */
function record(required: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return { type: 'object', properties: { ...required, ...optional }, required: Object.keys(required) };
}

const tags = record({
  title: orNull(text),
  artist: orNull(text),
  album: orNull(text),
  albumArtist: orNull(text),
  disc: orNull(count),
  track: orNull(count),
});

const file = record(
  {
    path: text,
    sizeBytes: count,
    durationSeconds: orNull(figure),
    codec: orNull(text),
    container: orNull(text),
    bitRate: orNull(count),
    sampleRateHz: orNull(count),
    bitsPerSample: orNull(count),
    channels: orNull(count),
    lossless: orNull(flag),
    relationToKeeper: duplicateRelation,
    similarity: orNull(share),
    offsetSeconds: orNull(figure),
    truncated: flag,
    damaged: orNull(flag),
    hardLinkOf: orNull(text),
    contentHash,
    audioHash: orNull(text),
    reasons: list(text),
    tags,
  },
  { pathBase64: text },
);

const release = record(
  { album: text, albumArtist: orNull(text), disc: count, track: count, files: count, keeper: text },
  { keeperPathBase64: text },
);

const decided = record({ n: count, a: text, b: text }, { aPathBase64: text, bPathBase64: text });

const group = record(
  {
    id: { type: 'string', pattern: '^[0-9a-f]{16}$' },
    relation: duplicateRelation,
    reclaimableBytes: count,
    keeper: text,
    keeperReasons: list(text, { minItems: 1 }),
    releases: list(release),
    decisions: list(decided),
    files: list(file, { minItems: 2 }),
  },
  { keeperPathBase64: text },
);

const related = record(
  { a: text, b: text, relation: { type: 'string', enum: [...RELATED_RELATIONS] }, similarity: orNull(share) },
  { aPathBase64: text, bPathBase64: text },
);

const failure = record({ path: text, code: text, message: text }, { pathBase64: text });

/** What `find --json` and `groups --json` print. */
export const GROUPS_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Duplicate groups',
  ...record({
    v: { const: 1 },
    library: record({ files: count, recordings: count, failed: count, bytes: count }),
    expectedFalseGroups: orNull({ type: 'number', minimum: 0 }),
    groups: list(group),
    related: list(related),
    failures: list(failure),
  }),
};
