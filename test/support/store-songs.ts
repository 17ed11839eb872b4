/** Recordings of a made-up station: songs of noise that repeat, spliced with things that occur once. */
import type { StoreParts, Tree } from '#store';
import { createIngest, type ImportedFile, importItems, type SourceItem } from '#store';

const STEP = 1664525;
const ADDEND = 1013904223;

/** Bytes that look like noise, always the same for a seed. */
export function noise(length: number, seed: number): Uint8Array {
  let state = Math.imul(seed + 1, 2654435761) >>> 0;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, STEP) + ADDEND) >>> 0;
    return state >>> 24;
  });
}

/** Pieces one after the other. */
export function spliced(...pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(pieces));
}

/** A file that is to be imported, from memory. */
export function itemOf(path: string, bytes: Uint8Array, more: Partial<SourceItem> = {}): SourceItem {
  return {
    ...{ source: `/away/${path}`, path, kind: 'file', mode: 0o640, uid: 3, gid: 4, sizeBytes: bytes.length },
    ...{ atimeNs: 1_500_000_000_000_000_001n, mtimeNs: 1_500_000_000_000_000_002n, device: 1n, inode: 1n, links: 1 },
    target: null,
    open: () => {
      let at = 0;
      return {
        read(into) {
          const part = bytes.subarray(at, at + into.length);
          into.set(part);
          at += part.length;
          return part.length;
        },
        rewind: () => {
          at = 0;
        },
        hasChanged: () => false,
        [Symbol.dispose]: () => undefined,
      };
    },
    ...more,
  } as SourceItem;
}

/** Imports from memory. @returns what became of each file */
export async function take(
  { parts, tree }: { readonly parts: StoreParts; readonly tree: Tree },
  items: readonly SourceItem[],
  options: { readonly isThorough?: boolean; readonly dryRun?: boolean } = {},
): Promise<ImportedFile[]> {
  const told: ImportedFile[] = [];
  await importItems({ database: parts.database, acts: tree.acts }, createIngest(parts), items, {
    ...{ isThorough: false, dryRun: false, ...options },
    signal: new AbortController().signal,
    progress: () => undefined,
    onFile: (file) => void told.push(file),
  });
  return told;
}

/** All bytes of a file in the store. */
export function bytesAt(tree: Tree, path: string): Uint8Array {
  const { id, size } = tree.resolve(`/${path}`);
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; ) at += tree.read(id, at, bytes.subarray(at));
  return bytes;
}
