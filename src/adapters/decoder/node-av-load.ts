import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The library part of the optional package node-av. */
export type NodeAv = typeof import('node-av/lib');

/** Loads node-av: about 50 ms. `undefined` where the package is not there or does not fit the system. */
export async function loadNodeAv(): Promise<NodeAv | undefined> {
  try {
    return await import('node-av/lib');
  } catch {
    // Optional by design: the caller falls back to another decoder.
    return undefined;
  }
}

/** The version of node-av that is installed with a binary for this system, found without loading it. */
export function installedNodeAv(): string | undefined {
  try {
    const require = createRequire(import.meta.url);
    const folder = packageFolder(require.resolve('node-av/lib'));
    const binary = createRequire(path.join(folder, 'package.json')).resolve(`${binaryPackage()}/node-av.node`);
    if (!existsSync(binary)) return undefined;
    return (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string }).version;
  } catch {
    // Not installed, or not for this system.
    return undefined;
  }
}

function binaryPackage(): string {
  const suffix = process.platform === 'win32' ? '-msvc' : '';
  return `@seydx/node-av-${process.platform}-${process.arch}${suffix}`;
}

function packageFolder(file: string): string {
  let folder = path.dirname(file);
  while (path.basename(folder) !== 'node-av') folder = path.dirname(folder);
  return folder;
}
