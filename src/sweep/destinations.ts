/** Where moved files go: no two to one name. What lies in the output already is seen to when the plan is applied. */
import { numberedName } from '#filing';
import { type BytePath, baseName, joinPath } from '#kernel';
import type { SweptFile } from './file-table.ts';
import type { Root, Roots } from './guard.ts';
import type { SweepRequest } from './request.ts';

/**
 * Gives every file its own destination, `null` where nothing is moved. With one source its folders are kept below the
 * output; with several, each source's files lie below its name. A second file of one name becomes `name_1`.
 */
export function createDestinations(
  { output, sources }: Roots,
  { mode, layout }: Pick<SweepRequest, 'mode' | 'layout'>,
): (file: SweptFile) => BytePath | null {
  if (mode !== 'move' || output === null) return () => null;
  const freeName = createNames();
  const folders = sources.length > 1 ? foldersOf(sources, output) : undefined;
  return (file) => {
    if (layout === 'flat') return freeName(joinPath(output.path, baseName(file.path)));
    return freeName(joinPath(folders?.get(file.root) ?? output.path, belowRoot(file)));
  };
}

/** Each source's own folder in the output, by its name; `name_1` where another one before it has that. */
function foldersOf(sources: readonly Root[], output: Root): ReadonlyMap<Root, BytePath> {
  const freeName = createNames();
  const nameOf = ({ path }: Root): BytePath => baseName(path) || ('root' as BytePath);
  return new Map(sources.map((root) => [root, freeName(joinPath(output.path, nameOf(root)))]));
}

function belowRoot({ path, root }: SweptFile): BytePath {
  return path.slice(root.path === '/' ? 1 : root.path.length + 1) as BytePath;
}

/** Answers the name, or `name_1`, `name_2` … before the extension, that it has not answered yet. */
function createNames(): (path: BytePath) => BytePath {
  const taken = new Set<BytePath>();
  const last = new Map<BytePath, number>();
  return (path) => {
    let free = path;
    for (let n = last.get(path) ?? 0; taken.has(free); ) {
      n += 1;
      last.set(path, n);
      free = numberedName(path, n);
    }
    taken.add(free);
    return free;
  };
}
