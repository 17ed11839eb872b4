import { type BytePath, bytesOfPath, pathFromBytes } from '#kernel';
import { type Reading, read, unread } from './records.ts';

/** Lone surrogates by which Python's `surrogateescape` writes bytes that are not UTF-8. @see https://peps.python.org/pep-0383/ */
const NOT_ESCAPES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udc7f\udd00-\udfff]/;

/** A path as a Python program wrote it in JSON: its escapes of odd bytes are ours, see {@link BytePath}. */
export function foreignPath(value: unknown): Reading<BytePath> {
  if (typeof value !== 'string' || value === '') return unread('it names no file');
  if (value.includes('\0')) return unread('it names a file by what no file name can hold');
  if (value.isWellFormed()) return read(value as BytePath);
  if (NOT_ESCAPES.test(value)) return unread('it names a file by half a character');
  // Escaped bytes beside each other may make a character after all.
  return read(pathFromBytes(bytesOfPath(value as BytePath)));
}
