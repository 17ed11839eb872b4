/**
 * Names as the walk handles them: one character per byte ("raw" strings), which Node makes and takes without
 * a buffer per name. Only names beyond ASCII are converted, at the two borders: to the system and to a BytePath.
 */
import { type BytePath, bytesOfPath, pathFromBytes } from '#kernel';

/** A string of characters U+0000 … U+00FF that stand for bytes. */
export type RawName = string & { readonly [raw]: 'RawName' };
declare const raw: unique symbol;

const BEYOND_ASCII = /[\u0080-\u00ff]/;

/** The raw form of a path. */
export function rawOf(path: BytePath): RawName {
  return Buffer.from(bytesOfPath(path)).toString('latin1') as RawName;
}

/** The path of a raw form. */
export function pathOfRaw(name: RawName): BytePath {
  return BEYOND_ASCII.test(name) ? pathFromBytes(Buffer.from(name, 'latin1')) : (name as string as BytePath);
}

/** What the system is given: text where every byte is ASCII, else the bytes. */
export function systemName(name: RawName): string | Buffer {
  return BEYOND_ASCII.test(name) ? Buffer.from(name, 'latin1') : name;
}

/** The same where it is known already whether every byte is ASCII. */
export function systemNameOf(name: RawName, isAscii: boolean): string | Buffer {
  return isAscii ? name : Buffer.from(name, 'latin1');
}
