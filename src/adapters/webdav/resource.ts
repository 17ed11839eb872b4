/** A file or folder of the store as a resource of the library, or a name that could become one. */
import type { Writable } from 'node:stream';
import { type Adapter, MethodNotSupportedError, type Resource, ResourceNotFoundError } from 'nephele';
import type { Node } from '#store';
import type { Locks } from './locks.ts';
import { mediaTypeOf } from './media-types.ts';
import { createProperties, etagOf, type PropertySources } from './properties.ts';
import { type ShownPath, urlOfPath } from './shown-paths.ts';
import type { StoredFiles } from './stored-files.ts';

export interface ResourceParts extends PropertySources {
  readonly files: StoredFiles;
  readonly locks: Locks;
  /** Lets others have their turn, now and then. */
  readonly breathe: () => Promise<void>;
}

export interface StoredResource extends Resource {
  readonly path: ShownPath;
  readonly isFolder: boolean;
  /** What lies in it, a page at a time. */
  pages(): Iterable<StoredResource[]>;
  /** Of what is put; by default the time of now. */
  mtimeNs: bigint | undefined;
  /** To whom its bytes go: when they are gone, nobody reads on. */
  reader: Writable | undefined;
}

export interface ResourcePlace {
  readonly adapter: Adapter;
  readonly baseUrl: URL;
  /** @throws an error of the library where the URL is none of a name here */
  readonly pathOf: (url: URL, baseUrl: URL) => ShownPath;
}

/** @param seen what the name stands for; undefined where that is to be made */
export function createResource(
  parts: ResourceParts,
  place: ResourcePlace,
  path: ShownPath,
  seen: Node | undefined,
  isFolder: boolean = seen?.kind === 'folder',
): StoredResource {
  const { files, locks, breathe } = parts;
  const name = path.at(-1) ?? '';

  function there(): Node {
    const node = seen ?? files.find(path);
    if (node === undefined) throw new ResourceNotFoundError('There is no such file.');
    return node;
  }

  const resource: StoredResource = {
    *pages() {
      for (const page of files.pages(there()))
        yield page.map((shown) => createResource(parts, place, [...path, shown.name], shown.node));
    },
    ...{ adapter: place.adapter, baseUrl: place.baseUrl, path, isFolder },
    ...{ mtimeNs: undefined, reader: undefined },
    getLocks: async () => locks.of(path),
    getLocksByUser: async () => locks.of(path),
    createLockForUser: async () => locks.make(resource, path),
    getProperties: async () => createProperties(parts, resource, there(), name),
    getStream: async (range) => {
      if (isFolder) throw new MethodNotSupportedError('It is a folder.');
      const stream = files.read(there(), range);
      const { reader } = resource;
      if (reader?.destroyed) stream.destroy();
      reader?.once('close', () => stream.destroy());
      return stream;
    },
    // Its iterator would hang up on the client when it is left early, and the answer would be lost.
    setStream: (input) => files.put(path, input.iterator({ destroyOnReturn: false }), resource.mtimeNs),
    create: async () => {
      if (isFolder) files.makeFolder(path);
      else await files.put(path, nothing());
    },
    delete: async () => files.remove(path),
    copy: (destination, baseUrl) => files.copy(path, place.pathOf(destination, baseUrl)),
    move: async (destination, baseUrl) => {
      files.move(path, place.pathOf(destination, baseUrl));
      locks.dropWithin(path);
    },
    getLength: async () => (isFolder ? 0 : there().size),
    getEtag: async () => etagOf(there()),
    getMediaType: async () => (isFolder ? null : mediaTypeOf(name)),
    getCanonicalName: async () => name,
    getCanonicalPath: async () => `/${path.join('/')}`,
    getCanonicalUrl: async () => urlOfPath(path, place.baseUrl, isFolder),
    isCollection: async () => isFolder,
    getInternalMembers: async () => {
      if (!isFolder) throw new MethodNotSupportedError('It is no folder.');
      await breathe();
      return [...resource.pages()].flat();
    },
  };
  return resource;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
