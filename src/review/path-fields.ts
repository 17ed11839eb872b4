/** Paths in JSON: what is not valid UTF-8 has its bytes in base64 beside the lossy text. */
import { type BytePath, base64Of, bytesOfPath, displayPath, isDisplayable } from '#kernel';

/** `{ path }`, with `pathBase64` where the path does not survive being shown. */
export function pathFields(path: BytePath): { readonly path: string; readonly pathBase64?: string } {
  const bytes = exactBytes(path);
  return bytes === undefined ? { path: displayPath(path) } : { path: displayPath(path), pathBase64: bytes };
}

/** The path's bytes in base64, or `undefined` where the text says it all. */
export function exactBytes(path: BytePath): string | undefined {
  return isDisplayable(path) ? undefined : base64Of(bytesOfPath(path));
}
