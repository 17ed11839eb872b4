/** The plan as a JSON document, and the document read again, which a person may have edited. */
import { AppError, type BytePath, bytesOfBase64, pathFromBytes } from '#kernel';
import { type Plan, type PlanItem, type PlannedFile, type PlaylistEdit, VERBS, type Verb } from './plan.ts';

/** Plain data; paths are exact and get their bytes beside them where the document is written. */
export function planDocument({ id, made, command, reclaimableBytes, roots, protected: safe, items }: Plan): object {
  const paths = (list: readonly BytePath[]): object[] => list.map((path) => ({ path }));
  return {
    ...{ v: 1, id, made, command, reclaimableBytes },
    ...{ roots: paths(roots), protected: paths(safe), items: items.map(itemDocument) },
  };
}

function itemDocument({ n, verb, source, destination, keeper, ...rest }: PlanItem): object {
  const { sizeBytes, contentHash } = source;
  const kept = keeper && {
    keeperSizeBytes: keeper.sizeBytes,
    keeperMtimeNs: String(keeper.mtimeNs),
    keeperInode: decimal(keeper.inode),
    keeperContentHash: keeper.contentHash,
  };
  const { sameBytes, follows, edits, replacement, reasons } = rest;
  const replacing = replacement && {
    replacement: replacement.path,
    replacementSizeBytes: replacement.sizeBytes,
    replacementMtimeNs: String(replacement.mtimeNs),
    replacementInode: decimal(replacement.inode),
    replacementContentHash: replacement.contentHash,
  };
  return {
    ...{ n, verb, source: source.path, destination, sizeBytes, mtimeNs: String(source.mtimeNs) },
    ...{ inode: decimal(source.inode), contentHash, keeper: keeper?.path ?? null, ...kept, sameBytes },
    ...(follows.length > 0 && { follows }),
    ...(edits.length > 0 && { edits }),
    ...replacing,
    reasons,
  };
}

function decimal(inode: bigint | null): string | null {
  return inode === null ? null : String(inode);
}

type Unknown = Readonly<Record<string, unknown>>;

/** @throws AppError `plan/not-a-plan`, `plan/too-new`, `plan/unsound`, each of kind `usage` or `unsupported` */
export function readPlan(text: string): Plan {
  const document = parsed(text);
  const version = document['v'];
  if (typeof version === 'number' && version > 1) throw tooNew(version);
  const { id, made, command, reclaimableBytes, items } = document;
  if (version !== 1 || !Array.isArray(items)) throw notAPlan('it has no "v": 1 with a list of "items"');
  if (typeof id !== 'string' || !/^\w[\w.-]{0,63}$/.test(id)) {
    throw notAPlan('its "id" is not a word of letters, digits, dots and hyphens');
  }
  return {
    id,
    made: typeof made === 'string' ? made : '',
    command: typeof command === 'string' ? command : '',
    reclaimableBytes: isCount(reclaimableBytes) ? reclaimableBytes : 0,
    roots: pathsIn(document, 'roots'),
    protected: pathsIn(document, 'protected'),
    items: items.map((item, at) => itemOf(item, at + 1)),
  };
}

function parsed(text: string): Unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw notAPlan('it is not JSON, or breaks off', cause);
  }
  if (!isRecord(value)) throw notAPlan('it is no JSON object');
  return value;
}

function pathsIn(document: Unknown, key: string): BytePath[] {
  const list = document[key] ?? [];
  if (!Array.isArray(list)) throw notAPlan(`its "${key}" is no list`);
  return list.map((entry) => {
    const path = isRecord(entry) ? pathOf(entry, 'path') : undefined;
    if (path === undefined) throw notAPlan(`its "${key}" has an entry that is no absolute path`);
    return path;
  });
}

/** One item, with words for what it lacks. */
interface Reading {
  readonly item: Unknown;
  readonly place: number;
}

const ITEM_KEYS = [
  ...['n', 'verb', 'source', 'destination', 'sizeBytes', 'mtimeNs', 'inode', 'contentHash', 'keeper'],
  ...[
    'keeperSizeBytes',
    'keeperMtimeNs',
    'keeperInode',
    'keeperContentHash',
    'sameBytes',
    'follows',
    'edits',
    'reasons',
    'replacement',
    'replacementSizeBytes',
    'replacementMtimeNs',
    'replacementInode',
    'replacementContentHash',
  ],
];

/** By lower case. Others may add members; one that is ours but for its letter case may be a check that is not made. */
const spelling = new Map(ITEM_KEYS.map((key) => [key.toLowerCase(), key]));

