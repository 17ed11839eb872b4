/**
 * Writes small stores as ripfs leaves them on disk, from the description of the format alone, and says what a recipe must
 * give, in the plainest way. Shares no line with the reader that is tested with it.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A name from `files` on, in bytes where it is not UTF-8. */
export type RipfsName = string | Buffer;

export type RipfsRecord =
  | { readonly raw: Uint8Array }
  | { readonly blob: Uint8Array; readonly offset?: number; readonly length?: number }
  | { readonly verbatim: Uint8Array };

export interface RipfsStore extends Disposable {
  readonly folder: string;
  /** Of every blob, by the MD5 of its content. */
  readonly blobs: ReadonlyMap<string, Buffer>;
  makeFolder(name: RipfsName): void;
  link(name: RipfsName, target: RipfsName): void;
  /** Stores the content as a blob, with an index of its chunks. @returns its MD5 */
  addBlob(content: Uint8Array): string;
  blobFile(md5: string): string;
  /** Writes a recipe of these records, and the blobs that it needs. @returns the recipe */
  add(name: RipfsName, ...records: readonly RipfsRecord[]): Buffer;
  /** Writes these very bytes as a recipe. */
  write(name: RipfsName, recipe: Uint8Array): void;
  file(name: RipfsName): Buffer;
}

/** Ripfs cuts by content; nothing here depends on where. */
const CHUNK_BYTES = 64 << 10;

export function createRipfsStore(): RipfsStore {
  const folder = mkdtempSync(path.join(tmpdir(), 'reprise-ripfs-'));
  const blobs = new Map<string, Buffer>();
  const file = (name: RipfsName) => Buffer.concat([Buffer.from(`${folder}/files/`), Buffer.from(name)]);
  const place = (kind: string, md5: string) => {
    const fanned = path.join(folder, kind, md5.slice(0, 2), md5.slice(2, 4));
    mkdirSync(fanned, { recursive: true });
    return path.join(fanned, md5.slice(4));
  };
  mkdirSync(path.join(folder, 'files'));

  function addBlob(content: Uint8Array): string {
    const md5 = md5Of(content);
    if (blobs.has(md5)) return md5;
    blobs.set(md5, Buffer.from(content));
    writeFileSync(place('blobs', md5), content);
    for (let at = 0; at < content.length; at += CHUNK_BYTES) {
      const chunk = content.subarray(at, at + CHUNK_BYTES);
      writeFileSync(place('chunks', md5Of(chunk)), reference(md5, at, chunk.length), { flag: 'a' });
    }
    return md5;
  }

  function recordOf(record: RipfsRecord): Buffer {
    if ('raw' in record) return Buffer.concat([Buffer.of(0), record.raw]);
    if ('verbatim' in record) return Buffer.concat([Buffer.of(2), number(record.verbatim.length), record.verbatim]);
    const { blob, offset = 0, length = blob.length - offset } = record;
    return Buffer.concat([Buffer.of(1), reference(addBlob(blob), offset, length)]);
  }

  function write(name: RipfsName, recipe: Uint8Array): void {
    writeFileSync(file(name), recipe);
    utimesSync(file(name), 1_000_000_000, 1_200_000_000);
  }

  return {
    ...{ folder, blobs, addBlob, write, file },
    makeFolder: (name) => mkdirSync(file(name)),
    link: (name, target) => symlinkSync(target, file(name)),
    blobFile: (md5) => place('blobs', md5),
    add(name, ...records) {
      const recipe = Buffer.concat(records.map(recordOf));
      write(name, recipe);
      return recipe;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** What the recipe gives, or `undefined` where it is damaged or needs what is not there. */
export function rebuilt(recipe: Buffer, blobs: ReadonlyMap<string, Buffer>): Buffer | undefined {
  if (recipe.length === 0) return undefined;
  if (recipe[0] === 0) return recipe.subarray(1);
  const parts: Buffer[] = [];
  for (let rest = recipe; rest.length > 0; ) {
    const type = rest[0];
    if (type === 1 && rest.length >= 33) {
      const blob = blobs.get(rest.toString('hex', 1, 17));
      const [offset, length] = [rest.readBigUInt64LE(17), rest.readBigUInt64LE(25)];
      if (blob === undefined || offset + length > blob.length) return undefined;
      parts.push(blob.subarray(Number(offset), Number(offset + length)));
      rest = rest.subarray(33);
    } else if (type === 2 && rest.length >= 9) {
      const end = 9n + rest.readBigUInt64LE(1);
      if (end > rest.length) return undefined;
      parts.push(rest.subarray(9, Number(end)));
      rest = rest.subarray(Number(end));
    } else return undefined;
  }
  return Buffer.concat(parts);
}

function md5Of(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

function reference(md5: string, offset: number, length: number): Buffer {
  return Buffer.concat([Buffer.from(md5, 'hex'), number(offset), number(length)]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
