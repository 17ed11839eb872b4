/**
 * Extended attributes between systems. Names of macOS have no namespaces: in the store they lie in `user.`, as programs that
 * copy between the two have it. Only there values are given in parts, of which each says where it belongs.
 */
import { nameOf } from './given-names.ts';

const USER = 'user.';
/** @see `sys/xattr.h` of both */
const FLAGS = { linux: { create: 1, replace: 2 }, mac: { create: 2, replace: 4 } } as const;

/** @throws Refusal EILSEQ */
export function storedAttribute(name: string, isMac: boolean): Uint8Array {
  return nameOf(isMac && !name.startsWith(USER) ? USER + name : name);
}

/** @returns undefined for names that cannot be shown */
export function shownAttribute(name: Uint8Array, isMac: boolean): string | undefined {
  const text = Buffer.from(name).toString();
  if (!Buffer.from(text).equals(name)) return undefined;
  if (!isMac) return text;
  return text.startsWith(USER) ? text.slice(USER.length) : undefined;
}

/** Must it be new, must it be there? */
export function attributeFlags(flags: number, isMac: boolean): { readonly create: boolean; readonly replace: boolean } {
  const { create, replace } = FLAGS[isMac ? 'mac' : 'linux'];
  return { create: (flags & create) !== 0, replace: (flags & replace) !== 0 };
}

/** The value with a part of it put in its place; zeros where there was none before. */
export function withPart(value: Uint8Array, position: number, part: Uint8Array): Uint8Array {
  const whole = Buffer.alloc(Math.max(value.length, position + part.length));
  whole.set(value);
  whole.set(part, position);
  return whole;
}
