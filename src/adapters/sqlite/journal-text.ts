/**
 * Entries as text. JSON writes lone surrogates, which stand for bytes that are no UTF-8, as escapes, so every
 * path survives; 64-bit numbers are objects `{"int": "…"}`.
 */

/** The value as JSON. */
export function textOf(value: object): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? { int: String(part) } : part));
}

/** What {@link textOf} wrote. */
export function readText(text: string): unknown {
  return JSON.parse(text, (_, part: unknown) => (isInteger(part) ? BigInt(part.int) : part));
}

function isInteger(part: unknown): part is { readonly int: string } {
  return typeof part === 'object' && part !== null && 'int' in part && typeof part.int === 'string';
}
