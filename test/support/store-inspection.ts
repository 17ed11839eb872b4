/** What must hold of a store after an accident, once it has been opened and recovered. */
import { noProgress } from '#kernel';
import { collectGarbage, createNamedNodes, ROOT, verifyStore } from '#store';
import { storeTablesIn } from '../../src/adapters/store/index.ts';
import { unpackExtents } from '../../src/store/recipe.ts';
import { openTestStore, type TestStore } from './store.ts';
import type { StoreRecord } from './store-claims.ts';
import { bytesOf, filesIn } from './store-work.ts';

const quiet = { signal: new AbortController().signal, progress: noProgress };
const MANY = 1_000_000;

/**
 * Opens the store, and compares it with what was told; from then on the record tells what is there.
 * @param collects collects garbage, too, and looks again
 * @returns what is wrong, in sentences
 */
export async function inspectStore(folder: string, record: StoreRecord, collects = false): Promise<string[]> {
  using store = openTestStore(folder);
  store.tree.recover();
  // The last transaction may be in the second copy and not in the tables, until the next one.
  store.tree.change(ROOT, { mode: 0o755 });
  const files = (): ReadonlyMap<string, Uint8Array> =>
    new Map(filesIn(store.tree).map(({ path, node }) => [path, bytesOf(store.tree, node)]));
  const found = [...(await verified(store)), ...disagreements(store)];
  // Where the store says itself that it is damaged, not all can be read.
  if (found.length > 0) return found;
  const before = files();
  found.push(...record.complaints(before));
  record.settle(before);
  if (!collects || found.length > 0) return found;
  await collectGarbage(store.parts, { ...quiet, dryRun: false });
  const after = [
    ...(await verified(store)),
    ...disagreements(store),
    ...leftovers(store),
    ...record.complaints(files()),
  ];
  return after.map((sentence) => `After a collection: ${sentence}`);
}

async function verified({ folder, parts }: TestStore): Promise<string[]> {
  const names = createNamedNodes(parts.database);
  const { hit, problems, notes } = await verifyStore(parts, names, { ...quiet, readData: true });
  const hits = hit.map(({ paths, node, message }) => `${paths.map(String).join(', ')} (node ${node}): ${message}`);
  const isCopyTrue = notes.length > 0 || copiesAgree(folder, parts);
  return [
    ...hits,
    ...problems,
    ...(isCopyTrue ? [] : ['The second copy says other names, and not that it is behind.']),
  ];
}

/** Does the second copy have the names that the tables have? */
function copiesAgree(folder: string, { database }: TestStore['parts']): boolean {
  using copied = storeTablesIn(folder, folder).copiedNames();
  const folders = database.nodesAfter(0, MANY).filter(({ kind }) => kind === 'folder');
  const namesIn = (of: Pick<typeof database, 'soundEntries'>, id: number): string =>
    of
      .soundEntries(id)
      .map(({ name, node }) => `${Buffer.from(name)} ${node}`)
      .sort()
      .join();
  return folders.every(({ id }) => namesIn(copied, id) === namesIn(database, id));
}

/** Rows that contradict one another, though each is sound. */
function disagreements({ parts: { database, files } }: TestStore): string[] {
  const nodes = database.nodesAfter(0, MANY);
  const contents = database.contentsAfter(0, MANY).map(({ id }) => id);
  const blobs = new Set([0, ...database.blobsAfter(0, MANY).map(({ id }) => id)]);
  const extents = contents.flatMap((id) => database.pagesOf(id)).flatMap(unpackExtents);
  const lacking = new Set(extents.map(({ blob }) => blob).filter((blob) => !blobs.has(blob)));
  const held = nodes.flatMap(({ content }) => (content === null ? [] : [content])).sort((a, b) => a - b);
  const raw = nodes.filter(({ isRaw }) => isRaw).map(({ id }) => `${id}`);
  const nameless = nodes.filter(({ id, links }) => id !== ROOT && links === 0);
  return [
    ...(`${held}` === `${contents}` ? [] : [`Nodes hold the contents ${held}, and there are ${contents}.`]),
    ...Array.from(lacking, (id) => `Blob ${id} is used, and is not there.`),
    ...nameless.map(({ id }) => `Node ${id} has no name.`),
    ...differences('raw', files.names('raw'), raw, true),
    ...database.packs().flatMap(({ id, length }) => {
      const size = files.size(`packs/${packFile(id)}`) ?? 0;
      return size < length ? [`Pack ${id} has ${size} bytes of ${length}.`] : [];
    }),
  ];
}

/** What a collection of garbage ought to have taken along. */
function leftovers({ parts: { database, files } }: TestStore): string[] {
  const packs = database.packs().map(({ id }) => packFile(id));
  return differences('packs', files.names('packs'), packs, false);
}

/** @param isEmptyAllowed a raw file of no bytes needs no file */
function differences(folder: string, there: readonly string[], wanted: readonly string[], isEmptyAllowed: boolean) {
  const more = there.filter((name) => !wanted.includes(name));
  const less = isEmptyAllowed ? [] : wanted.filter((name) => !there.includes(name));
  return [
    ...more.map((name) => `${folder}/${name} belongs to nothing.`),
    ...less.map((name) => `${folder}/${name} is not there.`),
  ];
}

function packFile(id: number): string {
  return `${id}`.padStart(8, '0');
}
