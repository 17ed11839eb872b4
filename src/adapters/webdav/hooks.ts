/** Where the library does less than is wanted, or more: at these points it asks whether somebody else has answered. */
import {
  type AuthResponse,
  ForbiddenError,
  LockedError,
  type Method,
  type Plugin,
  PreconditionFailedError,
  ResourceTreeNotCompleteError,
} from 'nephele';
import { listFolder, type Request } from './list-folder.ts';
import type { Locks } from './locks.ts';
import type { StoredResource } from './resource.ts';
import { isWithin } from './shown-paths.ts';
import type { StoredFiles } from './stored-files.ts';

const TOO_DEEP = '<?xml version="1.0" encoding="utf-8"?>\n<error xmlns="DAV:"><propfind-finite-depth/></error>\n';
const FOR_PEOPLE = 'This is a folder of a WebDAV server. Open its address in a program that speaks WebDAV.\n';
/** What the library says of who may change a resource and its name. */
const MAY_ALL = 2;
const NS_PER_SECOND = 1_000_000_000n;

export function createHooks(files: Pick<StoredFiles, 'find' | 'move' | 'removeAll'>, locks: Locks): Plugin {
  return {
    // How long a file is the library says only when it sends it.
    beforeHead: async (_request, response, { resource }) => {
      if (!(await resource.isCollection())) response.set('Content-Length', String(await resource.getLength()));
    },
    beforeGet: async (_request, response, { resource }) => {
      (resource as StoredResource).reader = response;
      if (!(await resource.isCollection())) return;
      response.status(200).type('text/plain').send(FOR_PEOPLE);
      return false;
    },
    // The whole store would be gathered in memory.
    prePropfind: async (request, response, { method, resource, depth }) => {
      if (depth.toLowerCase() === 'infinity') response.status(403).type('application/xml').send(TOO_DEEP);
      else if (depth === '1' && (await resource.isCollection()))
        await listFolder(method, request, response, resource as StoredResource);
      else return;
      return false;
    },
    // As rclone and the clients of ownCloud and Nextcloud send the time of a file.
    beforePut: async (request, response, { resource }) => {
      const seconds = request.get('X-OC-Mtime') ?? '';
      if (!/^\d{1,11}(\.\d+)?$/.test(seconds)) return;
      (resource as StoredResource).mtimeNs = BigInt(Math.trunc(Number(seconds))) * NS_PER_SECOND;
      response.set('X-OC-Mtime', 'accepted');
    },
    // The library would look at each file by its name, and at all folders above it.
    beforeDelete: async (_request, response, { resource }) => {
      const gone = resource as StoredResource;
      if (!gone.isFolder || locks.hasWithin(gone.path)) return;
      await files.removeAll(gone.path);
      response.status(204).end();
      return false;
    },
    beforeCopy: async (request, response, { method, resource, destination, exists, overwrite }) => {
      const [from, to] = [resource as StoredResource, destination as StoredResource];
      checkTarget(from, to, exists && overwrite === 'F');
      await checkLocks(method, request, response, [to]);
    },
    beforeMove: async (request, response, { method, resource, destination, exists, overwrite }) => {
      const [from, to] = [resource as StoredResource, destination as StoredResource];
      checkTarget(from, to, exists && overwrite === 'F');
      await checkLocks(method, request, response, [from, to]);
      // The library would make a new folder, and move what lies in it one by one. With locks around, that is right.
      if (!from.isFolder || exists || locks.hasWithin(from.path) || locks.hasWithin(to.path)) return;
      files.move(from.path, to.path);
      response.status(201).set('Location', String(await to.getCanonicalUrl()));
      response.end();
      return false;
    },
    beforeUnlock: async (_request, _response, { lock }) => {
      if (lock == null) throw new ResourceTreeNotCompleteError('There is no such lock.');
    },
  };

  /** What the library tells in a list of what went wrong with each resource, clients want told as the answer. */
  function checkTarget(from: StoredResource, to: StoredResource, isKept: boolean): void {
    if (isKept) throw new PreconditionFailedError('Something is there already.');
    if (isWithin(to.path, from.path)) throw new ForbiddenError('It cannot come to lie in itself.');
    if (files.find(to.path.slice(0, -1))?.kind !== 'folder')
      throw new ResourceTreeNotCompleteError('There is no folder that it could lie in.');
  }
}

async function checkLocks(
  method: Method,
  request: Request,
  response: AuthResponse,
  resources: readonly StoredResource[],
): Promise<void> {
  const { user } = response.locals;
  for (const resource of resources) {
    const permission = await method.getLockPermission(request, response, resource, user);
    if (permission !== MAY_ALL) throw new LockedError('It is locked.');
  }
}
