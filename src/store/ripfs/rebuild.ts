/** A file of an old store, rebuilt while it is read: at most one blob is open, and no bytes are kept. */
import type { OpenSource } from '../sources.ts';
import type { RipfsBlobs } from './blobs.ts';
import type { Damaged, RandomFile } from './ports.ts';
import { type RecipeReader, type RipfsPiece, readRecipe, type SharedPiece } from './recipe.ts';

/** How long the file is. Reads no more of the recipe than that takes, and nothing of the blobs. */
export function rebuiltSize(recipe: OpenSource, sizeBytes: number, blobs: RipfsBlobs, damaged: Damaged): number {
  const reader = readRecipe(recipe, sizeBytes, damaged);
  let size = 0;
  for (let piece = reader.next(); piece !== undefined; piece = reader.next()) {
    if (piece.kind === 'shared') blobs.measure(piece, damaged);
    size += piece.length;
    if (size > Number.MAX_SAFE_INTEGER) throw damaged('its recipe names a length that no file has');
  }
  return size;
}

/** Takes `recipe` over. After an error every further read fails in the same way, until it is begun anew. */
export function rebuild(recipe: OpenSource, sizeBytes: number, blobs: RipfsBlobs, damaged: Damaged): OpenSource {
  let reader: RecipeReader = readRecipe(recipe, sizeBytes, damaged);
  let piece: RipfsPiece = { kind: 'own', length: 0 };
  /** Bytes of the piece. */
  let left = 0;
  let blob: { readonly name: string; readonly file: RandomFile } | undefined;
  let failed: { readonly error: unknown } | undefined;

  function close(): void {
    blob?.file[Symbol.dispose]();
    blob = undefined;
  }

  function readShared(shared: SharedPiece, into: Uint8Array): number {
    if (left === shared.length) turnTo(shared);
    const got = blob?.file.read(shared.offset + shared.length - left, into) ?? 0;
    if (got === 0) throw damaged('a part of it became shorter while it was read');
    return got;
  }

  function turnTo(shared: SharedPiece): void {
    if (blob?.name === shared.blob) return;
    close();
    blob = { name: shared.blob, file: blobs.open(shared.blob, damaged) };
  }

  function read(into: Uint8Array): number {
    while (left === 0) {
      const next = reader.next();
      if (next === undefined) return 0;
      piece = next;
      left = next.length;
    }
    const part = into.subarray(0, Math.min(into.length, left));
    const got = piece.kind === 'own' ? reader.read(part) : readShared(piece, part);
    left -= got;
    return got;
  }

  return {
    read(into) {
      if (failed !== undefined) throw failed.error;
      if (into.length === 0) return 0;
      try {
        return read(into);
      } catch (error) {
        failed = { error };
        throw error;
      }
    },
    rewind() {
      recipe.rewind();
      reader = readRecipe(recipe, sizeBytes, damaged);
      left = 0;
      failed = undefined;
    },
    hasChanged: () => recipe.hasChanged(),
    [Symbol.dispose]() {
      close();
      recipe[Symbol.dispose]();
    },
  };
}
