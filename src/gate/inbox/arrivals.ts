/** Which of an inbox's files may be arrivals, by their names and folders. */
import { createFilter, isAudioExtension } from '#audio';
import { type BytePath, baseName, extensionOf, isUnder, joinPath } from '#kernel';

/** What programs call a file that they have not finished, in lower case. In an inbox a leading dot says the same. */
const UNFINISHED = /\.(?:part|tmp|!qb|incomplete|crdownload|partial)$/;

/** Where programs collect what they have not finished. */
const UNFINISHED_FOLDER = 'incomplete';

export interface Arrivals {
  /** Is it looked at? Unfinished files are, to know them again when they are renamed. */
  readonly wants: (name: BytePath, folder: BytePath) => boolean;
  readonly skipsFolder: (name: BytePath, folder: BytePath) => boolean;
  /** Does the name, or a folder below the root, say that the file is not finished? */
  readonly isUnfinished: (name: BytePath, folder: BytePath) => boolean;
}

/**
 * @param exclude globs of files and folders that are left alone
 * @param leaveOut folders inside the inbox that are somebody else's: other inboxes, views, libraries
 */
export function arrivalsIn(root: BytePath, exclude: readonly string[], leaveOut: readonly BytePath[]): Arrivals {
  const filter = createFilter({ extensions: null, include: [], exclude });
  const others = new Set<BytePath>(leaveOut);
  return {
    wants: filter.wants,
    skipsFolder: (name, folder) =>
      name.startsWith('.') || others.has(joinPath(folder, name)) || filter.skipsFolder(name, folder),
    isUnfinished: (name, folder) =>
      name.startsWith('.') || UNFINISHED.test(name.toLowerCase()) || isInUnfinished(folder, root),
  };
}

/** Titles begin with dots, too: "...And Justice for All", ".38 Special". */
const HIDDEN_FOLDER = /^\.[^.\d\s]/;

/** The same for a folder that a person has named: there a sound is a sound although its name begins with a dot. */
export function namedArrivalsIn(root: BytePath): Pick<Arrivals, 'wants' | 'skipsFolder'> {
  const filter = createFilter({ extensions: null, include: [], exclude: [] });
  return {
    wants: (name, folder) =>
      filter.wants(name, folder) &&
      !UNFINISHED.test(name.toLowerCase()) &&
      !isInUnfinished(folder, root) &&
      (!name.startsWith('.') || isAudioExtension(extensionOf(name))),
    skipsFolder: (name, folder) => HIDDEN_FOLDER.test(name) || filter.skipsFolder(name, folder),
  };
}

function isInUnfinished(folder: BytePath, root: BytePath): boolean {
  if (!isUnder(folder, root)) return false;
  return folder.slice(root.length).toLowerCase().split('/').includes(UNFINISHED_FOLDER);
}

/** Is something below a folder that is left out, so that changes of it mean nothing? */
export function isLeftOut(path: BytePath, root: BytePath, { skipsFolder }: Arrivals): boolean {
  for (let end = path.indexOf('/', root.length + 1); end >= 0; end = path.indexOf('/', end + 1)) {
    const folder = path.slice(0, end) as BytePath;
    const above = folder.slice(0, folder.lastIndexOf('/')) as BytePath;
    if (skipsFolder(baseName(folder), above)) return true;
  }
  return false;
}
