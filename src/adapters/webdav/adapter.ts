/** The store as an adapter of the library: what stands at a URL, and who may do what: everybody who got this far, everything. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Adapter,
  BadGatewayError,
  BadRequestError,
  MethodNotImplementedError,
  ResourceNotFoundError,
} from 'nephele';
import { createResource, type ResourceParts, type ResourcePlace } from './resource.ts';
import { pathOfUrl, type ShownPath } from './shown-paths.ts';

/** Resources that are looked at before others have their turn. Chosen: some milliseconds. */
const LOOKED_AT_ONCE = 100;
const OPTIONS_SECONDS = 3600;

export function createAdapter(parts: Omit<ResourceParts, 'breathe'>): Adapter {
  let looked = 0;
  // The tree answers at once, so a long walk of the library would never wait for anything.
  const breathe = async (): Promise<void> => {
    looked = (looked + 1) % LOOKED_AT_ONCE;
    if (looked === 0) await nextTurn();
  };
  const all = { ...parts, breathe };
  const placeAt = (baseUrl: URL): ResourcePlace => ({ adapter, baseUrl, pathOf });

  const adapter: Adapter = {
    getComplianceClasses: async () => ['2'],
    getAllowedMethods: async () => [],
    getOptionsResponseCacheControl: async () => `max-age=${OPTIONS_SECONDS}`,
    isAuthorized: async () => {
      await breathe();
      return true;
    },
    getResource: async (url, baseUrl) => {
      const path = pathOf(url, baseUrl);
      const node = parts.files.find(path);
      if (node === undefined) throw new ResourceNotFoundError('There is no such file.');
      return createResource(all, placeAt(baseUrl), path, node);
    },
    newResource: async (url, baseUrl) => createResource(all, placeAt(baseUrl), pathOf(url, baseUrl), undefined),
    newCollection: async (url, baseUrl) => createResource(all, placeAt(baseUrl), pathOf(url, baseUrl), undefined, true),
    getMethod: (method) => {
      throw new MethodNotImplementedError(`This server knows no ${method}.`);
    },
  };
  return adapter;
}

function pathOf(url: URL, baseUrl: URL): ShownPath {
  // By which scheme it came a proxy may have changed.
  if (url.host !== baseUrl.host) throw new BadGatewayError('That lies on another server.');
  const path = pathOfUrl(url);
  if (path === undefined) throw new BadRequestError('That is no path of names.');
  return path;
}
