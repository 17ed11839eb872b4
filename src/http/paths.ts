/**
 * Paths that callers write. Each must be absolute and plain, lie in a root as it is written, and lie in a root by its real
 * path. Its last name is never followed, and only regular files and folders pass. What lies outside is refused before it is
 * looked at, so that nobody learns what is there.
 */
import {
  AppError,
  type BytePath,
  bytesOfBase64,
  bytesOfPath,
  displayPath,
  folderOf,
  isUnderAny,
  pathFromBytes,
} from '#kernel';
import type { PathGuard } from './ports.ts';

/** As it stands in a request. `pathBase64` counts where both are there. */
export interface WrittenPath {
  readonly path?: string | undefined;
  readonly pathBase64?: string | undefined;
}

/** @throws AppError `http/bad-field` where neither is a path */
export function readPath({ path, pathBase64 }: WrittenPath, field: string): BytePath {
  if (pathBase64 !== undefined) return plainPath(decoded(pathBase64, field), field);
  if (path !== undefined) return plainPath(path, field);
  throw badPath(field, 'is missing', `Send "${field}" or "${field}Base64".`);
}

function decoded(text: string, field: string): string {
  try {
    return pathFromBytes(bytesOfBase64(text));
  } catch {
    // What atob() says of it helps nobody.
    throw badPath(`${field}Base64`, 'is no base64', 'Write it in standard base64, with its padding.');
  }
}

/** Longer than any path that a system opens. */
const MOST_CHARACTERS = 4096;

/** Absolute, and without doubled or trailing slashes. */
function plainPath(text: string, field: string): BytePath {
  const parts = text.split('/').filter((part) => part !== '');
  if (!text.startsWith('/')) throw badPath(field, 'is not absolute', 'A path starts with a slash.');
  checkNames(text, parts, field);
  return canonical(`/${parts.join('/')}`);
}

/** A path below a folder. @throws AppError `http/bad-field` where it is absolute, `http/outside` where it climbs */
export function pathBelow(folder: BytePath, text: string, field: string): BytePath {
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (text.startsWith('/') || parts.length === 0) {
    throw badPath(field, 'is not the name of something in the inbox', 'Send it relative to the inbox.');
  }
  if (parts.includes('..')) throw outside();
  checkNames(text, parts, field);
  return canonical(`${folder === '/' ? '' : folder}/${parts.join('/')}`);
}

function checkNames(text: string, parts: readonly string[], field: string): void {
  if (text.includes('\0')) throw badPath(field, 'holds a NUL', 'No name has one.');
  if (text.length > MOST_CHARACTERS)
    throw badPath(field, 'is too long', `Paths have ${MOST_CHARACTERS} bytes at most.`);
  if (!isBytes(text)) throw badPath(field, 'is no Unicode', `Send its bytes as "${field}Base64".`);
  if (parts.some((part) => part === '.' || part === '..')) {
    throw badPath(field, 'has "." or ".." in it', 'Write where it leads.');
  }
}

/** Escaped bytes are U+DC80 … U+DCFF; every other lone surrogate stands for nothing. */
function isBytes(text: string): boolean {
  return text.replace(/[\udc80-\udcff]/gu, '').isWellFormed();
}

/** Escaped bytes may have been written that are UTF-8 when put together. */
function canonical(path: string): BytePath {
  return pathFromBytes(bytesOfPath(path as BytePath));
}

function badPath(field: string, what: string, hint: string): AppError {
  return new AppError('http/bad-field', `${field} ${what}.`, { kind: 'usage', hint });
}

function outside(): AppError {
  return new AppError('http/outside', 'The path lies in no folder that this server may open.', {
    kind: 'refused',
    hint: 'It opens files in the roots, the inboxes and the folders of serve.allow; real paths count, not links.',
  });
}

/** What a caller may name. */
export type WantedKind = 'file' | 'file or folder';

/**
 * Its real path where it may be opened.
 * @throws AppError `http/outside`, `files/missing`, `files/not-regular`, `files/…`
 */
export async function allowPath(
  path: BytePath,
  wanted: WantedKind,
  { roots, files }: { readonly roots: readonly BytePath[]; readonly files: PathGuard },
): Promise<BytePath> {
  const standing = (await Promise.all(roots.map((root) => files.realPath(root)))).filter((root) => root !== undefined);
  // Verdicts name real paths, so a root that is a link may be written either way.
  if (!isUnderAny(path, [...roots, ...standing])) throw outside();
  const looked = await files.look(path);
  if (looked === undefined) {
    if (!isUnderAny(await standingAbove(path, files), standing)) throw outside();
    throw missing(path);
  }
  // A root that is a link is what its owner wrote, so it may be named itself.
  if (roots.includes(path) && wanted === 'file or folder') return (await files.realPath(path)) ?? looked.path;
  if (!isUnderAny(looked.path, standing) && !roots.includes(path)) throw outside();
  if (looked.kind === 'file' || (wanted === 'file or folder' && looked.kind === 'folder')) return looked.path;
  throw notRegular(path, wanted);
}

/** The real path of the nearest folder above that is there. */
async function standingAbove(path: BytePath, files: PathGuard): Promise<BytePath> {
  for (let at = folderOf(path); at !== '/'; at = folderOf(at)) {
    const real = await files.realPath(at);
    if (real !== undefined) return real;
  }
  return '/' as BytePath;
}

function missing(path: BytePath): AppError {
  const hint = 'Check the spelling, and whether the disk that holds it is connected.';
  return new AppError('files/missing', `${displayPath(path)} does not exist.`, { kind: 'missing', hint });
}

function notRegular(path: BytePath, wanted: WantedKind): AppError {
  const what = wanted === 'file' ? 'no regular file' : 'neither a regular file nor a folder';
  const hint = 'Links, devices and pipes are never opened. Name what a link leads to.';
  return new AppError('files/not-regular', `${displayPath(path)} is ${what}.`, { kind: 'unsupported', hint });
}
