/** The binding and the library of the system behind it, which are there or not. */
import { createRequire } from 'node:module';
import { AppError } from '#kernel';
import type { Library } from './library-types.ts';

/** @throws AppError `store/no-fuse` */
export function loadLibrary(): Library {
  try {
    return createRequire(import.meta.url)('fuse-napi') as Library;
  } catch (cause) {
    throw noFuse(cause);
  }
}

export function noFuse(cause: unknown): AppError {
  const isMac = process.platform === 'darwin';
  const missing = isMac ? 'macFUSE 5.3.1 or later' : 'libfuse 3';
  return new AppError('store/no-fuse', `Nothing can be mounted without ${missing}, or the package "fuse-napi".`, {
    kind: 'unavailable',
    hint: isMac
      ? 'Install macFUSE (brew install --cask macfuse), allow its extension in the system settings, and install Reprise with its optional packages. Or use "reprise store serve-webdav".'
      : 'Install the packages "fuse3" and "libfuse3-3", and Reprise with its optional packages.',
    cause,
  });
}
