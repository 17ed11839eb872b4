import { anchorsOf, COMPARED_BYTES, createGear, WINDOW_BYTES } from '#chunking';
import { AppError, type Progress } from '#kernel';
import { createBlobReader } from './blob-reader.ts';
import { breathe } from './breathe.ts';
import type { StoreParts } from './ports.ts';

const BLOBS_AT_ONCE = 64;

/**
 * Finds the anchors of blobs that the index does not know: after it was lost, or a power cut took its last lines. What cannot
 * be read is left out. The caller holds the store's lock.
 * @returns how many blobs were looked at
 */
export async function reindex(
  { database, files, anchors }: StoreParts,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: Progress },
): Promise<number> {
  const through = anchors.through();
  if (through >= database.nextBlob() - 1) return 0;
  const gear = createGear(database.settings.chunks, WINDOW_BYTES, COMPARED_BYTES);
  const reader = createBlobReader(files, database.blob);
  let done = 0;
  for (let after = through; ; ) {
    const blobs = database.blobsAfter(after, BLOBS_AT_ONCE);
    const found = blobs.flatMap(({ id, length }) => {
      const bytes = new Uint8Array(length);
      try {
        reader.read(id, 0, bytes);
      } catch (error) {
        if (error instanceof AppError && error.kind === 'corrupt') return [];
        throw error;
      }
      return anchorsOf(gear, bytes).map((anchor) => ({ ...anchor, blob: id }));
    });
    const last = blobs.length < BLOBS_AT_ONCE ? database.nextBlob() - 1 : (blobs.at(-1)?.id ?? after);
    anchors.add(found, after + 1, last);
    after = last;
    done += blobs.length;
    progress({ stage: 'Indexing', items: done });
    await breathe(signal);
    if (blobs.length < BLOBS_AT_ONCE) return done;
  }
}
