/** What the daemon needs to do its work, looked at whenever `/readyz` is asked. */
import type { CatalogueStore } from '#catalogue';
import type { Settings } from '#config';
import type { RootFinder } from '#gate';
import type { ReadyCheck } from '#http';
import { AppError, type BytePath, displayPath } from '#kernel';

export interface ReadinessParts {
  readonly settings: Pick<Settings, 'roots' | 'inboxes'>;
  readonly store: Pick<CatalogueStore, 'missingCount' | 'present'>;
  readonly finder: RootFinder;
  readonly isEmpty: (folder: BytePath) => boolean;
  /** The decoder in use; `null` where there is none. */
  readonly decoder: () => Promise<string | null>;
}

/** Folders are known again by what they were when they were first seen: a mount point without its volume is another one. */
export function createReadiness(parts: ReadinessParts): () => Promise<readonly ReadyCheck[]> {
  const { settings } = parts;
  const seen = new Map<BytePath, string>();
  const folders = [
    ...settings.roots.map((path) => ({ name: `root ${displayPath(path)}`, path, holdsLibrary: true })),
    ...settings.inboxes.map(({ name, path }) => ({ name: `inbox ${name}`, path, holdsLibrary: false })),
  ];
  const check = async (name: string, find: () => Promise<string | undefined>): Promise<ReadyCheck> => {
    const trouble = await find();
    return { name, isReady: trouble === undefined, ...(trouble !== undefined && { trouble }) };
  };
  const checkAll = async (): Promise<readonly ReadyCheck[]> => [
    await check('catalogue', () => catalogueTrouble(parts)),
    await check('decoder', async () => ((await parts.decoder()) === null ? 'There is no decoder.' : undefined)),
    ...(await Promise.all(
      folders.map(({ name, path, holdsLibrary }) => check(name, () => folderTrouble(parts, seen, path, holdsLibrary))),
    )),
  ];
  return checkAll;
}

async function catalogueTrouble({ store }: ReadinessParts): Promise<string | undefined> {
  try {
    await store.missingCount();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

async function folderTrouble(
  { finder, isEmpty, store }: ReadinessParts,
  seen: Map<BytePath, string>,
  path: BytePath,
  holdsLibrary: boolean,
): Promise<string | undefined> {
  try {
    const root = finder.rootAt(path);
    if (root === undefined) return 'It is not there.';
    const before = seen.get(path);
    if (!isEmpty(root.path)) seen.set(path, root.key);
    else if (before !== undefined && before !== root.key) return 'It is empty, and not the folder that it was.';
    else if (holdsLibrary && (await isKnownToHold(store, root.path))) return 'It is empty, and held files before.';
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

async function isKnownToHold(store: ReadinessParts['store'], folder: BytePath): Promise<boolean> {
  const below = folder === '/' ? folder : `${folder}/`;
  for await (const page of store.present()) if (page.some(({ file }) => file.path.startsWith(below))) return true;
  return false;
}
