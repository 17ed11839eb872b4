import { AppError } from '#kernel';
import type { Entry, StoreDatabase } from './ports.ts';
import { ROOT } from './tree/nodes.ts';

/** By which names nodes can be reached. */
export interface NamedNodes {
  /** The paths of each of these nodes, from the root, as bytes; those that no name leads to are left out. */
  pathsOf(nodes: ReadonlySet<number>): ReadonlyMap<number, readonly Uint8Array[]>;
  /** What a folder holds, or held, as far as it is known. */
  namesIn(folder: number): readonly Entry[];
}

const SLASH = Uint8Array.of(0x2f);

/** Goes through all names that are sound, whatever is damaged beside them. */
export function createNamedNodes(names: Pick<StoreDatabase, 'soundEntries'>): NamedNodes {
  return {
    namesIn: (folder) => entriesOf(names, folder),
    pathsOf(nodes) {
      const found = new Map<number, Uint8Array[]>();
      if (nodes.size === 0) return found;
      if (nodes.has(ROOT)) found.set(ROOT, [SLASH]);
      const seen = new Set<number>();
      const ahead: { folder: number; path: Uint8Array }[] = [{ folder: ROOT, path: new Uint8Array() }];
      for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
        if (seen.has(next.folder)) continue;
        seen.add(next.folder);
        for (const { name, node } of entriesOf(names, next.folder)) {
          const path = Buffer.concat([next.path, SLASH, name]);
          if (nodes.has(node)) found.set(node, [...(found.get(node) ?? []), path]);
          ahead.push({ folder: node, path });
        }
      }
      return found;
    },
  };
}

function entriesOf(database: Pick<StoreDatabase, 'soundEntries'>, folder: number): readonly Entry[] {
  try {
    return database.soundEntries(folder);
  } catch (error) {
    // What cannot be read names nothing; it is told of as damage of its own.
    if (error instanceof AppError && error.kind === 'corrupt') return [];
    throw error;
  }
}

/** Asks the second where the first knows no name. */
export function eitherNamed(first: NamedNodes, second: () => NamedNodes): NamedNodes {
  return {
    namesIn(folder) {
      const known = first.namesIn(folder);
      const cookies = new Set(known.map(({ cookie }) => cookie));
      return [
        ...known,
        ...second()
          .namesIn(folder)
          .filter(({ cookie }) => !cookies.has(cookie)),
      ];
    },
    pathsOf(nodes) {
      const found = first.pathsOf(nodes);
      const rest = new Set([...nodes].filter((node) => !found.has(node)));
      return rest.size === 0 ? found : new Map([...found, ...second().pathsOf(rest)]);
    },
  };
}
