/**
 * Names as clients see them. In the store a name is bytes, in a URL of WebDAV it is a text: what is not UTF-8 shows each
 * foreign byte as `%E9`, and is found again by that, as long as nothing really has that name.
 */
import { pathFromBytes } from '#kernel';

/** The names on the way from the root, whose path is empty. */
export type ShownPath = readonly string[];

/** A byte that is not UTF-8, as a path has it; pairs of surrogates are characters. */
const FOREIGN = /[\ud800-\udbff][\udc00-\udfff]|([\udc80-\udcff])/g;
const FOREIGN_SHOWN = /%([89A-F][0-9A-F])/g;

export function shownName(name: Uint8Array): string {
  return pathFromBytes(name).replace(FOREIGN, (unit, byte?: string) =>
    byte === undefined ? unit : `%${(byte.charCodeAt(0) & 0xff).toString(16).toUpperCase()}`,
  );
}

/** What may show so: the name itself first, then one that is not UTF-8. */
export function namesShownAs(shown: string): readonly Uint8Array[] {
  const itself = Buffer.from(shown);
  const parts = shown.split(FOREIGN_SHOWN);
  if (parts.length === 1) return [itself];
  const foreign = Buffer.concat(parts.map((part, at) => Buffer.from(part, at % 2 === 1 ? 'hex' : 'utf8')));
  return shownName(foreign) === shown ? [itself, foreign] : [itself];
}

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
