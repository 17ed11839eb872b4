// ripfs-like.mjs import STORE FOLDER | export STORE DIR
//
// Our own re-implementation of how ripfs stores recordings, in JavaScript, as a peer to measure against: each file is
// read into memory and cut (ripfs-chunker.mjs); where a chunk was seen before, the match is extended byte by byte both
// ways; the longest extents are painted over the file, and what they leave open decides whether it becomes a recipe or a
// blob of its own. The folders, recipes and references are those of ripfs (little-endian); there is no mount, and none of
// the size caches that only a mount needs.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { cutsOf } from './ripfs-chunker.mjs';

/** More bytes than this that no extent covers, and the file is stored whole. */
const THRESHOLD_BYTES = 128 * 1024;
/** The map of a file has a byte per byte; 0 is what nothing covers. */
const MOST_EXTENTS = 254;
const [REFERENCE, VERBATIM] = [1, 2];
const REFERENCE_BYTES = 32;
const HASH_BYTES = 16;
const COMPARED_BYTES = 64 * 1024;

const md5 = (bytes) => createHash('md5').update(bytes).digest();
const fileOf = (store, kind, hash) => {
  const name = hash.toString('hex');
  return path.join(store, kind, name.slice(0, 2), name.slice(2, 4), name.slice(4));
};

function write(file, bytes) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, bytes);
}

const reference = ({ blob, offset, length }) => {
  const record = Buffer.alloc(REFERENCE_BYTES);
  blob.copy(record);
  record.writeBigUInt64LE(BigInt(offset), HASH_BYTES);
  record.writeBigUInt64LE(BigInt(length), HASH_BYTES + 8);
  return record;
};

const readReference = (record) => ({
  blob: record.subarray(0, HASH_BYTES),
  offset: Number(record.readBigUInt64LE(HASH_BYTES)),
  length: Number(record.readBigUInt64LE(HASH_BYTES + 8)),
});

/** Where a chunk was seen: one record per blob that holds it. */
function seenAt(store, chunkHash) {
  const file = fileOf(store, 'chunks', chunkHash);
  if (!fs.existsSync(file)) return [];
  const records = fs.readFileSync(file);
  return Array.from({ length: records.length / REFERENCE_BYTES }, (_, n) =>
    readReference(records.subarray(n * REFERENCE_BYTES, (n + 1) * REFERENCE_BYTES)),
  );
}

/** How many bytes are equal from `at` in the file and `from` in the blob onwards. */
function equalForwards(file, at, blob, from) {
  const most = Math.min(file.length - at, blob.length - from);
  let equal = 0;
  while (equal < most) {
    const step = Math.min(COMPARED_BYTES, most - equal);
    if (blob.compare(file, at + equal, at + equal + step, from + equal, from + equal + step) !== 0) break;
    equal += step;
  }
  while (equal < most && file[at + equal] === blob[from + equal]) equal++;
  // ripfs leaves the last byte before a difference out.
  return equal < most ? equal - 1 : equal;
}

function equalBackwards(file, at, blob, from) {
  const most = Math.min(at, from);
  let equal = 0;
  while (equal < most && file[at - 1 - equal] === blob[from - 1 - equal]) equal++;
  return equal < most ? Math.max(0, equal - 1) : equal;
}

/** One extent for every blob and shift between it and the file that a chunk testifies to. */
function extentsOf(store, file, chunks) {
  const seen = new Set();
  const extents = [];
  for (const { start, hash } of chunks) {
    for (const { blob, offset } of seenAt(store, hash)) {
      const shift = start - offset;
      const key = `${blob.toString('hex')} ${shift}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const whole = fs.readFileSync(fileOf(store, 'blobs', blob));
      const before = equalBackwards(file, start, whole, offset);
      const after = equalForwards(file, start, whole, offset);
      extents.push({ blob, shift, start: start - before, end: start + after });
    }
  }
  return extents.sort((a, b) => b.end - b.start - (a.end - a.start)).slice(0, MOST_EXTENTS);
}

/** Which extent gives each byte, by number from 1. Later ones go around what is painted at their ends. */
function paint(extents, size) {
  const map = new Uint8Array(size);
  for (const [n, extent] of extents.entries()) {
    let { start, end } = extent;
    while (start < end && map[start] !== 0) start++;
    while (end > start && map[end - 1] !== 0) end--;
    map.fill(n + 1, start, end);
  }
  return map;
}

function recipeOf(file, extents, map) {
  const records = [];
  for (let at = 0; at < map.length; ) {
    const start = at;
    const number = map[at];
    while (at < map.length && map[at] === number) at++;
    if (number > 0) {
      const { blob, shift } = extents[number - 1];
      records.push(Buffer.of(REFERENCE), reference({ blob, offset: start - shift, length: at - start }));
    } else {
      const head = Buffer.alloc(9, VERBATIM);
      head.writeBigUInt64LE(BigInt(at - start), 1);
      records.push(head, file.subarray(start, at));
    }
  }
  return Buffer.concat(records);
}

/** The file becomes a blob, and its chunks are known from now on; gives its recipe. */
function storeWhole(store, file, chunks) {
  const blob = md5(file);
  write(fileOf(store, 'blobs', blob), file);
  for (const { start, end, hash } of chunks) {
    const index = fileOf(store, 'chunks', hash);
    fs.mkdirSync(path.dirname(index), { recursive: true });
    fs.appendFileSync(index, reference({ blob, offset: start, length: end - start }));
  }
  return Buffer.concat([Buffer.of(REFERENCE), reference({ blob, offset: 0, length: file.length })]);
}

function chunksOf(file) {
  let start = 0;
  return Array.from(cutsOf(file), (end) => {
    const chunk = { start, end, hash: md5(file.subarray(start, end)) };
    start = end;
    return chunk;
  });
}

function deduplicated(store, file) {
  const chunks = chunksOf(file);
  const extents = extentsOf(store, file, chunks);
  if (extents.length === 0) return storeWhole(store, file, chunks);
  const map = paint(extents, file.length);
  const unique = map.reduce((sum, number) => sum + (number === 0 ? 1 : 0), 0);
  return unique > THRESHOLD_BYTES ? storeWhole(store, file, chunks) : recipeOf(file, extents, map);
}

function restored(store, recipe) {
  const pieces = [];
  for (let at = 0; at < recipe.length; ) {
    if (recipe[at] === REFERENCE) {
      const { blob, offset, length } = readReference(recipe.subarray(at + 1));
      pieces.push(fs.readFileSync(fileOf(store, 'blobs', blob)).subarray(offset, offset + length));
      at += 1 + REFERENCE_BYTES;
    } else {
      const length = Number(recipe.readBigUInt64LE(at + 1));
      pieces.push(recipe.subarray(at + 9, at + 9 + length));
      at += 9 + length;
    }
  }
  return Buffer.concat(pieces);
}

/** Every file below a folder, relative to it, in order of the names. */
const filesBelow = (folder) =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();

const [task, store, folder] = process.argv.slice(2);
const tree = path.join(store, 'files');
if (task === 'import') {
  for (const name of filesBelow(folder)) {
    const recipe = deduplicated(store, fs.readFileSync(path.join(folder, name)));
    write(path.join(tree, path.basename(folder), name), recipe);
  }
} else {
  for (const name of filesBelow(tree)) {
    write(path.join(folder, name), restored(store, fs.readFileSync(path.join(tree, name))));
  }
}
