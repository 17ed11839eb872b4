/** A tree of files in memory, as the sweep's ports see it. */
import { createHash } from 'node:crypto';
import { createFilter } from '#audio';
import { type BytePath, baseName, folderOf, isUnder, joinPath } from '#kernel';
import type { FolderPlace, HashMemory, ListedFolders, Readings, TwinReader } from '#sweep';
import { lookOf } from '../../src/adapters/decoder/signatures.ts';

export interface FakeFile {
  readonly bytes: string;
  readonly mtimeNs?: bigint;
  /** Equal for hard links. */
  readonly inode?: bigint;
  readonly device?: bigint;
  /** The first so many readings fail in passing. */
  readonly stumbles?: number;
}

export interface FakeTwins {
  readonly reader: TwinReader;
  /** What was read, as `kind path`, in order. */
  readonly read: string[];
  placeOf(path: BytePath): FolderPlace;
}

const LOOKS = { sound: 1, other: 2, unclear: 3 } as const;

/** Files by absolute path; folders are there where something lies below them. */
export function createFakeTwins(files: Readonly<Record<string, FakeFile>>): FakeTwins {
  const paths = Object.keys(files).sort() as BytePath[];
  const inodes = new Map<string, bigint>();
  const inodeOf = (path: string): bigint => {
    const known = inodes.get(path) ?? BigInt(inodes.size + 1_000);
    inodes.set(path, known);
    return known;
  };
  const stumbles = new Map(Object.entries(files).map(([path, { stumbles: count = 0 }]) => [path, count]));
  const read: string[] = [];
  const isFolder = (path: BytePath): boolean => paths.some((file) => file !== path && isUnder(file, path));
  const keyOf = (folder: string): string => `1:${inodeOf(folder)}`;

  const list: TwinReader['list'] = async (folders, filter): Promise<ListedFolders> => {
    const { wants } = createFilter(filter);
    const found = folders.map(({ path }) => {
      const own = paths.filter((file) => folderOf(file) === path && wants(baseName(file), path));
      return { path, own };
    });
    return {
      folders: found.map(({ path, own }) => {
        return { path, key: keyOf(path), count: own.length, names: own.map(baseName).join('\0') };
      }),
      stamps: BigInt64Array.from(found.flatMap(({ own }) => own.flatMap((path) => stampOf(path)))),
      below: folders.flatMap(({ path, above }) =>
        childrenOf(path).map((child) => ({ path: child, above: [...above, keyOf(path)] })),
      ),
      skipped: [],
      troubles: [],
    };
  };
  const childrenOf = (folder: BytePath): BytePath[] => {
    const below = paths.filter((file) => isUnder(file, folder) && folderOf(file) !== folder);
    const names = below.map((file) => file.slice(folder === '/' ? 1 : folder.length + 1).split('/')[0] as BytePath);
    return [...new Set(names)].map((name) => joinPath(folder, name));
  };
  const stampOf = (path: BytePath): bigint[] => {
    const { bytes, device = 1n, inode = inodeOf(path), mtimeNs = 0n } = files[path] as FakeFile;
    return [device, inode, BigInt(bytes.length), mtimeNs, mtimeNs];
  };
  const readAll: TwinReader['read'] = async (
    { paths: wanted },
    { part, algorithm, digestBytes },
  ): Promise<Readings> => {
    const digests = new Uint8Array(wanted.length * (digestBytes + 1));
    const failures: Readings['failures'][number][] = [];
    for (const [index, path] of wanted.entries()) {
      read.push(`${part.kind} ${path}`);
      const left = stumbles.get(path) ?? 0;
      if (left > 0) {
        stumbles.set(path, left - 1);
        failures.push({ index, code: 'files/unreadable', message: `${path} cannot be read: EIO.`, isTransient: true });
        continue;
      }
      const all = Buffer.from((files[path] as FakeFile).bytes, 'latin1');
      const bytes = part.kind === 'tail' ? all.subarray(-part.bytes) : all.subarray(0, part.bytes);
      digests[index * (digestBytes + 1)] = part.kind === 'head' ? LOOKS[lookOf(bytes)] : LOOKS.unclear;
      digests.set(createHash(algorithm).update(bytes).digest(), index * (digestBytes + 1) + 1);
    }
    return { digests, failures };
  };
  return {
    read,
    reader: { width: 2, list, read: readAll, [Symbol.asyncDispose]: async () => {} },
    placeOf: (path) => ({
      path,
      kind: path in files ? 'other' : isFolder(path) ? 'folder' : 'nothing',
      keys: upFrom(path).filter(isFolder).map(keyOf),
    }),
  };
}

function upFrom(path: BytePath): BytePath[] {
  return path === '/' ? [path] : [path, ...upFrom(folderOf(path))];
}

/** Remembers for as long as it lives, and counts what it was told. */
export function createFakeMemory(): HashMemory & { readonly learned: () => number } {
  const entries = new Map<string, Uint8Array>();
  const keyOf = (name: string, stamps: Uint32Array, at: number): string =>
    `${name} ${stamps.slice(at * 10, at * 10 + 10).join(' ')}`;
  return {
    learned: () => entries.size,
    recall({ name, entryBytes }, stamps, at, digests, place) {
      const entry = entries.get(keyOf(name, stamps, at));
      if (entry) digests.set(entry, place * entryBytes);
      return entry !== undefined;
    },
    learn({ name, entryBytes }, stamps, at, digests, place) {
      entries.set(keyOf(name, stamps, at), digests.slice(place * entryBytes, (place + 1) * entryBytes));
    },
    keep: () => {},
  };
}