function itemOf(value: unknown, place: number): PlanItem {
  if (!isRecord(value)) throw unsound(place, 'is no object');
  const reading: Reading = { item: value, place };
  const misspelt = Object.keys(value).find((key) => !ITEM_KEYS.includes(key) && spelling.has(key.toLowerCase()));
  if (misspelt !== undefined) {
    throw unsound(place, `has "${misspelt}", which is spelled "${spelling.get(misspelt.toLowerCase())}"`);
  }
  const { n, verb } = value;
  if (!isCount(n) || n === 0) throw unsound(place, 'needs a number "n", from 1 on');
  if (!isVerb(verb)) throw unsound(place, `needs a "verb", one of ${VERBS.join(', ')}`);
  const source = fileOf(reading, 'source', ['sizeBytes', 'mtimeNs', 'inode', 'contentHash']);
  if (source === null) throw unsound(place, 'needs a "source"');
  const replacement = fileOf(reading, 'replacement', [
    ...(['replacementSizeBytes', 'replacementMtimeNs', 'replacementInode', 'replacementContentHash'] as const),
  ]);
  return {
    ...{ n, verb, source },
    destination: optionalPath(reading, 'destination'),
    keeper: fileOf(reading, 'keeper', ['keeperSizeBytes', 'keeperMtimeNs', 'keeperInode', 'keeperContentHash']),
    sameBytes: optional(reading, 'sameBytes', 'neither true nor false', isBoolean) ?? false,
    follows: listOf(reading, 'follows', (each) => (isCount(each) ? each : undefined)),
    edits: listOf(reading, 'edits', editOf),
    ...(replacement !== null && { replacement }),
    reasons: listOf(reading, 'reasons', (each) => (typeof each === 'string' ? each : undefined)),
  };
}

function fileOf(reading: Reading, key: string, keys: readonly [string, string, string, string]): PlannedFile | null {
  const path = optionalPath(reading, key);
  if (path === null) return null;
  const [size, mtime] = keys.map((name) => reading.item[name]);
  const [, , inodeKey, hashKey] = keys;
  if (!isCount(size)) throw unsound(reading.place, `needs a "${keys[0]}": the size of ${path} in bytes`);
  if (!isDecimal(mtime)) {
    throw unsound(reading.place, `needs a "${keys[1]}": when ${path} was changed, in nanoseconds since 1970, as text`);
  }
  return {
    ...{ path, sizeBytes: size, mtimeNs: BigInt(mtime) },
    inode: bigIntOf(optional(reading, inodeKey, 'no whole number as text', isDecimal)),
    contentHash: optional(reading, hashKey, 'not "sha256:" and 64 digits', isContentHash),
  };
}

function bigIntOf(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}

/** `null` where it is not there; what is there and malformed would be a check that is left out. */
function optional<T>(
  { item, place }: Reading,
  key: string,
  is: string,
  isRight: (value: unknown) => value is T,
): T | null {
  const value = item[key] ?? null;
  if (value === null || isRight(value)) return value;
  throw unsound(place, `has a "${key}" that is ${is}`);
}

function optionalPath({ item, place }: Reading, key: string): BytePath | null {
  if (item[key] === undefined || item[key] === null) return null;
  const path = pathOf(item, key);
  if (path === undefined)
    throw unsound(place, `has a "${key}" that is no absolute path in its plainest spelling, without "." and ".."`);
  return path;
}

/** The exact path: by its bytes where they stand beside the text. */
function pathOf(record: Unknown, key: string): BytePath | undefined {
  const exact = record[key === 'path' ? 'pathBase64' : `${key}PathBase64`];
  const path = typeof exact === 'string' ? pathOfBase64(exact) : record[key];
  return typeof path === 'string' && isAbsolute(path) ? (path as BytePath) : undefined;
}

function pathOfBase64(text: string): BytePath | undefined {
  try {
    return pathFromBytes(bytesOfBase64(text));
  } catch {
    // Not base64: edited by hand.
    return undefined;
  }
}

/** Absolute and in its plainest spelling, as every path of ours. */
function isAbsolute(path: string): boolean {
  return path === '/' || (path.startsWith('/') && !path.includes('\0') && !/\/(\.{0,2})(\/|$)/.test(path));
}

function editOf(value: unknown): PlaylistEdit | undefined {
  if (!isRecord(value)) return undefined;
  const [from, to] = [pathOf(value, 'from'), pathOf(value, 'to')];
  return from === undefined || to === undefined ? undefined : { from, to };
}

function listOf<T>({ item, place }: Reading, key: string, read: (value: unknown) => T | undefined): T[] {
  const list = item[key] ?? [];
  if (!Array.isArray(list)) throw unsound(place, `has "${key}" that is no list`);
  return list.map((each) => {
    const value = read(each);
    if (value === undefined) throw unsound(place, `has an entry in "${key}" that cannot be understood`);
    return value;
  });
}

function isRecord(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isDecimal(value: unknown): value is string {
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isContentHash(value: unknown): value is string {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

function isVerb(value: unknown): value is Verb {
  return VERBS.some((verb) => verb === value);
}

function notAPlan(why: string, cause?: unknown): AppError {
  return new AppError('plan/not-a-plan', `This is not a plan: ${why}.`, {
    kind: 'usage',
    hint: 'Name a file that "reprise sweep --plan FILE" or "reprise keep --plan FILE" wrote.',
    cause,
  });
}

function tooNew(version: number): AppError {
  return new AppError('plan/too-new', `The plan is of version ${version}; this program reads version 1.`, {
    kind: 'unsupported',
    hint: 'Apply it with the newer program that made it.',
  });
}

function unsound(place: number, says: string): AppError {
  return new AppError('plan/unsound', `Entry ${place} of the plan's items ${says}.`, {
    kind: 'usage',
    hint: 'Mend or remove the item; nothing was done.',
  });
}
