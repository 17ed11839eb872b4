/** Paths as they are shown: safe, and relative to one folder that is said once. */
import { type BytePath, bytesOfBase64, commonFolder, isUnder, pathFromBytes } from '#kernel';
import { safeText } from '../terminal/safe-text.ts';

export interface PathBase {
  readonly folder: BytePath;
  /** Is it the folder that the person is in? Then the paths can be used as they are. */
  readonly isHere: boolean;
}

/** The folder that the roots have in common, or the working folder where that holds them all. */
export function chooseBase(roots: readonly BytePath[], workingFolder: BytePath): PathBase {
  const common = roots.length === 0 ? undefined : roots.reduce(commonFolder);
  if (common === undefined || common === '/') return { folder: '/' as BytePath, isHere: workingFolder === '/' };
  return isUnder(common, workingFolder) && workingFolder !== '/'
    ? { folder: workingFolder, isHere: true }
    : { folder: common, isHere: false };
}

/** A path as documents carry it: lossy text, with its bytes beside it where they matter. */
export interface CarriedPath {
  readonly path: string;
  readonly pathBase64?: string;
}

export function exactPath({ path, pathBase64 }: CarriedPath): BytePath {
  return pathBase64 === undefined ? (path as BytePath) : pathFromBytes(bytesOfBase64(pathBase64));
}

/** The path below the base, or whole where it lies elsewhere. */
export function shownPath(path: BytePath, { folder }: PathBase): string {
  const isBelow = folder !== '/' && path !== folder && isUnder(path, folder);
  return safeText(isBelow ? path.slice(folder.length + 1) : path);
}
