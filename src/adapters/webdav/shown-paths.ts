/** Places as clients see them: the parts of a URL, which are names as they are shown. */

/** The names on the way from the root, whose path is empty. */
export type ShownPath = readonly string[];

/** @returns undefined where it is no path of names */
export function pathOfUrl({ pathname }: URL): ShownPath | undefined {
  const path: string[] = [];
  for (const part of pathname.split('/')) {
    if (part === '') continue;
    const name = decoded(part);
    if (name === undefined || /[/\0]/.test(name)) return undefined;
    path.push(name);
  }
  return path;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** With a slash at the end where it is a folder. */
export function urlOfPath(path: ShownPath, base: URL, isFolder: boolean): URL {
  const parts = path.map(encodeURIComponent);
  return new URL(`/${parts.join('/')}${isFolder && parts.length > 0 ? '/' : ''}`, base);
}

export function isWithin(path: ShownPath, folder: ShownPath): boolean {
  return path.length >= folder.length && folder.every((name, at) => path[at] === name);
}
