/** Documents for programs: JSON is text and file names are bytes, so what is no UTF-8 stands there twice. */
import { type BytePath, bytesOfPath } from './byte-path.ts';
import { base64Of } from './text.ts';

/** The document with every text made lossy that is no UTF-8, and its bytes in base64 beside it as `pathBase64` or `<key>PathBase64`. */
export function exactDocument(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(exactDocument);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, part]) => fields(key, part)));
}

function fields(key: string, part: unknown): [string, unknown][] {
  if (typeof part !== 'string' || part.isWellFormed()) return [[key, exactDocument(part)]];
  return [
    [key, part.toWellFormed()],
    [key === 'path' ? 'pathBase64' : `${key}PathBase64`, base64Of(bytesOfPath(part as BytePath))],
  ];
}
