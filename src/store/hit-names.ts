/**
 * From nodes that are hit to the names by which people know them, as a reader would find them: name by name from the root.
 * On the way it turns out which folders cannot be listed, and which names not be found, so that all below is hit, too.
 */
import { AppError } from '#kernel';
import type { NamedNodes } from './named-nodes.ts';
import type { Entry, Node, StoreDatabase } from './ports.ts';
import { damagedStore } from './recipe.ts';
import { ROOT } from './tree/nodes.ts';

/** A file or folder that does not give what it holds, or may not. */
export interface HitFile {
  readonly node: number;
  /** As bytes; more than one where it has several names, none where no name leads to it any more. */
  readonly paths: readonly Uint8Array[];
  readonly message: string;
}

interface Folder {
  readonly node: number;
  readonly path: Uint8Array;
  /** Why nothing below it can be reached. */
  readonly lost: string | undefined;
}

const ENTRIES_AT_ONCE = 1000;
const SLASH = Uint8Array.of(0x2f);

/** @param hit nodes, and what is wrong with each */
export function namesOfHit(
  database: StoreDatabase,
  names: NamedNodes,
  hit: ReadonlyMap<number, string>,
): readonly HitFile[] {
  const found = new Map<number, { paths: Uint8Array[]; message: string }>();
  for (const [node, message] of hit) found.set(node, { paths: [], message });

  function tell(node: number, path: Uint8Array, message: string): void {
    const known = found.get(node);
    if (known === undefined) found.set(node, { paths: [path], message });
    else known.paths.push(path);
  }

  /** Tells of the folder and the files in it. @returns the folders in it, and what may be folders */
  function look({ node, path, lost }: Folder): Folder[] {
    let known: readonly Entry[] = [];
    const unlisted =
      lost ??
      troubleOf(() => {
        known = allIn(database, node);
      });
    if (unlisted !== undefined) known = seen.has(node) ? [] : names.namesIn(node);
    seen.add(node);
    let wrong = unlisted ?? hit.get(node);
    const folders: Folder[] = [];
    for (const entry of known) {
      const inside = Buffer.concat([path, SLASH, entry.name]);
      const child = looked(database, entry.node);
      wrong ??= child.lost;
      const unfound = lost ?? troubleOf(() => find(database, node, entry.name)) ?? child.lost;
      const message = unfound ?? hit.get(entry.node);
      if (child.node === undefined || child.node.kind === 'folder')
        folders.push({ node: entry.node, path: inside, lost: unfound });
      else if (message !== undefined) tell(entry.node, inside, message);
    }
    if (wrong !== undefined) tell(node, path.length === 0 ? SLASH : path, wrong);
    return folders;
  }

  const seen = new Set<number>();
  const ahead: Folder[] = [{ node: ROOT, path: new Uint8Array(), lost: looked(database, ROOT).lost }];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) ahead.push(...look(next));
  return Array.from(found, ([node, rest]) => ({ node, ...rest }));
}

function allIn(database: StoreDatabase, folder: number): readonly Entry[] {
  const all: Entry[] = [];
  for (let cookie = 0; ; ) {
    const some = database.entriesAfter(folder, cookie, ENTRIES_AT_ONCE);
    all.push(...some);
    if (some.length < ENTRIES_AT_ONCE) return all;
    cookie = some.at(-1)?.cookie ?? 0;
  }
}

/** The node, or why it cannot be had. */
function looked(database: StoreDatabase, id: number): { node?: Node; lost?: string } {
  let node: Node | undefined;
  const lost = troubleOf(() => {
    node = database.node(id);
  });
  if (node !== undefined) return { node };
  return { lost: lost ?? `Node ${id} is not there.` };
}

function find(database: StoreDatabase, folder: number, name: Uint8Array): void {
  if (database.entry(folder, name) === undefined) throw damagedStore(`Its name is not in folder ${folder} any more.`);
}

function troubleOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof AppError && error.kind === 'corrupt') return error.message;
    throw error;
  }
}
