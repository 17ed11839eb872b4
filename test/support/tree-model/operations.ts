/** What a model test does to a tree and to a plain directory: random, of few names, so that they meet. */
import fc from 'fast-check';
import type { NodeKind } from '#store';

/** Names from the top folder down. */
export type Path = readonly string[];
export type Special = Exclude<NodeKind, 'folder' | 'symlink'>;

/** @template P how paths are told */
export type Operation<P = Path> =
  | { act: 'make'; path: P; kind: Special; mode: number }
  | { act: 'makeIn'; slot: number; name: string }
  | { act: 'mkdir'; path: P; mode: number }
  | { act: 'symlink'; path: P; target: string }
  | { act: 'link'; from: P; to: P }
  | { act: 'unlink' | 'rmdir' | 'readlink' | 'list' | 'listAttributes' | 'share'; path: P }
  | { act: 'rename'; from: P; to: P; flag: 'noReplace' | 'exchange' | undefined }
  | { act: 'open'; slot: number; path: P; truncate: boolean }
  | { act: 'openFolder'; slot: number; path: P }
  | { act: 'close' | 'sync' | 'listIn'; slot: number }
  | { act: 'read'; slot: number; offset: number; length: number }
  | { act: 'write'; slot: number; offset: number; length: number; fill: number }
  | { act: 'resize'; path: P; size: number }
  | { act: 'resizeOpen'; slot: number; size: number }
  | { act: 'allocate'; slot: number; offset: number; length: number; keepSize: boolean }
  | { act: 'punch'; slot: number; offset: number; length: number }
  | { act: 'chmod'; path: P; mode: number }
  | { act: 'chown'; path: P; uid: number | undefined; gid: number | undefined }
  | { act: 'utimes'; path: P; atimeNs: bigint | undefined; mtimeNs: bigint | undefined }
  | { act: 'setAttribute'; path: P; name: string; value: string; flag: 'create' | 'replace' | undefined }
  | { act: 'getAttribute' | 'removeAttribute'; path: P; name: string }
  | { act: 'reopen'; isCrash: boolean }
  | { act: 'settle' };

export const SLOTS = 3;
/** The device of every device that is made: 1:3, `/dev/null`. */
export const DEVICE = 0x103;

const name = fc.constantFrom('a', 'b', 'c', 'd');
const odd = fc.constantFrom('.', '..', 'x'.repeat(256), 'y'.repeat(255), 'ä'.repeat(127));
const last = fc.oneof({ weight: 15, arbitrary: name }, { weight: 1, arbitrary: odd });

/** Something that is there, a name in a folder that is there, or just names. */
export type PathChoice =
  | { readonly known: number }
  | { readonly file: number }
  | { readonly folder: number; readonly name: string }
  | Path;

const known: fc.Arbitrary<PathChoice> = fc.record({ known: fc.nat(1000) });
const named: fc.Arbitrary<PathChoice> = fc.record({ folder: fc.nat(1000), name: last });
const names: fc.Arbitrary<PathChoice> = fc
  .tuple(fc.array(name, { maxLength: 2 }), last)
  .map(([above, end]) => [...above, end]);
/** Of a file that is there, as a rule. */
const file = fc.oneof({ weight: 9, arbitrary: fc.record({ file: fc.nat(1000) }) }, { weight: 1, arbitrary: known });
/** Of what is there, as a rule. */
const path = fc.oneof(
  { weight: 9, arbitrary: known },
  { weight: 2, arbitrary: named },
  { weight: 1, arbitrary: names },
);
/** Of what is not there yet, as a rule. */
const fresh = fc.oneof(
  { weight: 1, arbitrary: known },
  { weight: 8, arbitrary: named },
  { weight: 1, arbitrary: names },
);
const either = fc.oneof(known, named);
const slot = fc.nat(SLOTS - 1);
const mode = fc.nat(0o7777);
const flag = fc.constantFrom(undefined, undefined, 'noReplace' as const, 'exchange' as const);
const offset = fc.oneof(fc.nat(50), fc.nat(20_000), fc.constantFrom(0, 4096, 8192));
const length = fc.oneof(fc.nat(50), fc.nat(9000), fc.constantFrom(0, 4096));
const time = fc.option(fc.bigInt({ min: -1_000_000_000_000_000_000n, max: 4_000_000_000_000_000_000n }), {
  nil: undefined,
});
const owner = fc.constantFrom(0, 1, 1000);
const attribute = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('user.a', 'user.b', 'trusted.c', 'security.d') },
  { weight: 1, arbitrary: fc.constantFrom('user.', 'trusted.', 'other.e') },
);
const value = fc.constantFrom('v', 'v', 'w', '');
const target = fc.constantFrom('a', 'b', 'c', 'a/b', './d', '..', '../top/a', 'd/', '.');
const special: fc.Arbitrary<Special> = fc.oneof(
  { weight: 12, arbitrary: fc.constant('file' as const) },
  fc.constantFrom('fifo' as const, 'socket' as const, 'character-device' as const, 'block-device' as const),
);

