/** Paths as text: what `.` and `..` make of them. Links are not followed, as players do not follow them either. */
import { type BytePath, joinPath } from '#kernel';

/** The absolute path that `path`, absolute or relative to `folder`, names; without `.`, `..` or doubled slashes. */
export function resolvePath(folder: BytePath, path: BytePath): BytePath {
  const names: string[] = [];
  for (const name of (path.startsWith('/') ? path : joinPath(folder, path)).split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}` as BytePath;
}

/** How `path` is named from within `folder`; both absolute and resolved. `.` for the folder itself. */
export function relativePath(folder: BytePath, path: BytePath): BytePath {
  const here = namesOf(folder);
  const there = namesOf(path);
  const differs = here.findIndex((name, at) => name !== there[at]);
  const shared = differs < 0 ? here.length : differs;
  const names = [...here.slice(shared).map(() => '..'), ...there.slice(shared)];
  return (names.join('/') || '.') as BytePath;
}

function namesOf(path: BytePath): string[] {
  return path.split('/').filter((name) => name !== '');
}
