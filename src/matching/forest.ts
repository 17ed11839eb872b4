/**
 * What is connected, however far around: union–find over one array of numbers, with halved paths.
 * @see Tarjan & van Leeuwen, "Worst-case analysis of set union algorithms", 1984
 */

export interface Forest {
  /** The smallest number of its tree. */
  rootOf(item: number): number;
  /** Makes one tree of two; `false` where they were one already. */
  unite(a: number, b: number): boolean;
}

/** Each item from 0 on is a tree of its own at first. */
export function createForest(items: number): Forest {
  const parents = Int32Array.from({ length: items }, (_, item) => item);
  const rootOf = (item: number): number => {
    let root = item;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root]!]!;
      root = parents[root]!;
    }
    return root;
  };
  return {
    rootOf,
    unite(a, b) {
      const [one, other] = [rootOf(a), rootOf(b)];
      parents[Math.max(one, other)] = Math.min(one, other);
      return one !== other;
    },
  };
}
