/** Extended attributes of files, as tests set and see them. */
import { type BytePath, bytesOfPath } from '#kernel';
import { type Libc, libc } from '../../src/adapters/files/libc.ts';

const terminated = (text: string): Buffer => Buffer.concat([bytesOfPath(text as BytePath), Uint8Array.of(0)]);

function library(): Libc {
  const loaded = libc();
  if (loaded === undefined) throw new Error('The C library does not load here.');
  return loaded;
}

/** @param value one character a byte. @throws Error where the file system has no such thing */
export function setAttribute(file: BytePath, name: string, value: string): void {
  const bytes = Buffer.concat([Buffer.from(value, 'latin1'), Uint8Array.of(0)]);
  const set = library().lsetxattr(terminated(file), terminated(name), bytes, value.length, 0);
  if (set !== 0) throw new Error(`${file} takes no extended attributes`);
}

/** All of a file by their names, one character a byte. */
export function attributesOf(file: BytePath): Readonly<Record<string, string>> {
  const list = Buffer.alloc(65_536);
  const listed = library().llistxattr(terminated(file), list, list.length);
  const names = list.toString('latin1', 0, Math.max(0, listed)).split('\0').slice(0, -1);
  return Object.fromEntries(names.sort().map((name) => [name, attributeOf(file, name)]));
}

function attributeOf(file: BytePath, name: string): string {
  const value = Buffer.alloc(65_536);
  const got = library().lgetxattr(terminated(file), terminated(name), value, value.length);
  return value.toString('latin1', 0, Math.max(0, got));
}
