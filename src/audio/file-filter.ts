/** Which files and folders a walk looks at. Patterns are globs: `*` within a name, `**` across folders, `?` one character. */
import { type BytePath, extensionOf, joinPath } from '#kernel';

export interface FilterSettings {
  /** Lower case, without the dot; `null` for files of any name. */
  readonly extensions: readonly string[] | null;
  /** Files that match one of these are wanted whatever their extension is. */
  readonly include: readonly string[];
  /** Files and folders that match one of these are left out; wins over everything else. */
  readonly exclude: readonly string[];
}

/** What systems and servers keep beside the music: previews, trash, lost blocks. */
const SYSTEM_FOLDERS = new Set([
  ...['@eaDir', '#recycle', '$RECYCLE.BIN', 'System Volume Information', 'lost+found'],
  ...['.AppleDouble', '.Trashes', '.Spotlight-V100', '.fseventsd'],
]);
const TRASH = '.Trash-';
/** The half of a Macintosh file that is not its data. */
const APPLE_DOUBLE = '._';

export interface FileFilter {
  readonly wants: (name: BytePath, folder: BytePath) => boolean;
  readonly skipsFolder: (name: BytePath, folder: BytePath) => boolean;
  /** Was the file asked for by a pattern, so that nothing else about it matters? */
  readonly includes: (name: BytePath, folder: BytePath) => boolean;
}

/** The settings as two questions. */
export function createFilter({ extensions, include, exclude }: FilterSettings): FileFilter {
  const wanted = extensions && new Set(extensions.map((extension) => extension.toLowerCase().replace(/^\./, '')));
  const included = include.map(matcher);
  const excluded = exclude.map(matcher);
  const isOut = (name: BytePath, folder: BytePath): boolean => excluded.some((matches) => matches(name, folder));
  const includes = (name: BytePath, folder: BytePath): boolean => included.some((matches) => matches(name, folder));
  return {
    wants: (name, folder) => {
      if (name.startsWith(APPLE_DOUBLE) || isOut(name, folder)) return false;
      return wanted === null || wanted.has(extensionOf(name)) || includes(name, folder);
    },
    includes,
    skipsFolder: (name, folder) => SYSTEM_FOLDERS.has(name) || name.startsWith(TRASH) || isOut(name, folder),
  };
}

type Matcher = (name: BytePath, folder: BytePath) => boolean;

/** A pattern without a slash is about the name alone, wherever it lies; another one is about the end of the path. */
function matcher(pattern: string): Matcher {
  const trimmed = pattern.replace(/\/+$/, '');
  const source = trimmed
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map(globPart)
    .join('');
  if (!trimmed.includes('/')) {
    const wholeName = new RegExp(`^${source}$`, 'su');
    return (name) => wholeName.test(name);
  }
  const end = new RegExp(`${trimmed.startsWith('/') ? '^' : '(?:^|/)'}${source}$`, 'su');
  return (name, folder) => end.test(joinPath(folder, name));
}

function globPart(part: string): string {
  switch (part) {
    case '**/':
      return '(?:.*/)?';
    case '**':
      return '.*';
    case '*':
      return '[^/]*';
    case '?':
      return '[^/]';
    default:
      return part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  }
}
