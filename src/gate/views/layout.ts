/** Which name a file has in a view, and what a link there says. Looks at nothing. */
import { type BytePath, baseName, commonFolder, folderOf, isUnder, joinPath } from '#kernel';

/** Where the names in a view come from. */
export interface Layout {
  /** All spellings of the inbox's folder. */
  readonly inboxes: readonly BytePath[];
  /** Folders of the inbox, relative, `.` for itself: what lies directly in one gets a folder of its own name. */
  readonly folderPerFile: readonly string[];
}

/** The name within the view, as a relative path; `undefined` for what did not arrive in the inbox. */
export function nameInView(arrived: BytePath, { inboxes, folderPerFile }: Layout): BytePath | undefined {
  const inbox = inboxes.find((folder) => arrived !== folder && isUnder(arrived, folder));
  if (inbox === undefined) return undefined;
  const name = arrived.slice(inbox === '/' ? 1 : inbox.length + 1) as BytePath;
  const parts = name.split('/');
  // A name that leads elsewhere is no name of a file that arrived.
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return undefined;
  const folder = parts.slice(0, -1).join('/') || '.';
  return folderPerFile.some((each) => plain(each) === folder) ? joinPath(name, baseName(name)) : name;
}

/** `./Singles/` is `Singles`. */
function plain(folder: string): string {
  return (
    folder
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .join('/') || '.'
  );
}

/** What a symbolic link at `link` says so that it leads to `target`, relatively: the way up and the way down. */
export function linkText(link: BytePath, target: BytePath): BytePath {
  const from = folderOf(link);
  const common = commonFolder(from, folderOf(target));
  const below = (path: BytePath): string[] =>
    path
      .slice(common.length)
      .split('/')
      .filter((part) => part !== '');
  return [...below(from).map(() => '..'), ...below(target)].join('/') as BytePath;
}

/** The folders between `root` and the entry, the outermost first. */
export function foldersAbove(entry: BytePath, root: BytePath): BytePath[] {
  const folders: BytePath[] = [];
  for (let folder = folderOf(entry); folder !== root && isUnder(folder, root); folder = folderOf(folder)) {
    folders.unshift(folder);
  }
  return folders;
}