const of = <A extends string, T>(weight: number, act: A, rest: { [K in keyof T]: fc.Arbitrary<T[K]> }) => ({
  weight,
  arbitrary: fc.record(rest).map((given) => ({ act, ...given })) as unknown as fc.Arbitrary<Operation<PathChoice>>,
});

/** What every run begins with, so that the first of the others have something to act on. */
export const BEGINNING: readonly Operation[] = [
  { act: 'mkdir', path: ['a'], mode: 0o755 },
  // What is made in it gets its group.
  { act: 'chown', path: ['a'], uid: undefined, gid: 1000 },
  { act: 'chmod', path: ['a'], mode: 0o2775 },
  { act: 'make', path: ['b'], kind: 'file', mode: 0o644 },
  { act: 'link', from: ['b'], to: ['a', 'd'] },
  { act: 'make', path: ['a', 'c'], kind: 'file', mode: 0o644 },
  { act: 'open', slot: 0, path: ['b'], truncate: false },
  { act: 'write', slot: 0, offset: 0, length: 5000, fill: 1 },
  { act: 'openFolder', slot: 1, path: ['a'] },
  // Removed while it is open.
  { act: 'mkdir', path: ['c'], mode: 0o755 },
  { act: 'openFolder', slot: 2, path: ['c'] },
  { act: 'rmdir', path: ['c'] },
  { act: 'setAttribute', path: ['b'], name: 'user.a', value: 'v', flag: undefined },
];

/** {@link decided} before it is done. */
export const operation: fc.Arbitrary<Operation<PathChoice>> = fc.oneof(
  of(14, 'make', { path: fresh, kind: special, mode }),
  of(3, 'makeIn', { slot, name }),
  of(8, 'mkdir', { path: fresh, mode: fc.nat(0o1777) }),
  of(5, 'symlink', { path: fresh, target }),
  of(5, 'link', { from: path, to: fresh }),
  of(6, 'unlink', { path }),
  of(4, 'rmdir', { path }),
  of(14, 'rename', { from: path, to: either, flag }),
  of(10, 'open', { slot, path: file, truncate: fc.boolean() }),
  of(4, 'openFolder', { slot, path }),
  of(3, 'close', { slot }),
  of(1, 'sync', { slot }),
  of(6, 'read', { slot, offset, length }),
  of(14, 'write', { slot, offset, length, fill: fc.nat(255) }),
  of(3, 'resize', { path: file, size: offset }),
  of(5, 'resizeOpen', { slot, size: offset }),
  of(2, 'allocate', { slot, offset, length, keepSize: fc.boolean() }),
  of(2, 'punch', { slot, offset, length }),
  of(5, 'chmod', { path, mode }),
  of(2, 'chown', { path, uid: owner, gid: fc.option(owner, { nil: undefined }) }),
  of(2, 'chown', { path, uid: fc.constant(undefined), gid: owner }),
  of(3, 'utimes', { path, atimeNs: time, mtimeNs: time }),
  of(2, 'readlink', { path }),
  of(1, 'list', { path }),
  of(1, 'listIn', { slot }),
  of(6, 'setAttribute', { path, name: attribute, value, flag: fc.constantFrom(undefined, 'create', 'replace') }),
  of(2, 'getAttribute', { path, name: attribute }),
  of(2, 'removeAttribute', { path, name: attribute }),
  of(1, 'listAttributes', { path }),
  of(8, 'share', { path: file }),
  of(1, 'reopen', { isCrash: fc.boolean() }),
  of(1, 'settle', {}),
);

/** The bytes that a write of this length puts there. */
export function filling({ length, fill }: { readonly length: number; readonly fill: number }): Uint8Array {
  return Buffer.alloc(length).map((_, at) => (fill + at * 7 + (at >> 8)) & 0xff);
}

/** With paths and handles of what is there now. @param open what the slots hold; undefined where they are empty */
export function decided(
  operation: Operation<PathChoice>,
  there: { readonly paths: readonly Path[]; readonly files: readonly Path[]; readonly folders: readonly Path[] },
  open: { readonly files: readonly number[]; readonly folders: readonly number[] },
): Operation {
  const found = (choice: PathChoice): Path => {
    if ('known' in choice) return there.paths[choice.known % there.paths.length] ?? ['a'];
    if ('file' in choice) return there.files[choice.file % there.files.length] ?? ['a'];
    if ('folder' in choice) return [...(there.folders[choice.folder % there.folders.length] ?? []), choice.name];
    return choice;
  };
  const { act } = operation;
  const decision: Record<string, unknown> = { ...operation };
  for (const key of ['path', 'from', 'to']) if (key in operation) decision[key] = found(decision[key] as PathChoice);
  const slots = act === 'makeIn' || act === 'listIn' ? open.folders : open.files;
  const isFree = act === 'open' || act === 'openFolder' || act === 'close';
  if ('slot' in operation && !isFree && slots.length > 0) decision['slot'] = slots[operation.slot % slots.length];
  return decision as Operation;
}
