/**
 * A file that appears whole or not at all, and never takes the place of another: written under a name of its own in
 * the same folder, then linked to the name that was asked for.
 */
import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { GrowingFile, NewFile } from '#cli';
import { type BytePath, bytesOfPath, folderOf, joinPath } from '#kernel';
import { attempt } from './errors.ts';

/** Looks at once whether the file could be made, so that nobody works for nothing. @throws AppError `output/…` */
export async function prepareFile(path: BytePath): Promise<NewFile> {
  const target = bytes(path);
  attempt(path, () => {
    const folder = bytes(folderOf(path));
    if (!statSync(folder).isDirectory()) throw systemError('ENOTDIR');
    if (lstatSync(target, { throwIfNoEntry: false })) throw systemError('EEXIST');
    accessSync(folder, constants.W_OK | constants.X_OK);
  });
  const begin = (): GrowingFile => grow(path, target);
  return {
    begin,
    write(content) {
      using file = begin();
      file.write(content);
      file.finish();
    },
  };
}

function grow(path: BytePath, target: Buffer): GrowingFile {
  const own = bytes(joinPath(folderOf(path), `.reprise-${randomUUID()}.part` as BytePath));
  const fd = attempt(path, () => openSync(own, 'wx'));
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
  return {
    write: (piece) => {
      attempt(path, () => writeFileSync(fd, piece));
    },
    finish: () =>
      attempt(path, () => {
        fsyncSync(fd);
        close();
        giveName(own, target);
      }),
    [Symbol.dispose]() {
      close();
      rmSync(own, { force: true });
    },
  };
}

/** Where file systems have no links (FAT), the name is taken first: nobody else's file is written over there either. */
const NO_LINKS: readonly unknown[] = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'];

function giveName(own: Buffer, target: Buffer): void {
  try {
    linkSync(own, target);
  } catch (error) {
    if (!NO_LINKS.includes((error as NodeJS.ErrnoException).code)) throw error;
    closeSync(openSync(target, 'wx'));
    renameSync(own, target);
  }
}

function bytes(path: BytePath): Buffer {
  return Buffer.from(bytesOfPath(path));
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
