/** Gives what was written to a file to the packs, where it is shared: in the background, after the file was left alone. */
import type { Bytes, Ingest } from './ingest.ts';
import type { StoreParts } from './ports.ts';
import type { Tree } from './tree/tree.ts';

/**
 * Takes the bytes of a raw file into packs; from the commit on the file shares them, and its raw bytes can be spared. Yields
 * the bytes done, now and then. Holds the store's lock until it ends.
 * @returns false where nothing was done: the file is not raw, or was changed meanwhile
 * @throws PosixError ESTALE where the file is gone; AppError as of {@link Ingest}
 */
export function* deduplicate(
  { database }: Pick<StoreParts, 'database'>,
  tree: Tree,
  ingest: Ingest,
  file: number,
): Generator<number, boolean> {
  const seen = tree.calm(file);
  if (!seen.isRaw || seen.size === 0) return false;
  using batch = ingest.begin();
  const pending = yield* batch.add(() => bytesOf(tree, file));
  if (pending.content.size !== seen.size) return false;
  return batch.commit((add) => {
    const content = add(pending);
    const isShared = tree.acts.share(seen, content);
    // Nobody holds it, so nobody would ever give it up.
    if (!isShared) database.dropContent(content);
    return isShared;
  });
}

function bytesOf(tree: Tree, file: number): Bytes {
  let at = 0;
  return {
    read(into) {
      const length = tree.read(file, at, into);
      at += length;
      return length;
    },
  };
}
