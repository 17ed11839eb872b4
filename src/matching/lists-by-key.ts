/**
 * Sorts the items from 0 on into one list a key, each ascending, by counting: 8 bytes a key and 4 an item, and no object.
 * @param keys keys are below this; a negative one leaves the item out. Asked twice of each item
 */
export function listsByKey(items: number, keys: number, keyOf: (item: number) => number): (key: number) => Int32Array {
  const starts = new Int32Array(keys + 1);
  for (let item = 0; item < items; item++) {
    const key = keyOf(item);
    if (key >= 0) starts[key + 1]!++;
  }
  for (let key = 0; key < keys; key++) starts[key + 1]! += starts[key]!;
  const lists = new Int32Array(starts[keys]!);
  const next = starts.slice();
  for (let item = 0; item < items; item++) {
    const key = keyOf(item);
    if (key >= 0) lists[next[key]!++] = item;
  }
  return (key) => lists.subarray(starts[key]!, starts[key + 1]!);
}
