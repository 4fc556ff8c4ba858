/** Runs an asynchronous function over all items, at most so many at a time; results in the order of the items. */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  atOnceMax: number,
  run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, items.length) }, worker));
  return results;
}
