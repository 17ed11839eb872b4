/** Works on up to `width` items at once. Results in the order of the items; rejects with the first error, after all in hand have ended. */
export async function sideBySide<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, at: number) => Promise<R>,
): Promise<readonly R[]> {
  // Most acts wait for nothing, so without this no Ctrl-C would be heard before the last of many was done.
  await new Promise((resolve) => setImmediate(resolve));
  const results: R[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [at, item] of waiting) results[at] = await work(item, at);
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, worker));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  return results;
}
