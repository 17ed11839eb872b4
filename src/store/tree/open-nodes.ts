/**
 * Which nodes are open, and how often: their last name may go, and they live on until the last use ends. What a crash
 * leaves without a name is freed by {@link recover}.
 */
export interface OpenNodes {
  add(node: number): void;
  /** One use ends. @returns whether it was the last */
  end(node: number): boolean;
  has(node: number): boolean;
}

/** Counts in memory. */
export function createOpenNodes(): OpenNodes {
  const counts = new Map<number, number>();
  return {
    add: (node) => void counts.set(node, (counts.get(node) ?? 0) + 1),
    end(node) {
      const left = (counts.get(node) ?? 1) - 1;
      if (left > 0) counts.set(node, left);
      else counts.delete(node);
      return left === 0;
    },
    has: (node) => counts.has(node),
  };
}
