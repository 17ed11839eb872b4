/**
 * Works on several items at once and gives results as they come. `next` is asked again after each result was
 * taken, and is told what is in hand. When the caller stops or something throws, `stop` is called and what is in
 * hand is waited for, so that nothing runs on unseen.
 */
export async function* inParallel<Item, Result>(
  width: number,
  next: (inHand: readonly Item[]) => Item | undefined | Promise<Item | undefined>,
  work: (item: Item) => Promise<Result>,
  stop: () => void = () => {},
): AsyncGenerator<Result> {
  const inHand = new Map<Item, Promise<{ item: Item; result: Result }>>();
  const start = (item: Item): void => {
    const outcome = work(item).then((result) => ({ item, result }));
    // It is heard below; until then nobody may take it for one that nobody hears.
    outcome.catch(() => {});
    inHand.set(item, outcome);
  };
  try {
    for (;;) {
      for (let item = await next([...inHand.keys()]); item !== undefined; item = await next([...inHand.keys()])) {
        start(item);
        if (inHand.size >= width) break;
      }
      if (inHand.size === 0) return;
      const { item, result } = await Promise.race(inHand.values());
      inHand.delete(item);
      yield result;
    }
  } finally {
    if (inHand.size > 0) stop();
    await Promise.allSettled(inHand.values());
  }
}
